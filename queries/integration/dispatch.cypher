// integration.dispatch 统筹调度
// What can each community send itself, and what only others?
//
// Parameters, the keys of the one map $p:
//   within  id of the area whose communities are listed; null for everything
//   day     a date; null for whatever the graph holds
//
// In Neo4j Browser, run this line first (without the slashes):
// :param p => {within: null, day: null}

// The communities asked about: all of them, or those that lie in one area, going down.
CALL () {
  WITH 1 AS everything WHERE $p.within IS NULL
  MATCH (a:Area)
  WHERE a.level = 'community'
    AND ($p.day IS NULL OR
         all(v IN [a] WHERE coalesce(v.valid_from <= $p.day, true)
                        AND coalesce($p.day < v.valid_to, true)))
  RETURN a AS home
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
  WITH DISTINCT a
  WHERE a.level = 'community'
  RETURN a AS home
}

CALL (home) {

  // Every channel, with nothing sent.
  UNWIND ['community', 'department', 'street'] AS channel
  RETURN channel, null AS a, null AS t

  UNION ALL

  // What is sent to the community or to an area that lies in it: by its own organization,
  // by another, or by a department.
  MATCH (home) (
    (y)<-[:PART_OF]-(x:Area)
    WHERE y = COLLECT {
      MATCH (x)-[r:PART_OF]->(b:Area)
      WHERE $p.day IS NULL OR
            all(v IN [x, r, b] WHERE coalesce(v.valid_from <= $p.day, true)
                                 AND coalesce($p.day < v.valid_to, true))
      RETURN b ORDER BY coalesce(r.primary, false) DESC, b.id LIMIT 1
    }[0]
  ){0,15} (a)
  WITH DISTINCT home, a
  MATCH (a)<-[t:DISPATCHES|DEPLOYS_TO]-(o:PartyOrganization|Unit)
  WHERE $p.day IS NULL OR
        all(v IN [t, o] WHERE coalesce(v.valid_from <= $p.day, true)
                          AND coalesce($p.day < v.valid_to, true))
  RETURN CASE WHEN type(t) = 'DEPLOYS_TO' THEN 'department'
              WHEN EXISTS {
                MATCH (home)<-[c:COVERS {basis: 'organization'}]-(o)
                WHERE o.setting = home.level
                  AND ($p.day IS NULL OR
                       all(v IN [c] WHERE coalesce(v.valid_from <= $p.day, true)
                                      AND coalesce($p.day < v.valid_to, true)))
              } THEN 'community'
              ELSE 'street' END AS channel, a, t
}
RETURN home.id AS area,
       home.name AS name,
       channel AS channel,
       count(t) AS ties,
       count(DISTINCT a) AS areas,
       sum(t.staff) AS staff,
       count(t) - count(t.staff) AS staff_unknown,
       sum(t.funds_cny) AS funds_cny,
       count(t) - count(t.funds_cny) AS funds_unknown
ORDER BY area, channel
