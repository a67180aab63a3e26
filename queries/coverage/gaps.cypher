// coverage.gaps 覆盖缺口
// What is not covered, and why?
//
// Parameters, the keys of the one map $p:
//   within                id of the area whose subjects are listed; null for everything
//   day                   a date; null for whatever the graph holds
//   classes               the classes asked about, of G1 to G7
//   min_full_members      full members from which a unit needs its own organization
//   joint_satisfies       whether a joint branch will do for that
//   members_as_full       whether members count where full members are unknown
//   presumed_operating    whether a unit of which it is unknown counts as operating
//   functional_for_areas  whether functional organizations 功能型 cover areas
//   functional_for_units  whether they cover units
//   exclusive_grids       whether an exclusive grid 专属网格 needs an organization
//   superiors             for each setting, the settings its superior may have; any if none
//   complete              what the graph holds completely, such as 'COVERS:Unit'
//
// In Neo4j Browser, run this line first (without the slashes):
// :param p => {within: null, day: null, classes: ['G1', 'G2', 'G3', 'G4', 'G5', 'G6', 'G7'], min_full_members: 3, joint_satisfies: false, members_as_full: false, presumed_operating: false, functional_for_areas: true, functional_for_units: false, exclusive_grids: false, superiors: {grid: ['community'], compound: ['community'], building: ['community', 'street', 'district'], park: ['community', 'street', 'district'], community: ['street'], street: ['district'], district: ['city']}, complete: ['COVERS:Unit', 'COVERS:street', 'COVERS:community', 'COVERS:compound', 'COVERS:grid', 'HOLDS_SEAT_ON:Unit', 'PARTNERS_WITH:Unit', 'EVALUATES:Unit', 'OFFERS:Unit', 'LOCATED_IN:Resource', 'MATCHED_TO:Resource', 'RAISES:Need', 'LOCATED_IN:Need', 'SUBORDINATE_TO:PartyOrganization', 'LOCATED_IN:Site']}
//
// How to read it. Truth has three values, and null is unknown. Each class lists its
// conditions as [truth, reason if it is unknown]; a subject that fails none of them for
// certain is listed, as a gap if all of them hold. Three forms come again and again:
//
//   $p.day IS NULL OR all(v IN [tie, node] WHERE ...)
//       All of these are valid on the day: begun, and not yet ended.
//   y = COLLECT { ... ORDER BY ... LIMIT 1 }[0]
//       Of several areas that a thing stands in or belongs to, the primary one counts, else
//       the one with the smallest id; so with hosts, and with superiors, the latest first.
//   ((x)-[:PART_OF]->(y) WHERE ...){0,15}
//       The way up from an area, or down from it, itself included, from one such to the next.

// What is held completely: there, what is not found is absent, elsewhere it is unknown.
WITH {
  organization: any(c IN $p.complete WHERE c IN ['COVERS:Unit', 'COVERS{organization}:Unit']),
  work: any(c IN $p.complete WHERE c IN ['COVERS:Unit', 'COVERS{work}:Unit']),
  street: any(c IN $p.complete WHERE c IN ['COVERS:street', 'COVERS{organization}:street']),
  community: any(c IN $p.complete WHERE c IN ['COVERS:community', 'COVERS{organization}:community']),
  compound: any(c IN $p.complete WHERE c IN ['COVERS:compound', 'COVERS{organization}:compound']),
  grid: any(c IN $p.complete WHERE c IN ['COVERS:grid', 'COVERS{organization}:grid']),
  seats: 'HOLDS_SEAT_ON:Unit' IN $p.complete,
  partners: 'PARTNERS_WITH:Unit' IN $p.complete,
  evaluations: 'EVALUATES:Unit' IN $p.complete,
  offers: 'OFFERS:Unit' IN $p.complete,
  resource_places: 'LOCATED_IN:Resource' IN $p.complete,
  matches: 'MATCHED_TO:Resource' IN $p.complete,
  raisers: 'RAISES:Need' IN $p.complete,
  need_places: 'LOCATED_IN:Need' IN $p.complete,
  superiors: 'SUBORDINATE_TO:PartyOrganization' IN $p.complete,
  sites: 'LOCATED_IN:Site' IN $p.complete
} AS held

