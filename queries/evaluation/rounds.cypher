// evaluation.rounds 考评周期
// Which rounds of an evaluation are there, and how much of each came back?
//
// Parameters, the keys of the one map $p:
//   kind              the kind of evaluation, such as 'two_way'
//   rounds            the calendar: a list of {id, kind, opens_on, closes_on}
//
// In Neo4j Browser, run this line first (without the slashes):
// :param p => {kind: 'two_way', rounds: []}

// One row for each round of the calendar, with nothing said yet, so that a round that
// nobody has answered is there too; and one for each evaluation. Without a status, a
// score and a grade an evaluation says nothing, and is treated as absent.
CALL () {
    UNWIND $p.rounds AS entry
    WITH entry WHERE entry.kind = $p.kind
    RETURN entry.id AS round, null AS status
  UNION ALL
    MATCH ()-[e:EVALUATES]->()
    WHERE e.kind = $p.kind
      AND (e.status IS NOT NULL OR e.score IS NOT NULL OR e.grade IS NOT NULL)
    RETURN e.round AS round, coalesce(e.status, 'returned') AS status
}
WITH round,
     count(status) AS said,
     count(CASE WHEN status = 'returned' THEN 1 END) AS returned
// Should the calendar list a round twice, its last entry counts.
WITH *, [entry IN $p.rounds WHERE entry.kind = $p.kind AND entry.id = round][-1] AS entry
RETURN round AS round,
       entry IS NOT NULL AS listed,
       entry.opens_on AS opens_on,
       entry.closes_on AS closes_on,
       returned AS returned,
       said AS said
ORDER BY round
