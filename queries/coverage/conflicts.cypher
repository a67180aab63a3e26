// coverage.conflicts 填报与实际不一致
// Where do rosters and the network disagree?
//
// Parameters, the keys of the one map $p:
//   within                id of the area whose units are listed; null for everything
//   day                   a date; null for whatever the graph holds
//   functional_for_units  whether functional organizations 功能型 cover units
//   complete              what the graph holds completely, such as 'COVERS:Unit'
//
// In Neo4j Browser, run this line first (without the slashes):
// :param p => {within: null, day: null, functional_for_units: false, complete: ['COVERS:Unit', 'HOLDS_SEAT_ON:Unit', 'PARTNERS_WITH:Unit']}

// What is held completely: there, what is not found is absent, elsewhere it is unknown.
WITH {
  organization: any(c IN $p.complete WHERE c IN ['COVERS:Unit', 'COVERS{organization}:Unit']),
  work: any(c IN $p.complete WHERE c IN ['COVERS:Unit', 'COVERS{work}:Unit']),
  seat: 'HOLDS_SEAT_ON:Unit' IN $p.complete,
  partner: 'PARTNERS_WITH:Unit' IN $p.complete
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

// Those of which a roster said anything.
WITH held, u
WHERE u.reported_party_org IS NOT NULL OR u.reported_instructor IS NOT NULL
   OR u.reported_seat IS NOT NULL OR u.reported_agreement IS NOT NULL

// Who covers it, and to whom it or an organization that it hosts is tied. What was made
// from the roster's own word proves nothing.
WITH held, u, COLLECT {
       MATCH (u)<-[c:COVERS]-(o:PartyOrganization)
       WHERE NOT coalesce(c.reported, false)
         AND ($p.functional_for_units OR coalesce(o.membership_basis <> 'functional', true))
         AND ($p.day IS NULL OR
              all(v IN [c, o] WHERE coalesce(v.valid_from <= $p.day, true)
                                AND coalesce($p.day < v.valid_to, true)))
       RETURN {basis: c.basis, id: o.id}
     } AS covers,
     COLLECT {
       MATCH (u)<-[h:HOSTED_BY]-{0,1}(b)-[t:HOLDS_SEAT_ON|PARTNERS_WITH]->(o:PartyOrganization)
       WHERE coalesce(t.basis <> 'reported', true)
         AND ($p.day IS NULL OR
              all(v IN [b, t, o] + h WHERE coalesce(v.valid_from <= $p.day, true)
                                       AND coalesce($p.day < v.valid_to, true)))
       RETURN {type: type(t), id: o.id}
     } AS ties
UNWIND [
  {attribute: 'reported_agreement', reported: u.reported_agreement, held: held.partner,
   what: 'unknown:PARTNERS_WITH:Unit',
   found: [t IN ties WHERE t.type = 'PARTNERS_WITH' | t.id]},
  {attribute: 'reported_instructor', reported: u.reported_instructor, held: held.work,
   what: 'unknown:COVERS:Unit', found: [c IN covers WHERE c.basis = 'work' | c.id]},
  {attribute: 'reported_party_org', reported: u.reported_party_org,
   held: held.organization, what: 'unknown:COVERS:Unit',
   found: [c IN covers WHERE c.basis = 'organization' | c.id]},
  {attribute: 'reported_seat', reported: u.reported_seat, held: held.seat,
   what: 'unknown:HOLDS_SEAT_ON:Unit',
   found: [t IN ties WHERE t.type = 'HOLDS_SEAT_ON' | t.id]}
] AS said
WITH u, said WHERE said.reported <> (size(said.found) > 0)

// Its community, else the area where it stands.
WITH u, said, COLLECT {
       MATCH (u)-[l:LOCATED_IN]->(b:Area)
       WHERE $p.day IS NULL OR
             all(v IN [l, b] WHERE coalesce(v.valid_from <= $p.day, true)
                               AND coalesce($p.day < v.valid_to, true))
       RETURN b ORDER BY coalesce(l.primary, false) DESC, b.id LIMIT 1
     }[0] AS place
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
WITH u, said, coalesce(community, place).id AS area, COLLECT {
  UNWIND said.found AS id RETURN DISTINCT id ORDER BY id
} AS evidence
RETURN said.attribute AS attribute,
       u.id AS id,
       u.name AS name,
       area AS area,
       said.reported AS reported,
       CASE WHEN NOT said.reported OR said.held THEN 'conflict'
            ELSE 'undetermined' END AS state,
       CASE WHEN NOT said.reported THEN 'reported_no'
            WHEN said.held THEN 'reported_only'
            ELSE said.what END AS reason,
       CASE WHEN size(evidence) > 0 THEN evidence END AS evidence
ORDER BY attribute, area, id
