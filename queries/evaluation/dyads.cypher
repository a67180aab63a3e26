// evaluation.dyads 双向联系
// Which relationships go both ways?
//
// Parameters, the keys of the one map $p:
//   within         id of the area in which both ends stand; null for everywhere
//   day            a date; null for whatever the graph holds
//   area_settings  settings of the organizations that stand for themselves
//
// In Neo4j Browser, run this line first (without the slashes):
// :param p => {within: null, day: null, area_settings: ['street', 'community']}

// 1. The relationships of the types whose ends admit a common kind, valid on the day.
CALL () {
  MATCH (x:Unit|PartyOrganization)
        -[r:CONTACTS|COORDINATES|ESCALATES_TO|EVALUATES|FUNDS|HOLDS_SEAT_ON
           |PARTNERS_WITH|SUBORDINATE_TO|SUPERVISED_BY]->
        (y:Unit|PartyOrganization)
  WHERE ($p.day IS NULL OR
         all(v IN [x, r, y] WHERE coalesce(v.valid_from <= $p.day, true)
                              AND coalesce($p.day < v.valid_to, true)))
    // Of evaluations only what was returned.
    AND (type(r) <> 'EVALUATES' OR
         coalesce(r.status = 'returned', r.score IS NOT NULL OR r.grade IS NOT NULL))
  RETURN DISTINCT type(r) AS type, x, y
}

// 2. Whom the ends stand for: the organization of a unit for the unit that hosts it, that
// of a street or community for itself.
WITH type,
     coalesce(COLLECT {
       MATCH (x)-[h:HOSTED_BY]->(u:Unit)
       WHERE NOT x.setting IN $p.area_settings
         AND ($p.day IS NULL OR
              all(v IN [h, u] WHERE coalesce(v.valid_from <= $p.day, true)
                                AND coalesce($p.day < v.valid_to, true)))
       RETURN u ORDER BY u.id LIMIT 1
     }[0], x) AS tail,
     coalesce(COLLECT {
       MATCH (y)-[h:HOSTED_BY]->(u:Unit)
       WHERE NOT y.setting IN $p.area_settings
         AND ($p.day IS NULL OR
              all(v IN [h, u] WHERE coalesce(v.valid_from <= $p.day, true)
                                AND coalesce($p.day < v.valid_to, true)))
       RETURN u ORDER BY u.id LIMIT 1
     }[0], y) AS head
WITH type, tail, head WHERE tail <> head

// 3. Each dyad once, with how many arcs it has.
WITH type, CASE WHEN tail.id < head.id THEN tail ELSE head END AS a,
     CASE WHEN tail.id < head.id THEN head ELSE tail END AS z,
     count(DISTINCT tail) AS arcs

// 4. Of these, the dyads whose ends both have their place in the area: that which hosts
// them, else where they or their host stand.
WHERE $p.within IS NULL OR COUNT {
  UNWIND [a, z] AS end
  WITH end, coalesce(COLLECT {
    MATCH (end)-[h:HOSTED_BY]->(b:Unit|Area)
    WHERE $p.day IS NULL OR
          all(v IN [h, b] WHERE coalesce(v.valid_from <= $p.day, true)
                            AND coalesce($p.day < v.valid_to, true))
    RETURN b ORDER BY b.id LIMIT 1
  }[0], end) AS host
  WITH end, coalesce(CASE WHEN host:Area THEN host END, COLLECT {
    MATCH (host)-[l:LOCATED_IN]->(b:Area)
    WHERE $p.day IS NULL OR
          all(v IN [l, b] WHERE coalesce(v.valid_from <= $p.day, true)
                            AND coalesce($p.day < v.valid_to, true))
    RETURN b ORDER BY coalesce(l.primary, false) DESC, b.id LIMIT 1
  }[0]) AS place
  MATCH (place) (
    (x:Area)-[:PART_OF]->(y:Area)
    WHERE y = COLLECT {
      MATCH (x)-[r:PART_OF]->(b:Area)
      WHERE $p.day IS NULL OR
            all(v IN [r, b] WHERE coalesce(v.valid_from <= $p.day, true)
                              AND coalesce($p.day < v.valid_to, true))
      RETURN b ORDER BY coalesce(r.primary, false) DESC, b.id LIMIT 1
    }[0]
  ){0,15} (:Area {id: $p.within})
  RETURN DISTINCT end
} = 2

// 5. The census of each type, whether it occurs or not.
UNWIND [a, z] AS end
WITH type, count(DISTINCT end) AS nodes, sum(arcs) / 2 AS arcs,
     sum(CASE WHEN arcs = 2 THEN 1 ELSE 0 END) / 2 AS mutual
WITH collect({type: type, nodes: nodes, arcs: arcs, mutual: mutual}) AS found
UNWIND ['CONTACTS', 'COORDINATES', 'ESCALATES_TO', 'EVALUATES', 'FUNDS', 'HOLDS_SEAT_ON',
        'PARTNERS_WITH', 'SUBORDINATE_TO', 'SUPERVISED_BY'] AS type
WITH type, [f IN found WHERE f.type = type][0] AS f
WITH type, coalesce(f.nodes, 0) AS nodes, coalesce(f.arcs, 0) AS arcs,
     coalesce(f.mutual, 0) AS mutual
WITH *, arcs - 2 * mutual AS asymmetric, nodes * (nodes - 1) / 2 AS all_dyads
WITH *, CASE WHEN arcs > 0 THEN 2.0 * mutual / arcs END AS arc,
     CASE WHEN all_dyads > 0 THEN arcs / (2.0 * all_dyads) END AS density
RETURN type AS type,
       nodes AS nodes,
       arcs AS arcs,
       mutual AS mutual,
       asymmetric AS asymmetric,
       all_dyads - mutual - asymmetric AS null_dyads,
       arc AS arc_reciprocity,
       CASE WHEN mutual + asymmetric > 0 THEN 1.0 * mutual / (mutual + asymmetric) END
         AS dyad_reciprocity,
       CASE WHEN all_dyads > 0 THEN 1.0 * mutual / all_dyads END AS pair_reciprocity,
       density AS density,
       CASE WHEN density <> 1 THEN (arc - density) / (1 - density) END AS correlation
ORDER BY type
