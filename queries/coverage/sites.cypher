// coverage.sites 党群服务阵地
// Which areas have no site of their own?
//
// Parameters, the keys of the one map $p:
//   within    id of the area whose areas are listed; null for everything
//   day       a date; null for whatever the graph holds
//   complete  what the graph holds completely, such as 'LOCATED_IN:Site'
//
// In Neo4j Browser, run this line first (without the slashes):
// :param p => {within: null, day: null, complete: ['LOCATED_IN:Site']}

// The areas asked about, if not all of them: one and what lies in it, going down.
WITH COLLECT {
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

CALL (areas) {

  // Each street, community and compound, under itself and under all that it lies in, with
  // how many levels up that is. Neighbours share the way up, so it is walked once.
  CALL (areas) {
    WITH 1 AS everything WHERE $p.within IS NULL
    MATCH (a:Area)
    WHERE $p.day IS NULL OR
          all(v IN [a] WHERE coalesce(v.valid_from <= $p.day, true)
                         AND coalesce($p.day < v.valid_to, true))
    RETURN a
    UNION ALL
    UNWIND areas AS a
    RETURN a
  }
  WITH a WHERE a.level IN ['street', 'community', 'compound']
  WITH a, COLLECT {
    MATCH (a)-[r:PART_OF]->(b:Area)
    WHERE $p.day IS NULL OR
          all(v IN [r, b] WHERE coalesce(v.valid_from <= $p.day, true)
                            AND coalesce($p.day < v.valid_to, true))
    RETURN b ORDER BY coalesce(r.primary, false) DESC, b.id LIMIT 1
  }[0] AS larger
  WITH larger, collect(a) AS listed
  WITH listed, COLLECT {
    MATCH way = (larger) (
      (x)-[:PART_OF]->(y:Area)
      WHERE y = COLLECT {
        MATCH (x)-[r:PART_OF]->(b:Area)
        WHERE $p.day IS NULL OR
              all(v IN [r, b] WHERE coalesce(v.valid_from <= $p.day, true)
                                AND coalesce($p.day < v.valid_to, true))
        RETURN b ORDER BY coalesce(r.primary, false) DESC, b.id LIMIT 1
      }[0]
    ){0,14} (z)
    RETURN {area: z, steps: length(way) + 1}
  } AS above
  UNWIND listed AS a
  UNWIND [{area: a, steps: 0}] + above AS at
  RETURN at.area AS at, a, at.steps AS steps, null AS site

  UNION ALL

  // Each site, under the area where it stands and under all that this lies in.
  MATCH (s:Site)
  WITH s, COLLECT {
    MATCH (s)-[l:LOCATED_IN]->(b:Area)
    WHERE $p.day IS NULL OR
          all(v IN [s, l, b] WHERE coalesce(v.valid_from <= $p.day, true)
                               AND coalesce($p.day < v.valid_to, true))
    RETURN b ORDER BY coalesce(l.primary, false) DESC, b.id LIMIT 1
  }[0] AS place
  WITH place, collect(s) AS standing
  MATCH (place) (
    (x)-[:PART_OF]->(y:Area)
    WHERE y = COLLECT {
      MATCH (x)-[r:PART_OF]->(b:Area)
      WHERE $p.day IS NULL OR
            all(v IN [r, b] WHERE coalesce(v.valid_from <= $p.day, true)
                              AND coalesce($p.day < v.valid_to, true))
      RETURN b ORDER BY coalesce(r.primary, false) DESC, b.id LIMIT 1
    }[0]
  ){0,15} (at)
  WITH DISTINCT standing, at
  UNWIND standing AS site
  RETURN at, null AS a, null AS steps, site
}

// What stands in each area or below it, and the first of that.
WITH at, collect(CASE WHEN a IS NOT NULL THEN {area: a, steps: steps} END) AS listed,
     sum(CASE WHEN site.tier = at.level THEN 1 ELSE 0 END) AS sites,
     sum(CASE WHEN site.tier = 'x' THEN 1 ELSE 0 END) AS x_sites,
     min(site.id) AS first

// What each area holds itself, and the nearest that stands in it or above.
UNWIND listed AS it
WITH it.area AS a,
     sum(CASE it.steps WHEN 0 THEN sites ELSE 0 END) AS sites,
     sum(CASE it.steps WHEN 0 THEN x_sites ELSE 0 END) AS x_sites,
     min(CASE WHEN first IS NOT NULL THEN [it.steps, first] END) AS near
RETURN a.id AS area,
       a.name AS name,
       a.level AS level,
       sites AS sites,
       x_sites AS x_sites,
       CASE WHEN sites > 0 THEN 'present'
            WHEN 'LOCATED_IN:Site' IN $p.complete THEN 'absent'
            ELSE 'undetermined' END AS state,
       CASE WHEN sites > 0 THEN null
            WHEN 'LOCATED_IN:Site' IN $p.complete THEN 'no_site'
            ELSE 'unknown:LOCATED_IN:Site' END AS reason,
       CASE WHEN sites = 0 THEN near[1] END AS nearest,
       CASE WHEN sites = 0 THEN near[0] END AS steps
ORDER BY state, area
