// coverage.duplicates 疑似重复
// What may be one thing twice?
//
// Parameters, the keys of the one map $p:
//   within                id of the area whose units are listed; null for everything
//   day                   a date; null for whatever the graph holds
//   functional_for_units  whether functional organizations 功能型 cover units
//
// In Neo4j Browser, run this line first (without the slashes):
// :param p => {within: null, day: null, functional_for_units: false}

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

// The units asked about: all of them, or those that stand in these areas.
CALL (areas) {
  WITH 1 AS everything WHERE $p.within IS NULL
  MATCH (u:Unit)
  WHERE $p.day IS NULL OR
        all(v IN [u] WHERE coalesce(v.valid_from <= $p.day, true)
                       AND coalesce($p.day < v.valid_to, true))
  RETURN u
  UNION ALL
  UNWIND areas AS a
  MATCH (a)<-[:LOCATED_IN]-(u:Unit)
  WHERE a = COLLECT {
    MATCH (u)-[l:LOCATED_IN]->(b:Area)
    WHERE $p.day IS NULL OR
          all(v IN [u, l, b] WHERE coalesce(v.valid_from <= $p.day, true)
                               AND coalesce($p.day < v.valid_to, true))
    RETURN b ORDER BY coalesce(l.primary, false) DESC, b.id LIMIT 1
  }[0]
  RETURN DISTINCT u
}

// Where each is, and who covers it for a park or for the street's side.
WITH u, COLLECT {
       MATCH (u)-[l:LOCATED_IN]->(b:Area)
       WHERE $p.day IS NULL OR
             all(v IN [l, b] WHERE coalesce(v.valid_from <= $p.day, true)
                               AND coalesce($p.day < v.valid_to, true))
       RETURN b ORDER BY coalesce(l.primary, false) DESC, b.id LIMIT 1
     }[0] AS place,
     COLLECT {
       MATCH (u)<-[c:COVERS]-(o:PartyOrganization)
       WHERE c.basis = 'organization'
         AND o.setting IN ['park', 'street', 'community', 'compound', 'grid', 'building']
         AND ($p.functional_for_units OR coalesce(o.membership_basis <> 'functional', true))
         AND ($p.day IS NULL OR
              all(v IN [c, o] WHERE coalesce(v.valid_from <= $p.day, true)
                                AND coalesce($p.day < v.valid_to, true)))
       RETURN DISTINCT o ORDER BY o.id
     } AS covers
WITH place, collect({unit: u, covers: covers}) AS units

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
  RETURN a AS home LIMIT 1
}
WITH home, coalesce(home, place).id AS area, units
UNWIND units AS it
WITH home, area, it.unit AS u, it.covers AS covers,
     coalesce(it.unit.status <> 'closed', true) AS open

// Units that have the same key may be one; a unit under two systems stands alone.
UNWIND [
  {class: 'park_and_street',
   key: CASE WHEN any(o IN covers WHERE o.setting = 'park')
              AND any(o IN covers WHERE o.setting <> 'park') THEN u.id END},
  {class: 'same_code', key: CASE WHEN open THEN u.uscc END},
  {class: 'same_name',
   key: CASE WHEN open AND home IS NOT NULL
             THEN [home.id, replace(normalize(u.name, NFKC), ' ', '')] END}
] AS case
WITH area, u, covers, case WHERE case.key IS NOT NULL
WITH case.class AS class, case.key AS key,
     collect({id: u.id, name: u.name, area: area, covers: covers}) AS members
WHERE class = 'park_and_street' OR size(members) > 1
WITH class, COLLECT { UNWIND members AS m RETURN m ORDER BY m.id } AS members
WITH class, members[0] AS first,
     CASE class WHEN 'park_and_street' THEN [o IN members[0].covers | o.id]
                ELSE [m IN members | m.id] END AS evidence

// What has both the same code and the same name is told once.
WITH min(class) AS class, first.id AS id, first.name AS name, first.area AS area, evidence
RETURN class, id, name, area, evidence
ORDER BY class, area, id
