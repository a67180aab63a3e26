// coverage.nearest 就近承接
// Who could take in what is not covered?
//
// Parameters, the keys of the one map $p:
//   within                  id of the area whose gaps are looked at; null for everything
//   day                     a date; null for whatever the graph holds
//   classes                 the classes of gap asked about, of G1 to G4
//   k                       the most organizations of one gap
//   min_full_members        full members from which a unit needs its own organization
//   joint_satisfies         whether a joint branch will do for that
//   members_as_full         whether members count where full members are unknown
//   presumed_operating      whether a unit of which it is unknown counts as operating
//   functional_for_areas    whether functional organizations 功能型 cover areas
//   functional_for_units    whether they cover units
//   exclusive_grids         whether an exclusive grid 专属网格 needs an organization
//   joint_branch_max_units  the units from which a joint branch has no room
//   complete                what the graph holds completely, such as 'COVERS:Unit'
//
// In Neo4j Browser, run this line first (without the slashes):
// :param p => {within: null, day: null, classes: ['G1', 'G2', 'G3', 'G4'], k: 3, min_full_members: 3, joint_satisfies: false, members_as_full: false, presumed_operating: false, functional_for_areas: true, functional_for_units: false, exclusive_grids: false, joint_branch_max_units: 5, complete: ['COVERS:Unit', 'COVERS:street', 'COVERS:community', 'COVERS:compound', 'COVERS:grid']}

// What is held completely: there, what is not found is absent, elsewhere it is unknown.
WITH {
  organization: any(c IN $p.complete WHERE c IN ['COVERS:Unit', 'COVERS{organization}:Unit']),
  work: any(c IN $p.complete WHERE c IN ['COVERS:Unit', 'COVERS{work}:Unit']),
  levels: [level IN ['street', 'community', 'compound', 'grid'] WHERE any(
    c IN $p.complete WHERE c IN ['COVERS:' + level, 'COVERS{organization}:' + level])]
} AS held

// The areas asked about, if not all of them: one and what lies in it, going down.
WITH held, COLLECT {
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
  RETURN DISTINCT a
} AS areas