// The areas asked about: all of them, or one and what lies in it, going down.
WITH held, COLLECT {
  WITH 1 AS everything WHERE $p.within IS NULL
  MATCH (a:Area)
  WHERE $p.day IS NULL OR
        all(v IN [a] WHERE coalesce(v.valid_from <= $p.day, true)
                       AND coalesce($p.day < v.valid_to, true))
  RETURN a
  UNION
  MATCH (:Area {id: $p.within}) (
    (y)<-[:PART_OF]-(x:Area)
    WHERE y = COLLECT {
      MATCH (x)-[r:PART_OF]->(b:Area)
      WHERE $p.day IS NULL OR
            all(v IN [x, r, b] WHERE coalesce(v.valid_from <= $p.day, true)
                                 AND coalesce($p.day < v.valid_to, true))
      RETURN b ORDER BY coalesce(r.primary, false) DESC, b.id LIMIT 1
    }[0]
  ){0,15} (a)
  RETURN a
} AS areas

// The units asked about: all of them, or those that stand in these areas.
WITH held, areas, COLLECT {
  WITH 1 AS everything WHERE $p.within IS NULL
  MATCH (u:Unit)
  WHERE $p.day IS NULL OR
        all(v IN [u] WHERE coalesce(v.valid_from <= $p.day, true)
                       AND coalesce($p.day < v.valid_to, true))
  RETURN u
  UNION ALL
  UNWIND CASE WHEN $p.within IS NOT NULL THEN areas ELSE [] END AS a
  MATCH (a)<-[:LOCATED_IN]-(u:Unit)
  WHERE a = COLLECT {
    MATCH (u)-[l:LOCATED_IN]->(b:Area)
    WHERE $p.day IS NULL OR
          all(v IN [u, l, b] WHERE coalesce(v.valid_from <= $p.day, true)
                               AND coalesce($p.day < v.valid_to, true))
    RETURN b ORDER BY coalesce(l.primary, false) DESC, b.id LIMIT 1
  }[0]
  RETURN DISTINCT u
} AS units

