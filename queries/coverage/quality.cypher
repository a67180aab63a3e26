// coverage.quality 覆盖质量
// What is covered, but not as it should be?
//
// Parameters, the keys of the one map $p:
//   within                  id of the area whose subjects are listed; null for everything
//   day                     a date; null for whatever the graph holds, and nothing overdue
//   classes                 the classes asked about, of Q1 to Q5
//   functional_for_units    whether functional organizations 功能型 cover units
//   exclusive_grids         whether an exclusive grid 专属网格 may be too large
//   joint_branch_max_units  the most units that a joint branch should cover
//   form_members            for each form, the fewest and the most members; null for no bound
//   term_years              years between elections: committee, community and any other
//   grid_households         the most households that a grid should have
//   complete                what the graph holds completely, such as 'COVERS:Unit'
//
// In Neo4j Browser, run this line first (without the slashes):
// :param p => {within: null, day: null, classes: ['Q1', 'Q2', 'Q3', 'Q4', 'Q5'], functional_for_units: false, exclusive_grids: false, joint_branch_max_units: 5, form_members: {branch: [null, 50], general_branch: [50, 100], committee: [100, null]}, term_years: {committee: 5, community: 5, other: 3}, grid_households: 500, complete: ['COVERS:Unit']}

// The areas asked about: all of them, or one and what lies in it, going down.
WITH COLLECT {
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
WITH areas, COLLECT {
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

// A row for each class and subject of which there is something to say.
CALL (areas, units) {

  // The organizations asked about. Within an area are those that sit there, and below
  // these those that sit nowhere.
  WITH areas, units WHERE any(c IN $p.classes WHERE c IN ['Q1', 'Q2', 'Q3'])
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
  WITH n, COLLECT {
         MATCH (n)-[c:COVERS]->(u:Unit)
         WHERE n.form = 'joint_branch' AND c.basis = 'organization' AND c.mode = 'joint'
           AND ($p.day IS NULL OR
                all(v IN [c, u] WHERE coalesce(v.valid_from <= $p.day, true)
                                  AND coalesce($p.day < v.valid_to, true)))
         RETURN DISTINCT u.id AS id ORDER BY id
       } AS joined,
       $p.form_members[n.form] AS band,
       coalesce(n.last_election, n.founded_on) AS since,
       coalesce(n.term_years, CASE WHEN n.form = 'committee' THEN $p.term_years.committee
                                   WHEN n.setting = 'community' THEN $p.term_years.community
                                   ELSE $p.term_years.other END) AS term
  // A year after 29 February is 28 February where there is no 29th.
  WITH n, joined, band, since, term,
       duration.inDays(since + duration({years: term}), $p.day).days AS late
  UNWIND [

    // Q1 联合支部单位过多: a joint branch of more units than a few.
    {class: 'Q1', value: size(joined), limit: $p.joint_branch_max_units, evidence: joined,
     reason: CASE WHEN n.form <> 'joint_branch' THEN null
                  WHEN size(joined) > $p.joint_branch_max_units THEN 'too_many_units'
                  WHEN none(c IN $p.complete
                            WHERE c IN ['COVERS:Unit', 'COVERS{organization}:Unit'])
                    THEN 'unknown:COVERS:Unit' END},

    // Q2 组织形式与规模不符: fewer or more members than is usual for its form.
    {class: 'Q2', value: n.members, evidence: [],
     limit: CASE WHEN n.members < band[0] THEN band[0]
                 WHEN n.members > band[1] THEN band[1] END,
     reason: CASE WHEN band IS NULL THEN null
                  WHEN n.members IS NULL THEN 'unknown:members'
                  WHEN n.members < band[0] THEN 'too_small'
                  WHEN n.members > band[1] THEN 'too_large' END},

    // Q3 届满未换: its term has ended, and no election since is known.
    {class: 'Q3', value: late, limit: term, evidence: [],
     reason: CASE WHEN $p.day IS NULL OR n.form IN ['working_committee', 'temporary'] THEN null
                  WHEN since IS NULL THEN 'unknown:last_election'
                  WHEN late > 0 THEN 'overdue' END}

  ] AS case
  WITH n, case WHERE case.reason IS NOT NULL AND case.class IN $p.classes
  RETURN case.class AS class, n, case.reason AS reason, case.value AS value,
         case.limit AS limit, case.evidence AS evidence

  UNION ALL

  // Q4 重复覆盖: of two organizations that cover a unit neither is above the other.
  UNWIND CASE WHEN 'Q4' IN $p.classes THEN units ELSE [] END AS n
  WITH n, COLLECT {
    MATCH (n)<-[c:COVERS]-(o:PartyOrganization)
    WHERE c.basis = 'organization'
      AND ($p.functional_for_units OR coalesce(o.membership_basis <> 'functional', true))
      AND ($p.day IS NULL OR
           all(v IN [c, o] WHERE coalesce(v.valid_from <= $p.day, true)
                             AND coalesce($p.day < v.valid_to, true)))
    RETURN DISTINCT o ORDER BY o.id
  } AS covers
  WHERE size(covers) > 1
  // All above each, from one superior to the next: of several the latest, then the one
  // with the smallest id.
  WITH n, covers, [o IN covers | COLLECT {
    MATCH (o) (
      (x)-[s:SUBORDINATE_TO]->(:PartyOrganization)
      WHERE s = COLLECT {
        MATCH (x)-[t:SUBORDINATE_TO]->(b:PartyOrganization)
        WHERE $p.day IS NULL OR
              all(v IN [t, b] WHERE coalesce(v.valid_from <= $p.day, true)
                                AND coalesce($p.day < v.valid_to, true))
        RETURN t ORDER BY t.valid_from IS NULL, t.valid_from DESC, b.id LIMIT 1
      }[0]
    )+ (z)
    RETURN z
  }] AS above
  WHERE any(i IN range(1, size(covers) - 1) WHERE any(j IN range(0, i - 1) WHERE
        NOT covers[i] IN above[j] AND NOT covers[j] IN above[i]))
  RETURN 'Q4' AS class, n, 'covered_twice' AS reason, size(covers) AS value, 1 AS limit,
         [o IN covers | o.id] AS evidence

  UNION ALL

  // Q5 网格户数超标: a grid of more households than the standard.
  UNWIND CASE WHEN 'Q5' IN $p.classes THEN areas ELSE [] END AS n
  WITH n
  WHERE n.level = 'grid' AND ($p.exclusive_grids OR NOT coalesce(n.exclusive, false))
    AND coalesce(n.households > $p.grid_households, true)
  RETURN 'Q5' AS class, n,
         CASE WHEN n.households IS NULL THEN 'unknown:households'
              ELSE 'too_many_households' END AS reason,
         n.households AS value, $p.grid_households AS limit, [] AS evidence
}

// Where each stands: an area in itself, a unit where it is located, an organization where
// its host stands, and one without such a place where its superior stands, and so on up.
WITH class, n, reason, value, limit, evidence
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
WITH place, collect({class: class, n: n, reason: reason, value: value, limit: limit,
                     evidence: evidence}) AS rows

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
  ){0,15} (a:Area {level: 'community'})
  RETURN a AS community LIMIT 1
}
WITH rows, coalesce(community, place) AS area
UNWIND rows AS row
RETURN row.class AS class,
       CASE WHEN row.n:Area THEN 'Area' WHEN row.n:Unit THEN 'Unit' ELSE 'PartyOrganization' END AS kind,
       row.n.id AS id,
       row.n.name AS name,
       area.id AS area,
       CASE WHEN row.reason STARTS WITH 'unknown:' THEN 'undetermined'
            ELSE 'finding' END AS state,
       row.reason AS reason,
       row.value AS value,
       row.limit AS limit,
       CASE WHEN row.evidence <> [] THEN row.evidence END AS evidence
ORDER BY class, area, id