CALL (held, areas) {

  // 1. What is certain to be a gap, as in gaps.cypher, and where it is.
  CALL (held, areas) {

    // The units asked about: all of them, or those that stand in these areas.
    CALL (areas) {
      WITH 1 AS everything WHERE $p.within IS NULL
      MATCH (n:Unit)
      WHERE $p.day IS NULL OR
            all(v IN [n] WHERE coalesce(v.valid_from <= $p.day, true)
                           AND coalesce($p.day < v.valid_to, true))
      RETURN n
      UNION ALL
      UNWIND areas AS a
      MATCH (a)<-[:LOCATED_IN]-(n:Unit)
      WHERE a = COLLECT {
        MATCH (n)-[l:LOCATED_IN]->(b:Area)
        WHERE $p.day IS NULL OR
              all(v IN [n, l, b] WHERE coalesce(v.valid_from <= $p.day, true)
                                   AND coalesce($p.day < v.valid_to, true))
        RETURN b ORDER BY coalesce(l.primary, false) DESC, b.id LIMIT 1
      }[0]
      RETURN DISTINCT n
    }
    WITH held, n, coalesce(n.full_members, CASE WHEN $p.members_as_full THEN n.members END)
           AS members
    WHERE held.organization AND any(c IN $p.classes WHERE c IN ['G1', 'G2', 'G3'])
      // in operation is what says so and is not closed
      AND NOT coalesce(n.status = 'closed', false)
      AND coalesce(n.operating, $p.presumed_operating)
    WITH held, n, members, COLLECT {
      MATCH (n)<-[c:COVERS]-(o:PartyOrganization)
      WHERE ($p.functional_for_units OR coalesce(o.membership_basis <> 'functional', true))
        AND ($p.day IS NULL OR
             all(v IN [c, o] WHERE coalesce(v.valid_from <= $p.day, true)
                               AND coalesce($p.day < v.valid_to, true)))
      RETURN [c.basis, c.mode]
    } AS covers
    WITH held, n, members,
         [c IN covers WHERE c[0] = 'organization' | c[1]] AS modes,
         any(c IN covers WHERE c[0] = 'work') AS worked
    // If a roster says that there is an organization, and there is none, it is not certain.
    WHERE modes <> [] OR NOT coalesce(n.reported_party_org, false)
    UNWIND [
      {class: 'G1',
       gap: members >= $p.min_full_members
            AND NOT ('single' IN modes OR $p.joint_satisfies AND 'joint' IN modes)},
      {class: 'G2', gap: 1 <= members AND members < $p.min_full_members AND modes = []},
      {class: 'G3',
       gap: modes = [] AND NOT worked AND NOT n.has_union AND NOT n.has_youth_league
            // what the unit says of an instructor comes before what the graph holds
            AND NOT coalesce(n.reported_instructor, NOT held.work)}
    ] AS case
    WITH n, case WHERE case.gap AND case.class IN $p.classes
    RETURN case.class AS class, n, COLLECT {
      MATCH (n)-[l:LOCATED_IN]->(b:Area)
      WHERE $p.day IS NULL OR
            all(v IN [l, b] WHERE coalesce(v.valid_from <= $p.day, true)
                              AND coalesce($p.day < v.valid_to, true))
      RETURN b ORDER BY coalesce(l.primary, false) DESC, b.id LIMIT 1
    }[0] AS place

    UNION ALL

    CALL (areas) {
      WITH 1 AS everything WHERE $p.within IS NULL
      MATCH (n:Area)
      WHERE $p.day IS NULL OR
            all(v IN [n] WHERE coalesce(v.valid_from <= $p.day, true)
                           AND coalesce($p.day < v.valid_to, true))
      RETURN n
      UNION ALL
      UNWIND areas AS n
      RETURN n
    }
    WITH held, n
    WHERE 'G4' IN $p.classes AND n.level IN held.levels
      AND ($p.exclusive_grids OR n.level <> 'grid' OR NOT coalesce(n.exclusive, false))
      AND NOT EXISTS {
        MATCH (n)<-[c:COVERS]-(o:PartyOrganization)
        WHERE c.basis = 'organization'
          AND ($p.functional_for_areas OR coalesce(o.membership_basis <> 'functional', true))
          AND ($p.day IS NULL OR
               all(v IN [c, o] WHERE coalesce(v.valid_from <= $p.day, true)
                                 AND coalesce($p.day < v.valid_to, true)))
      }
    RETURN 'G4' AS class, n, n AS place
  }

  // Neighbours share the way up: the first area of each level on it, if there is one.
  WITH place, collect({class: class, node: n}) AS gaps
  WITH place, gaps, COLLECT {
    MATCH way = (place) (
      (x)-[:PART_OF]->(y:Area)
      WHERE y = COLLECT {
        MATCH (x)-[r:PART_OF]->(b:Area)
        WHERE $p.day IS NULL OR
              all(v IN [r, b] WHERE coalesce(v.valid_from <= $p.day, true)
                                AND coalesce($p.day < v.valid_to, true))
        RETURN b ORDER BY coalesce(r.primary, false) DESC, b.id LIMIT 1
      }[0]
    ){0,15} (z)
    RETURN z ORDER BY length(way)
  } AS above
  UNWIND range(0, 2) AS at
  RETURN [z IN above WHERE z.level = ['community', 'street', 'district'][at]][0] AS home,
         {place: place, gaps: gaps, at: at} AS asked, null AS branch

  UNION ALL

  // 2. The joint branches that have room, in each community and street of their units.
  MATCH (o:PartyOrganization)
  WHERE o.form = 'joint_branch' AND 'G2' IN $p.classes
    AND ($p.day IS NULL OR
         all(v IN [o] WHERE coalesce(v.valid_from <= $p.day, true)
                        AND coalesce($p.day < v.valid_to, true)))
  WITH o, COLLECT {
    MATCH (o)-[c:COVERS]->(u:Unit)
    WHERE c.basis = 'organization' AND c.mode = 'joint'
      AND ($p.day IS NULL OR
           all(v IN [c, u] WHERE coalesce(v.valid_from <= $p.day, true)
                             AND coalesce($p.day < v.valid_to, true)))
    RETURN DISTINCT u
  } AS units
  WHERE size(units) < $p.joint_branch_max_units
  WITH {organization: o, load: size(units)} AS branch, units
  UNWIND units AS u
  WITH branch, COLLECT {
    MATCH (u)-[l:LOCATED_IN]->(b:Area)
    WHERE $p.day IS NULL OR
          all(v IN [l, b] WHERE coalesce(v.valid_from <= $p.day, true)
                            AND coalesce($p.day < v.valid_to, true))
    RETURN b ORDER BY coalesce(l.primary, false) DESC, b.id LIMIT 1
  }[0] AS place
  WITH place, collect(branch) AS branches
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
    RETURN DISTINCT home
  }
  UNWIND branches AS branch
  RETURN DISTINCT home, null AS asked, branch
}

