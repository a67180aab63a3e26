// coverage.lines 五线
// Which lines does each community lack?
//
// Parameters, the keys of the one map $p:
//   within      id of the area whose communities are listed; null for everything
//   day         a date; null for whatever the graph holds
//   line_kinds  kinds of unit that belong to a line; one without a line leaves it open
//   complete    what the graph holds completely, such as 'LOCATED_IN:Unit'
//
// In Neo4j Browser, run this line first (without the slashes):
// :param p => {within: null, day: null, line_kinds: ['social_organization', 'residents_committee'], complete: ['LOCATED_IN:Unit', 'HOSTED_BY:PartyOrganization']}

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

  // Every community asked about, and every line, with nothing counted.
  CALL (areas) {
    WITH 1 AS everything WHERE $p.within IS NULL
    MATCH (a:Area {level: 'community'})
    WHERE $p.day IS NULL OR
          all(v IN [a] WHERE coalesce(v.valid_from <= $p.day, true)
                         AND coalesce($p.day < v.valid_to, true))
    RETURN a AS home
    UNION
    UNWIND areas AS home
    WITH home WHERE home.level = 'community'
    RETURN home
  }
  UNWIND ['association', 'party', 'self_governance', 'service', 'volunteer'] AS line
  RETURN home, line, 1 AS asked, 0 AS organizations, 0 AS linked, 0 AS blank

  UNION ALL

  // Units on a line, or of a kind that should be on one; and the party organizations,
  // each where its host stands.
  CALL () {
    MATCH (u:Unit)
    WHERE NOT coalesce(u.status = 'closed', false)
      AND (u.line IS NOT NULL OR u.kind IN $p.line_kinds)
      AND ($p.day IS NULL OR
           all(v IN [u] WHERE coalesce(v.valid_from <= $p.day, true)
                          AND coalesce($p.day < v.valid_to, true)))
    RETURN u AS thing, u AS stands, u.line AS line
    UNION ALL
    MATCH (o:PartyOrganization)
    WHERE $p.day IS NULL OR
          all(v IN [o] WHERE coalesce(v.valid_from <= $p.day, true)
                         AND coalesce($p.day < v.valid_to, true))
    WITH o, COLLECT {
      MATCH (o)-[h:HOSTED_BY]->(x:Unit|Area)
      WHERE $p.day IS NULL OR
            all(v IN [h, x] WHERE coalesce(v.valid_from <= $p.day, true)
                              AND coalesce($p.day < v.valid_to, true))
      RETURN x ORDER BY x.id LIMIT 1
    }[0] AS stands
    WHERE stands IS NOT NULL
    RETURN o AS thing, stands, 'party' AS line
  }
  WITH thing, line,
       CASE WHEN stands:Area THEN stands ELSE COLLECT {
         MATCH (stands)-[l:LOCATED_IN]->(b:Area)
         WHERE $p.day IS NULL OR
               all(v IN [l, b] WHERE coalesce(v.valid_from <= $p.day, true)
                                 AND coalesce($p.day < v.valid_to, true))
         RETURN b ORDER BY coalesce(l.primary, false) DESC, b.id LIMIT 1
       }[0] END AS place
  WITH place, collect({thing: thing, line: line}) AS things
  WHERE place IS NOT NULL
  CALL (place) {
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
  UNWIND things AS t
  WITH home, t.line AS line, t.thing AS thing
  // Linked is a unit that an organization of the community covers, on any basis.
  WITH home, line,
       thing:Unit AND EXISTS {
         MATCH (thing)<-[c:COVERS]-(o:PartyOrganization {setting: 'community'})
               -[k:COVERS {basis: 'organization'}]->(home)
         WHERE $p.day IS NULL OR
               all(v IN [c, o, k] WHERE coalesce(v.valid_from <= $p.day, true)
                                    AND coalesce($p.day < v.valid_to, true))
       } AS linked
  UNWIND CASE WHEN line IS NOT NULL THEN [line]
              ELSE ['association', 'party', 'self_governance', 'service', 'volunteer'] END AS on
  RETURN home, on AS line, 0 AS asked,
         sum(CASE WHEN line IS NULL THEN 0 ELSE 1 END) AS organizations,
         sum(CASE WHEN line IS NOT NULL AND linked THEN 1 ELSE 0 END) AS linked,
         sum(CASE WHEN line IS NULL THEN 1 ELSE 0 END) AS blank
}
WITH home, line, sum(asked) AS asked, sum(organizations) AS organizations,
     sum(linked) AS linked, sum(blank) AS blank
WHERE asked > 0
WITH home, line, organizations, linked,
     CASE WHEN organizations > 0 THEN null
          WHEN NOT 'LOCATED_IN:Unit' IN $p.complete THEN 'unknown:LOCATED_IN:Unit'
          WHEN line = 'party' AND NOT 'HOSTED_BY:PartyOrganization' IN $p.complete
            THEN 'unknown:HOSTED_BY:PartyOrganization'
          WHEN blank > 0 THEN 'unknown:line' END AS reason
RETURN home.id AS area,
       home.name AS name,
       line AS line,
       organizations AS organizations,
       linked AS linked,
       CASE WHEN organizations > 0 THEN 'present'
            WHEN reason IS NOT NULL THEN 'undetermined'
            ELSE 'absent' END AS state,
       reason AS reason
ORDER BY area, line