// A row for each class and subject that fails no condition for certain.
CALL (held, areas, units) {

  // What is known of each unit is the same for the three classes that follow.
  UNWIND CASE WHEN any(c IN $p.classes WHERE c IN ['G1', 'G2', 'G3']) THEN units ELSE [] END AS n
  WITH held, n,
       // in operation is what says so and is not closed
       NOT coalesce(n.status = 'closed', false)
       AND coalesce(n.operating, CASE WHEN $p.presumed_operating THEN true END) AS operating,
       coalesce(n.full_members, CASE WHEN $p.members_as_full THEN n.members END) AS members
  WHERE coalesce(operating, true)  // else it is in none of the three
  WITH held, n, operating, members, COLLECT {
    MATCH (n)<-[c:COVERS]-(o:PartyOrganization)
    WHERE ($p.functional_for_units OR coalesce(o.membership_basis <> 'functional', true))
      AND ($p.day IS NULL OR
           all(v IN [c, o] WHERE coalesce(v.valid_from <= $p.day, true)
                             AND coalesce($p.day < v.valid_to, true)))
    RETURN c
  } AS covers
  WITH held, n, operating, members,
       [c IN covers WHERE c.basis = 'organization' | c.mode] AS modes,
       any(c IN covers WHERE c.basis = 'work') AS worked
  WITH held, n, operating, members, modes, worked,
       CASE WHEN $p.joint_satisfies THEN ['single', 'joint'] ELSE ['single'] END AS own,
       // a roster says that there is an organization, and there is none
       modes = [] AND coalesce(n.reported_party_org, false) AS reported
  UNWIND [

    // G1 应建未建: members enough for an organization of its own, and it has none.
    {class: 'G1', reason: 'mandatory', remedy: 'found_organization', conditions: [
      [operating, 'unknown:operating'],
      [members >= $p.min_full_members, 'unknown:full_members'],
      [CASE WHEN NOT reported THEN true END, 'reported_only'],
      [CASE WHEN any(m IN modes WHERE m IN own) THEN false
            WHEN held.organization THEN true END, 'unknown:COVERS:Unit']]},

    // G2 应联未联: members too few for that, and no organization has taken them in.
    {class: 'G2', reason: 'unattached', remedy: 'join_joint_branch', conditions: [
      [operating, 'unknown:operating'],
      [1 <= members AND members < $p.min_full_members, 'unknown:full_members'],
      [CASE WHEN NOT reported THEN true END, 'reported_only'],
      [CASE WHEN modes <> [] THEN false
            WHEN held.organization THEN true END, 'unknown:COVERS:Unit']]},

    // G3 工作未覆盖: no organization, nobody sent to work there, no union and no youth
    // league. What the unit says of an instructor comes before what the graph holds.
    {class: 'G3', reason: 'no_work_coverage', remedy: 'send_instructor', conditions: [
      [operating, 'unknown:operating'],
      [CASE WHEN NOT reported THEN true END, 'reported_only'],
      [CASE WHEN modes <> [] THEN false
            WHEN held.organization THEN true END, 'unknown:COVERS:Unit'],
      [CASE WHEN worked OR NOT coalesce(n.reported_instructor, false) THEN true END, 'reported_only'],
      [CASE WHEN worked THEN false
            WHEN n.reported_instructor = false OR held.work THEN true END, 'unknown:COVERS:Unit'],
      [NOT n.has_union, 'unknown:has_union'],
      [NOT n.has_youth_league, 'unknown:has_youth_league']]}

  ] AS case
  WITH n, case WHERE case.class IN $p.classes
  RETURN case.class AS class, n, case.conditions AS conditions,
         case.reason AS reason, null AS evidence, case.remedy AS remedy

  UNION ALL

  // G4 区域无党组织: no organization covers the area. Exclusive grids may be excused.
  UNWIND CASE WHEN 'G4' IN $p.classes THEN areas ELSE [] END AS n
  WITH held, n
  WHERE n.level IN ['street', 'community', 'compound', 'grid']
    AND ($p.exclusive_grids OR n.level <> 'grid' OR NOT coalesce(n.exclusive, false))
    AND NOT EXISTS {
      MATCH (n)<-[c:COVERS]-(o:PartyOrganization)
      WHERE c.basis = 'organization'
        AND ($p.functional_for_areas OR coalesce(o.membership_basis <> 'functional', true))
        AND ($p.day IS NULL OR
             all(v IN [c, o] WHERE coalesce(v.valid_from <= $p.day, true)
                               AND coalesce($p.day < v.valid_to, true)))
    }
  RETURN 'G4' AS class, n,
         [[CASE WHEN held[n.level] THEN true END, 'unknown:COVERS:' + n.level]] AS conditions,
         'no_organization' AS reason, null AS evidence, 'found_organization' AS remedy

  UNION ALL

  // G5 条块脱节: nothing but its location ties a resident unit to where it is. Its home is
  // its community and its street; on its side stand itself and what it hosts. Neighbours
  // have the same home, so that is looked up once for each place.
  UNWIND CASE WHEN 'G5' IN $p.classes THEN units ELSE [] END AS u
  WITH held, u WHERE u.resident
  WITH held, u, COLLECT {
    MATCH (u)-[l:LOCATED_IN]->(b:Area)
    WHERE $p.day IS NULL OR
          all(v IN [l, b] WHERE coalesce(v.valid_from <= $p.day, true)
                            AND coalesce($p.day < v.valid_to, true))
    RETURN b ORDER BY coalesce(l.primary, false) DESC, b.id LIMIT 1
  }[0] AS place
  WITH held, place, collect(u) AS residents
  CALL (place) {
    UNWIND ['community', 'street'] AS level
    MATCH (place) (
      (x)-[:PART_OF]->(y:Area)
      WHERE x.level <> level AND y = COLLECT {
        MATCH (x)-[r:PART_OF]->(b:Area)
        WHERE $p.day IS NULL OR
              all(v IN [r, b] WHERE coalesce(v.valid_from <= $p.day, true)
                                AND coalesce($p.day < v.valid_to, true))
        RETURN b ORDER BY coalesce(r.primary, false) DESC, b.id LIMIT 1
      }[0]
    ){0,15} (home)
    WHERE home.level = level
    RETURN collect(DISTINCT home) AS homes
  }
  WITH held, residents, homes, COLLECT {
    UNWIND homes AS home
    MATCH (home)<-[c:COVERS]-(o:PartyOrganization)
    WHERE c.basis = 'organization' AND o.setting = home.level
      AND ($p.day IS NULL OR
           all(v IN [c, o] WHERE coalesce(v.valid_from <= $p.day, true)
                             AND coalesce($p.day < v.valid_to, true)))
    RETURN DISTINCT o ORDER BY o.id
  } AS committees
  UNWIND residents AS n
  WITH held, n, homes, committees, [n] + COLLECT {
    MATCH (n)<-[h:HOSTED_BY]-(o:PartyOrganization)
    WHERE $p.day IS NULL OR
          all(v IN [h, o] WHERE coalesce(v.valid_from <= $p.day, true)
                            AND coalesce($p.day < v.valid_to, true))
    RETURN DISTINCT o
  } AS side
  // A seat, a partnership or a returned evaluation, of any of them, is a tie.
  WHERE NOT EXISTS {
      UNWIND side AS s
      MATCH (s)-[t:HOLDS_SEAT_ON|PARTNERS_WITH]->(o)
      WHERE o IN committees
        AND ($p.day IS NULL OR
             all(v IN [t] WHERE coalesce(v.valid_from <= $p.day, true)
                            AND coalesce($p.day < v.valid_to, true)))
    }
    AND NOT EXISTS {
      UNWIND side AS s
      MATCH (s)-[t:EVALUATES]-(o)
      WHERE o IN committees AND t.kind = 'two_way'
        AND coalesce(t.status = 'returned', t.score IS NOT NULL OR t.grade IS NOT NULL)
        AND ($p.day IS NULL OR
             all(v IN [t] WHERE coalesce(v.valid_from <= $p.day, true)
                            AND coalesce($p.day < v.valid_to, true)))
    }
  // So is what the unit offers, if it stands in the street, or is matched to a need that
  // stands there or that an area there raised.
  WITH held, n, homes, committees, COLLECT {
    MATCH (n)-[t:OFFERS]->(r:Resource)
    WHERE $p.day IS NULL OR
          all(v IN [t, r] WHERE coalesce(v.valid_from <= $p.day, true)
                            AND coalesce($p.day < v.valid_to, true))
    RETURN DISTINCT r
  } AS resources
  WITH held, n, homes, committees, resources, COLLECT {
    UNWIND resources AS r
    MATCH (r)-[t:MATCHED_TO]->(need:Need)
    WHERE $p.day IS NULL OR
          all(v IN [t, need] WHERE coalesce(v.valid_from <= $p.day, true)
                               AND coalesce($p.day < v.valid_to, true))
    RETURN DISTINCT need
  } AS needs
  WITH held, n, homes, committees, resources,
       [thing IN resources | COLLECT {
         MATCH (thing)-[l:LOCATED_IN]->(b:Area)
         WHERE $p.day IS NULL OR
               all(v IN [l, b] WHERE coalesce(v.valid_from <= $p.day, true)
                                 AND coalesce($p.day < v.valid_to, true))
         RETURN b ORDER BY coalesce(l.primary, false) DESC, b.id LIMIT 1
       }[0]] AS resource_places,
       [thing IN needs | COLLECT {
         MATCH (thing)-[l:LOCATED_IN]->(b:Area)
         WHERE $p.day IS NULL OR
               all(v IN [l, b] WHERE coalesce(v.valid_from <= $p.day, true)
                                 AND coalesce($p.day < v.valid_to, true))
         RETURN b ORDER BY coalesce(l.primary, false) DESC, b.id LIMIT 1
       }[0]] AS need_places,
       [need IN needs | COLLECT {
         MATCH (need)<-[t:RAISES]-(b:Area|Unit|PartyOrganization)
         WHERE $p.day IS NULL OR
               all(v IN [t, b] WHERE coalesce(v.valid_from <= $p.day, true)
                                 AND coalesce($p.day < v.valid_to, true))
         RETURN b
       }] AS raisers
  WHERE NOT EXISTS {
    UNWIND reduce(all = resource_places + need_places, some IN raisers | all + some) AS at
    MATCH (at) (
      (x)-[:PART_OF]->(y:Area)
      WHERE y = COLLECT {
        MATCH (x)-[r:PART_OF]->(b:Area)
        WHERE $p.day IS NULL OR
              all(v IN [r, b] WHERE coalesce(v.valid_from <= $p.day, true)
                                AND coalesce($p.day < v.valid_to, true))
        RETURN b ORDER BY coalesce(r.primary, false) DESC, b.id LIMIT 1
      }[0]
    ){0,15} (top)
    WHERE top.level = 'street' AND top IN homes
  }
  RETURN 'G5' AS class, n, [
      [CASE WHEN homes <> [] THEN true END, 'unknown:LOCATED_IN:Unit'],
      // what the unit says comes before what the graph holds
      [CASE WHEN NOT coalesce(n.reported_seat, false) THEN true END, 'reported_only'],
      [CASE WHEN n.reported_seat = false OR held.seats THEN true END, 'unknown:HOLDS_SEAT_ON:Unit'],
      [CASE WHEN NOT coalesce(n.reported_agreement, false) THEN true END, 'reported_only'],
      [CASE WHEN n.reported_agreement = false OR held.partners THEN true END, 'unknown:PARTNERS_WITH:Unit'],
      [CASE WHEN held.evaluations THEN true END, 'unknown:EVALUATES:Unit'],
      [CASE WHEN held.offers THEN true END, 'unknown:OFFERS:Unit'],
      // these matter only where the unit offers something that they would decide
      [CASE WHEN held.resource_places OR none(p IN resource_places WHERE p IS NULL) THEN true END,
       'unknown:LOCATED_IN:Resource'],
      [CASE WHEN held.matches OR resources = [] THEN true END, 'unknown:MATCHED_TO:Resource'],
      [CASE WHEN held.raisers OR none(r IN raisers WHERE r = []) THEN true END, 'unknown:RAISES:Need'],
      [CASE WHEN held.need_places OR none(p IN need_places WHERE p IS NULL) THEN true END,
       'unknown:LOCATED_IN:Need']
    ] AS conditions,
    'location_only' AS reason, [o IN committees | o.id] AS evidence, 'agree_partnership' AS remedy

  UNION ALL

  // G6 隶属断链: an organization below the city is not under one fitting superior. Within an
  // area are those that sit there, and below these those that sit nowhere.
  WITH held, areas, units WHERE 'G6' IN $p.classes
  CALL (areas, units) {
    WITH 1 AS everything WHERE $p.within IS NULL
    MATCH (o:PartyOrganization)
    WHERE $p.day IS NULL OR
          all(v IN [o] WHERE coalesce(v.valid_from <= $p.day, true)
                         AND coalesce($p.day < v.valid_to, true))
    RETURN o AS n
    UNION ALL
    UNWIND CASE WHEN $p.within IS NOT NULL THEN areas + units ELSE [] END AS host
    MATCH (host)<-[:HOSTED_BY]-(o:PartyOrganization)
    WHERE host = COLLECT {
      MATCH (o)-[h:HOSTED_BY]->(b:Unit|Area)
      WHERE $p.day IS NULL OR
            all(v IN [o, h, b] WHERE coalesce(v.valid_from <= $p.day, true)
                                 AND coalesce($p.day < v.valid_to, true))
      RETURN b ORDER BY b.id LIMIT 1
    }[0]
    WITH DISTINCT o
    MATCH (o) (
      (y)<-[:SUBORDINATE_TO]-(x:PartyOrganization)
      WHERE y = COLLECT {
        MATCH (x)-[s:SUBORDINATE_TO]->(b:PartyOrganization)
        WHERE $p.day IS NULL OR
              all(v IN [x, s, b] WHERE coalesce(v.valid_from <= $p.day, true)
                                   AND coalesce($p.day < v.valid_to, true))
        RETURN b ORDER BY s.valid_from IS NULL, s.valid_from DESC, b.id LIMIT 1
      }[0]
        AND NOT EXISTS {
          MATCH (x)-[h:HOSTED_BY]->(host:Unit|Area)
          WHERE $p.day IS NULL OR
                all(v IN [h, host] WHERE coalesce(v.valid_from <= $p.day, true)
                                     AND coalesce($p.day < v.valid_to, true))
          WITH host ORDER BY host.id LIMIT 1
          WHERE host:Area OR EXISTS {
            MATCH (host)-[l:LOCATED_IN]->(a:Area)
            WHERE $p.day IS NULL OR
                  all(v IN [l, a] WHERE coalesce(v.valid_from <= $p.day, true)
                                    AND coalesce($p.day < v.valid_to, true))
          }
          RETURN host
        }
    )* (n)
    RETURN DISTINCT n
  }
  WITH held, n WHERE n.setting <> 'city'
  WITH held, n, COLLECT {
    MATCH (n)-[s:SUBORDINATE_TO]->(above:PartyOrganization)
    WHERE $p.day IS NULL OR
          all(v IN [s, above] WHERE coalesce(v.valid_from <= $p.day, true)
                                AND coalesce($p.day < v.valid_to, true))
    RETURN s
  } AS ties
  // Only what has superiors and is one can stand on a cycle; of several shortest cycles
  // through it, the members of all are named.
  OPTIONAL CALL (n, ties) {
    WITH 1 AS inner WHERE ties <> [] AND EXISTS { (n)<-[:SUBORDINATE_TO]-() }
    MATCH cycle = ALL SHORTEST (n) (
      ()-[s:SUBORDINATE_TO]->(y:PartyOrganization)
      WHERE $p.day IS NULL OR
            all(v IN [s, y] WHERE coalesce(v.valid_from <= $p.day, true)
                              AND coalesce($p.day < v.valid_to, true))
    )+ (n)
    UNWIND nodes(cycle) AS member
    WITH DISTINCT member.id AS id ORDER BY id
    RETURN collect(id) AS members
  }
  // Of several faults the first counts; several superiors are so if at one time.
  WITH held, n, ties, members, CASE
    WHEN members <> [] THEN 'cycle'
    WHEN ties = [] THEN 'no_superior'
    WHEN any(s IN ties WHERE any(t IN ties WHERE endNode(s) <> endNode(t)
         AND coalesce(s.valid_from < t.valid_to, true)
         AND coalesce(t.valid_from < s.valid_to, true))) THEN 'several_superiors'
    WHEN any(s IN ties WHERE NOT endNode(s).setting IN $p.superiors[n.setting]) THEN 'wrong_level'
  END AS fault
  WITH held, n, ties, members, fault WHERE fault IS NOT NULL
  RETURN 'G6' AS class, n,
         [[CASE WHEN ties <> [] OR held.superiors THEN true END,
           'unknown:SUBORDINATE_TO:PartyOrganization']] AS conditions,
         fault AS reason,
         CASE WHEN fault = 'cycle' THEN members ELSE COLLECT {
           UNWIND ties AS s
           WITH DISTINCT endNode(s).id AS id
           RETURN id ORDER BY id
         } END AS evidence,
         'assign_superior' AS remedy

  UNION ALL

  // G7 阵地空白: no site stands in the community or compound, nor in an area inside it.
  UNWIND CASE WHEN 'G7' IN $p.classes THEN areas ELSE [] END AS n
  WITH held, n
  WHERE n.level IN ['community', 'compound']
    AND NOT EXISTS {
      MATCH (n) (
        (y)<-[:PART_OF]-(x:Area)
        WHERE y = COLLECT {
          MATCH (x)-[r:PART_OF]->(b:Area)
          WHERE $p.day IS NULL OR
                all(v IN [x, r, b] WHERE coalesce(v.valid_from <= $p.day, true)
                                     AND coalesce($p.day < v.valid_to, true))
          RETURN b ORDER BY coalesce(r.primary, false) DESC, b.id LIMIT 1
        }[0]
      ){0,15} (a)
      MATCH (a)<-[:LOCATED_IN]-(site:Site)
      WHERE a = COLLECT {
        MATCH (site)-[l:LOCATED_IN]->(b:Area)
        WHERE $p.day IS NULL OR
              all(v IN [site, l, b] WHERE coalesce(v.valid_from <= $p.day, true)
                                      AND coalesce($p.day < v.valid_to, true))
        RETURN b ORDER BY coalesce(l.primary, false) DESC, b.id LIMIT 1
      }[0]
    }
  RETURN 'G7' AS class, n,
         [[CASE WHEN held.sites THEN true END, 'unknown:LOCATED_IN:Site']] AS conditions,
         'no_site' AS reason, null AS evidence, 'open_site' AS remedy
}
WITH class, n, reason, evidence, remedy,
     [c IN conditions WHERE c[0] IS NULL | c[1]] AS unknown