// 3. What each of these areas has to offer: the branches with the fewest units, and its own
// organization; of several, the one with the smallest id.
WITH home, collect(asked) AS askers, collect(branch) AS branches
WHERE askers <> []
WITH askers, COLLECT {
       UNWIND branches AS b
       RETURN b ORDER BY b.load, b.organization.id LIMIT $p.k
     } AS branches,
     COLLECT {
       MATCH (home)<-[c:COVERS]-(o:PartyOrganization)
       WHERE c.basis = 'organization' AND o.setting = home.level
         AND ($p.day IS NULL OR
              all(v IN [c, o] WHERE coalesce(v.valid_from <= $p.day, true)
                                AND coalesce($p.day < v.valid_to, true)))
       RETURN {organization: o, load: null} ORDER BY o.id LIMIT 1
     } AS own
WITH askers, COLLECT {
  UNWIND branches + own AS offer
  WITH offer, offer.organization AS o
  RETURN {organization: o, load: offer.load, units: COUNT {
    MATCH (o)-[c:COVERS]->(u:Unit)
    WHERE c.basis = 'organization'
      AND ($p.day IS NULL OR
           all(v IN [c, u] WHERE coalesce(v.valid_from <= $p.day, true)
                             AND coalesce($p.day < v.valid_to, true)))
    RETURN DISTINCT u
  }}
} AS offers
UNWIND askers AS it
WITH it.place AS place, collect({at: it.at, offers: offers}) AS homes,
     head(collect(it.gaps)) AS gaps

// 4. Of each gap the first of these: for one that may join a branch first the branches of
// its community and street, then the organizations; of an area only those above its level.
UNWIND gaps AS gap
WITH gap.class AS class, gap.node AS n, COLLECT {
  UNWIND homes AS h
  UNWIND h.offers AS offer
  WITH h.at AS at, offer
  WHERE CASE WHEN offer.load IS NOT NULL THEN gap.class = 'G2'
             WHEN gap.node.level = 'community' THEN at > 0
             WHEN gap.node.level = 'street' THEN at > 1
             ELSE true END
  WITH offer.organization.id AS id, offer.units AS units,
       min([CASE WHEN offer.load IS NULL THEN at + 2 ELSE at END, offer.load]) AS first
  RETURN {id: id, reason: first[0], units: units} ORDER BY first[0], first[1], id LIMIT $p.k
} AS takers
UNWIND CASE takers WHEN [] THEN [null] ELSE range(1, size(takers)) END AS rank
WITH class, n, rank, takers[rank - 1] AS taker
RETURN class AS class,
       n.id AS id,
       n.name AS name,
       rank AS rank,
       taker.id AS organization,
       ['joint_branch_in_community', 'joint_branch_in_street', 'community_organization',
        'street_organization', 'district_organization'][taker.reason] AS reason,
       taker.units AS units
ORDER BY class, id, rank
