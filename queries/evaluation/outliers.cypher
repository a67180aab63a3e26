// evaluation.outliers 考核与互评相左
// Whom do superiors and peers see differently?
//
// Parameters, the keys of the one map $p:
//   round          one round; null for every round
//   within         id of the area in which the parties stand; null for everywhere
//   cutoff         from which modified z-score on a difference is an outlier
//   area_settings  settings of the organizations that stand for themselves
//
// In Neo4j Browser, run this line first (without the slashes):
// :param p => {round: null, within: null, cutoff: 3.5, area_settings: ['street', 'community']}

// 1. The scores that were given, as shares of their scale, to whom they count: to the unit
// that hosts an organization, to the organization of a street or community itself.
MATCH ()-[e:EVALUATES]->(x)
WHERE e.kind IN ['hierarchical', 'two_way']
  AND coalesce(e.round = $p.round, $p.round IS NULL)
  AND coalesce(e.status = 'returned', true) AND e.score IS NOT NULL AND e.scale_max > 0
WITH x, collect({round: e.round, kind: e.kind, share: e.score / e.scale_max}) AS given
WITH given, coalesce(COLLECT {
  MATCH (x)-[:HOSTED_BY]->(u:Unit)
  WHERE NOT x.setting IN $p.area_settings
  RETURN u ORDER BY u.id LIMIT 1
}[0], x) AS party
UNWIND given AS g
WITH g.round AS round, party,
     sum(CASE g.kind WHEN 'hierarchical' THEN 1 ELSE 0 END) AS hierarchical,
     sum(CASE g.kind WHEN 'two_way' THEN 1 ELSE 0 END) AS two_way,
     avg(CASE g.kind WHEN 'hierarchical' THEN g.share END) AS above,
     avg(CASE g.kind WHEN 'two_way' THEN g.share END) AS beside
WHERE hierarchical > 0 AND two_way > 0

// 2. What is usual in each round: the median difference, and the median distance from it.
// To nine decimals, so that the same differences are equal.
WITH round, collect({party: party, hierarchical: hierarchical, two_way: two_way,
                     above: above, beside: beside,
                     difference: round(above - beside, 9)}) AS rated
CALL (rated) {
  UNWIND rated AS r
  RETURN percentileCont(r.difference, 0.5) AS middle
}
CALL (rated, middle) {
  UNWIND rated AS r
  RETURN percentileCont(abs(r.difference - middle), 0.5) AS spread
}
UNWIND rated AS it
// Grouped, each alone, so that no row carries the list along.
WITH round, middle, spread, it, count(*) AS once
WITH round, it, it.party AS party,
     CASE WHEN spread <> 0 THEN 0.6745 * (it.difference - middle) / spread END AS score

// 3. Those whose place is in the area: of an organization, its host or where that stands.
WHERE $p.within IS NULL OR EXISTS {
  WITH coalesce(COLLECT {
    MATCH (party)-[:HOSTED_BY]->(b:Unit|Area) RETURN b ORDER BY b.id LIMIT 1
  }[0], party) AS host
  WITH coalesce(CASE WHEN host:Area THEN host END, COLLECT {
    MATCH (host)-[l:LOCATED_IN]->(b:Area)
    RETURN b ORDER BY coalesce(l.primary, false) DESC, b.id LIMIT 1
  }[0]) AS place
  MATCH (place) (
    (x:Area)-[:PART_OF]->(y:Area)
    WHERE y = COLLECT {
      MATCH (x)-[r:PART_OF]->(b:Area)
      RETURN b ORDER BY coalesce(r.primary, false) DESC, b.id LIMIT 1
    }[0]
  ){0,15} (:Area {id: $p.within})
  RETURN place
}
RETURN round AS round,
       party.id AS id,
       party.name AS name,
       it.hierarchical AS hierarchical,
       it.two_way AS two_way,
       it.above AS hierarchical_share,
       it.beside AS two_way_share,
       it.difference AS difference,
       score AS score,
       abs(score) > $p.cutoff AS outlier,
       abs(it.difference) AS size
ORDER BY round, size DESC, id