WHERE all(c IN conditions WHERE coalesce(c[0], true))

// Where each stands: an area in itself, a unit where it is located, an organization where
// its host stands, and one without such a place where its superior stands, and so on up.
OPTIONAL CALL (n) {
  WITH n WHERE n:Area
  RETURN n AS place
  UNION ALL
  WITH n WHERE n:Unit
  MATCH (n)-[l:LOCATED_IN]->(a:Area)
  WHERE $p.day IS NULL OR
        all(v IN [l, a] WHERE coalesce(v.valid_from <= $p.day, true)
                          AND coalesce($p.day < v.valid_to, true))
  RETURN a AS place ORDER BY coalesce(l.primary, false) DESC, a.id LIMIT 1
  UNION ALL
  WITH n WHERE n:PartyOrganization
  MATCH (n) (
    (x)-[:SUBORDINATE_TO]->(y:PartyOrganization)
    WHERE y = COLLECT {
      MATCH (x)-[s:SUBORDINATE_TO]->(b:PartyOrganization)
      WHERE $p.day IS NULL OR
            all(v IN [s, b] WHERE coalesce(v.valid_from <= $p.day, true)
                              AND coalesce($p.day < v.valid_to, true))
      RETURN b ORDER BY s.valid_from IS NULL, s.valid_from DESC, b.id LIMIT 1
    }[0]
      AND NOT EXISTS {
        MATCH (x)-[h:HOSTED_BY]->(host:Unit|Area)
        WHERE $p.day IS NULL OR
              all(v IN [h, host] WHERE coalesce(v.valid_from <= $p.day, true)
                                   AND coalesce($p.day < v.valid_to, true))
        WITH host ORDER BY host.id LIMIT 1
        WHERE host:Area OR EXISTS {
          MATCH (host)-[l:LOCATED_IN]->(a:Area)
          WHERE $p.day IS NULL OR
                all(v IN [l, a] WHERE coalesce(v.valid_from <= $p.day, true)
                                  AND coalesce($p.day < v.valid_to, true))
        }
        RETURN host
      }
  )* (o)
  WITH COLLECT {
    MATCH (o)-[h:HOSTED_BY]->(b:Unit|Area)
    WHERE $p.day IS NULL OR
          all(v IN [h, b] WHERE coalesce(v.valid_from <= $p.day, true)
                            AND coalesce($p.day < v.valid_to, true))
    RETURN b ORDER BY b.id LIMIT 1
  }[0] AS host
  WITH CASE WHEN host:Area THEN host ELSE COLLECT {
    MATCH (host)-[l:LOCATED_IN]->(b:Area)
    WHERE $p.day IS NULL OR
          all(v IN [l, b] WHERE coalesce(v.valid_from <= $p.day, true)
                            AND coalesce($p.day < v.valid_to, true))
    RETURN b ORDER BY coalesce(l.primary, false) DESC, b.id LIMIT 1
  }[0] END AS place
  WHERE place IS NOT NULL
  RETURN place LIMIT 1
}
WITH place, collect({class: class, n: n, unknown: unknown, reason: reason,
                     evidence: evidence, remedy: remedy}) AS rows

