// evaluation.inspections 未督导
// Who was not inspected, and for how long?
//
// Parameters, the keys of the one map $p:
//   within         id of the area in which the organizations stand; null for everywhere
//   day            a date: rounds of the calendar open on it do not count; null for none
//   kind           the kind of evaluation, such as 'inspection'
//   last           in how many rounds at the end there was no visit, at least
//   rounds         the calendar: a list of {id, kind, opens_on, closes_on}
//   area_settings  settings of the organizations that are asked about
//
// In Neo4j Browser, run this line first (without the slashes):
// :param p => {within: null, day: null, kind: 'inspection', last: 1, rounds: [], area_settings: ['street', 'community']}

// 1. The rounds in order of time: those of the calendar, if it lists any of the kind, else
// all in which something was returned.
CALL () {
    WITH [r IN $p.rounds WHERE r.kind = $p.kind] AS listed
    UNWIND listed AS r
    WITH r.id AS round, collect(r)[-1].closes_on AS closes  // the last entry counts
    WHERE coalesce(closes < $p.day, true)
    RETURN round, closes
  UNION ALL
    WITH 1 AS none WHERE none(r IN $p.rounds WHERE r.kind = $p.kind)
    MATCH ()-[e:EVALUATES {kind: $p.kind}]->()
    WHERE coalesce(e.status = 'returned', e.score IS NOT NULL OR e.grade IS NOT NULL)
    RETURN DISTINCT e.round AS round, null AS closes
}
WITH round, closes ORDER BY closes, round
WITH collect(round) AS rounds

// 2. The organizations asked about, and where they are: in an area that hosts them, else
// where their host stands. Of an area asked about, only those below it.
MATCH (o:PartyOrganization)
WHERE o.setting IN $p.area_settings
  AND ($p.day IS NULL OR
       all(v IN [o] WHERE coalesce(v.valid_from <= $p.day, true)
                      AND coalesce($p.day < v.valid_to, true)))
WITH rounds, o, COLLECT {
  MATCH (o)-[h:HOSTED_BY]->(b:Unit|Area)
  WHERE $p.day IS NULL OR
        all(v IN [h, b] WHERE coalesce(v.valid_from <= $p.day, true)
                          AND coalesce($p.day < v.valid_to, true))
  RETURN b ORDER BY b.id LIMIT 1
}[0] AS host
WITH rounds, o, coalesce(CASE WHEN host:Area THEN host END, COLLECT {
  MATCH (host)-[l:LOCATED_IN]->(b:Area)
  WHERE $p.day IS NULL OR
        all(v IN [l, b] WHERE coalesce(v.valid_from <= $p.day, true)
                          AND coalesce($p.day < v.valid_to, true))
  RETURN b ORDER BY coalesce(l.primary, false) DESC, b.id LIMIT 1
}[0]) AS place
WITH rounds, place, collect(o) AS organizations
WITH rounds, place, organizations, COLLECT {
  MATCH way = (place) (
    (x:Area)-[:PART_OF]->(y:Area)
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
WHERE $p.within IS NULL OR any(z IN above WHERE z.id = $p.within)
WITH rounds, organizations,
     coalesce([z IN above WHERE z.level = 'community'][0], place).id AS area
UNWIND organizations AS o

// 3. The last round in which each was visited, and how many came after it.
WITH rounds, area, o, COLLECT {
  MATCH (o)<-[e:EVALUATES {kind: $p.kind}]-()
  WHERE coalesce(e.status = 'returned', e.score IS NOT NULL OR e.grade IS NOT NULL)
  RETURN DISTINCT e.round
} AS visited
WITH rounds, area, o, [i IN range(0, size(rounds) - 1) WHERE rounds[i] IN visited][-1] AS at
WITH size(rounds) AS count, area, o, rounds[at] AS inspected,
     size(rounds) - 1 - coalesce(at, -1) AS run
WHERE count > 0 AND (run >= $p.last OR run = count)
RETURN o.id AS id,
       o.name AS name,
       area AS area,
       run AS run,
       inspected AS last_inspected,
       count AS rounds
ORDER BY run DESC, area, id
