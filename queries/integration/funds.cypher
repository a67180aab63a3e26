// integration.funds 资金与项目
// Where do money and projects not meet?
//
// Parameters, the keys of the one map $p:
//   year      the one year asked about; null for every year
//   within    id of the area in which the subjects stand; null for everywhere
//   day       a date; null for whatever the graph holds
//   complete  what the graph holds completely, such as 'SERVES:Project'
//
// In Neo4j Browser, run this line first (without the slashes):
// :param p => {year: null, within: null, day: null, complete: ['SERVES:Project', 'FUNDS:Unit', 'FUNDS:PartyOrganization']}

// 1. What there is to say of each subject, and where it stands.
CALL () {

  // The organizations: what each gave in a year and what it received, and of those of an
  // area whether a project serves it.
  CALL () {
    MATCH (o:PartyOrganization)-[f:FUNDS]->(x:PartyOrganization|Project)
    WHERE coalesce(f.year = $p.year, true)
      AND ($p.day IS NULL OR
           all(v IN [o, f, x] WHERE coalesce(v.valid_from <= $p.day, true)
                                AND coalesce($p.day < v.valid_to, true)))
    RETURN o, f.year AS year, f.amount_cny AS amount,
           CASE WHEN x:Project THEN 'project' ELSE 'given' END AS what

    UNION ALL

    MATCH (o:PartyOrganization)<-[f:FUNDS]-(x:Unit|PartyOrganization)
    WHERE coalesce(f.year = $p.year, true)
      AND ($p.day IS NULL OR
           all(v IN [o, f, x] WHERE coalesce(v.valid_from <= $p.day, true)
                                AND coalesce($p.day < v.valid_to, true)))
    RETURN o, f.year AS year, f.amount_cny AS amount, 'received' AS what

    UNION ALL

    // A project serves an area and all that this lies in.
    MATCH (p:Project)-[s:SERVES]->(a:Area)
    WHERE $p.day IS NULL OR
          all(v IN [p, s, a] WHERE coalesce(v.valid_from <= $p.day, true)
                               AND coalesce($p.day < v.valid_to, true))
    WITH DISTINCT a
    MATCH (a) (
      (x:Area)-[:PART_OF]->(y:Area)
      WHERE y = COLLECT {
        MATCH (x)-[r:PART_OF]->(b:Area)
        WHERE $p.day IS NULL OR
              all(v IN [r, b] WHERE coalesce(v.valid_from <= $p.day, true)
                                AND coalesce($p.day < v.valid_to, true))
        RETURN b ORDER BY coalesce(r.primary, false) DESC, b.id LIMIT 1
      }[0]
    ){0,15} (z)
    WITH DISTINCT z
    MATCH (z)<-[c:COVERS {basis: 'organization'}]-(o:PartyOrganization)
    WHERE o.setting = z.level
      AND ($p.day IS NULL OR
           all(v IN [c, o] WHERE coalesce(v.valid_from <= $p.day, true)
                             AND coalesce($p.day < v.valid_to, true)))
    RETURN DISTINCT o, null AS year, null AS amount, 'served' AS what
  }
  WITH o, year,
       sum(CASE WHEN what = 'received' THEN amount END) AS received,
       sum(CASE WHEN what IN ['given', 'project'] THEN amount END) AS given,
       count(CASE WHEN what = 'received' THEN what END) AS gains,
       count(CASE WHEN what = 'received' AND amount IS NULL THEN what END) AS gains_unknown,
       count(CASE WHEN what IN ['given', 'project'] AND amount IS NULL THEN what END)
         AS gifts_unknown,
       count(CASE WHEN what = 'project' THEN what END) AS projects,
       count(CASE WHEN what = 'served' THEN what END) AS served
  WITH o, sum(served) AS served,
       collect(CASE WHEN year IS NOT NULL THEN
         {year: year, received: received, given: given, gains: gains, projects: projects,
          gains_unknown: gains_unknown, gifts_unknown: gifts_unknown} END) AS years
  WHERE size(years) > 0
  WITH o, years, served = 0 AND EXISTS {
    MATCH (o)-[c:COVERS {basis: 'organization'}]->(a:Area)
    WHERE a.level = o.setting
      AND ($p.day IS NULL OR
           all(v IN [c, a] WHERE coalesce(v.valid_from <= $p.day, true)
                             AND coalesce($p.day < v.valid_to, true)))
  } AS unserved
  UNWIND years AS y
  UNWIND [

    // 超支: more given than received. What is not known of either may settle it.
    {class: 'overspent',
     reason: CASE WHEN y.given > y.received AND y.gains_unknown = 0 THEN 'overspent'
                  WHEN y.given > y.received OR y.gifts_unknown > 0
                    THEN 'unknown:amount_cny' END},

    // 有钱无项目: received for an area, given to no project, and none serves the area.
    {class: 'money_without_project',
     reason: CASE WHEN NOT unserved OR y.gains = 0 OR y.projects > 0 THEN null
                  WHEN 'SERVES:Project' IN $p.complete THEN 'money_without_project'
                  ELSE 'unknown:SERVES:Project' END}

  ] AS case
  WITH o, y, case WHERE case.reason IS NOT NULL
  WITH o, collect({class: case.class, reason: case.reason, year: y.year,
                   received: y.received, given: y.given,
                   unknown: y.gains_unknown + y.gifts_unknown}) AS cases
  // Where it stands: in an area that hosts it, else where its host stands.
  WITH o, cases, COLLECT {
    MATCH (o)-[h:HOSTED_BY]->(b:Unit|Area)
    WHERE $p.day IS NULL OR
          all(v IN [h, b] WHERE coalesce(v.valid_from <= $p.day, true)
                            AND coalesce($p.day < v.valid_to, true))
    RETURN b ORDER BY b.id LIMIT 1
  }[0] AS host
  RETURN o AS n, cases, coalesce(CASE WHEN host:Area THEN host END, COLLECT {
    MATCH (host)-[l:LOCATED_IN]->(b:Area)
    WHERE $p.day IS NULL OR
          all(v IN [l, b] WHERE coalesce(v.valid_from <= $p.day, true)
                            AND coalesce($p.day < v.valid_to, true))
    RETURN b ORDER BY coalesce(l.primary, false) DESC, b.id LIMIT 1
  }[0]) AS place

  UNION ALL

  // 有项目无钱: a project to which nobody gives, in any year. Its place is the first of
  // the areas that it serves.
  MATCH (n:Project)
  WHERE ($p.day IS NULL OR
         all(v IN [n] WHERE coalesce(v.valid_from <= $p.day, true)
                        AND coalesce($p.day < v.valid_to, true)))
    AND NOT EXISTS {
      MATCH (n)<-[f:FUNDS]-(x:Unit|PartyOrganization)
      WHERE $p.day IS NULL OR
            all(v IN [f, x] WHERE coalesce(v.valid_from <= $p.day, true)
                              AND coalesce($p.day < v.valid_to, true))
    }
  RETURN n, [{
    class: 'project_without_money',
    reason: CASE WHEN NOT 'FUNDS:Unit' IN $p.complete THEN 'unknown:FUNDS:Unit'
                 WHEN NOT 'FUNDS:PartyOrganization' IN $p.complete
                   THEN 'unknown:FUNDS:PartyOrganization'
                 ELSE 'project_without_money' END,
    year: null, received: 0, given: 0, unknown: 0
  }] AS cases, COLLECT {
    MATCH (n)-[s:SERVES]->(b:Area)
    WHERE $p.day IS NULL OR
          all(v IN [s, b] WHERE coalesce(v.valid_from <= $p.day, true)
                            AND coalesce($p.day < v.valid_to, true))
    RETURN b ORDER BY b.id LIMIT 1
  }[0] AS place
}

// 2. Their communities: the first on the way up. Neighbours share the way. Of an area
// asked about, only those below it.
WITH place, collect({n: n, cases: cases}) AS subjects
WITH place, subjects, COLLECT {
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
WITH subjects, coalesce([z IN above WHERE z.level = 'community'][0], place).id AS area
UNWIND subjects AS s
UNWIND s.cases AS c
RETURN c.class AS class,
       CASE WHEN s.n:Project THEN 'Project' ELSE 'PartyOrganization' END AS kind,
       s.n.id AS id,
       s.n.name AS name,
       area AS area,
       c.year AS year,
       c.received AS received,
       c.given AS given,
       c.unknown AS unknown,
       CASE WHEN c.reason STARTS WITH 'unknown:' THEN 'undetermined'
            ELSE 'finding' END AS state,
       c.reason AS reason
ORDER BY class, area, id, year