// Its community: the first on the way up from there. Neighbours share the way.
OPTIONAL CALL (place) {
  MATCH (place) (
    (x)-[:PART_OF]->(y:Area)
    WHERE x.level <> 'community' AND y = COLLECT {
      MATCH (x)-[r:PART_OF]->(b:Area)
      WHERE $p.day IS NULL OR
            all(v IN [r, b] WHERE coalesce(v.valid_from <= $p.day, true)
                              AND coalesce($p.day < v.valid_to, true))
      RETURN b ORDER BY coalesce(r.primary, false) DESC, b.id LIMIT 1
    }[0]
  ){0,15} (a)
  WHERE a.level = 'community'
  RETURN a AS community LIMIT 1
}
WITH rows, coalesce(community, place) AS area
UNWIND rows AS row
RETURN row.class AS class,
       CASE WHEN row.n:Area THEN 'Area' WHEN row.n:Unit THEN 'Unit' ELSE 'PartyOrganization' END AS kind,
       row.n.id AS id,
       row.n.name AS name,
       area.id AS area,
       CASE WHEN row.unknown = [] THEN 'gap' ELSE 'undetermined' END AS state,
       coalesce(row.unknown[0], row.reason) AS reason,
       CASE WHEN row.evidence <> [] THEN row.evidence END AS evidence,
       CASE WHEN row.unknown = [] THEN row.remedy ELSE 'ask' END AS remedy
ORDER BY class, area, id
