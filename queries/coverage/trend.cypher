// coverage.trend 覆盖率走势
// How did coverage move?
//
// Parameters, the keys of the one map $p:
//   by                    an area level, 'kind', 'line' or 'demonstration'
//   denominator           of which units: 'in_operation', 'eligible' or 'all'
//   within                id of the area whose units are counted; null for everything
//   days                  a list of dates
//   min_full_members      full members from which a unit is eligible
//   members_as_full       whether members count where full members are unknown
//   presumed_operating    whether a unit of which it is unknown counts as operating
//   functional_for_units  whether functional organizations 功能型 cover units
//   rate_modes            the modes of coverage that organization coverage counts
//   complete              what the graph holds completely, such as 'COVERS:Unit'
//
// In Neo4j Browser, run this line first (without the slashes):
// :param p => {days: [date('2018-06-30'), date('2019-06-30')], by: 'street', denominator: 'in_operation', within: null, min_full_members: 3, members_as_full: false, presumed_operating: false, functional_for_units: false, rate_modes: ['single', 'joint'], complete: ['COVERS:Unit']}
//
// How to read it. Truth has three values, and null is unknown. Three forms come again and
// again:
//
//   day IS NULL OR all(v IN [tie, node] WHERE ...)
//       All of these are valid on the day: begun, and not yet ended.
//   y = COLLECT { ... ORDER BY ... LIMIT 1 }[0]
//       Of several areas that a thing stands in or belongs to, the primary one counts, else
//       the one with the smallest id.
//   ((x)-[:PART_OF]->(y) WHERE ...){0,15}
//       The way up from an area, or down from it, itself included, from one such to the next.

// What rates.cypher says of one day, for each of these days.
UNWIND $p.days AS day
WITH DISTINCT day
CALL (day) {

  // What is held completely: there, what is not found is absent, elsewhere it is unknown.
  WITH {
    organization: any(c IN $p.complete WHERE c IN ['COVERS:Unit', 'COVERS{organization}:Unit']),
    work: any(c IN $p.complete WHERE c IN ['COVERS:Unit', 'COVERS{work}:Unit'])
  } AS held

  // The areas asked about, if not all of them: one and what lies in it, going down.
  WITH held, COLLECT {
    MATCH (:Area {id: $p.within}) (
      (y)<-[:PART_OF]-(x:Area)
      WHERE y = COLLECT {
        MATCH (x)-[r:PART_OF]->(b:Area)
        WHERE day IS NULL OR
              all(v IN [x, r, b] WHERE coalesce(v.valid_from <= day, true)
                                   AND coalesce(day < v.valid_to, true))
        RETURN b ORDER BY coalesce(r.primary, false) DESC, b.id LIMIT 1
      }[0]
    ){0,15} (a)
    RETURN DISTINCT a
  } AS areas

  CALL (day, held, areas) {

    // Every group and measure with nothing counted, so that empty groups stand in the
    // answer: all codes, or the areas of the level that lie in $p.within or hold it.
    CALL (day, areas) {
      UNWIND CASE $p.by
        WHEN 'kind' THEN ['collective', 'cooperative', 'government', 'institution',
                          'mass_organization', 'other', 'party_department',
                          'private_enterprise', 'residents_committee',
                          'social_organization', 'state_enterprise']
        WHEN 'line' THEN ['association', 'party', 'self_governance', 'service', 'volunteer']
        WHEN 'demonstration' THEN ['false', 'true']
        ELSE []
      END AS code
      RETURN code AS group, null AS name
      UNION
      WITH 1 AS everything WHERE $p.within IS NULL
      MATCH (a:Area)
      WHERE a.level = $p.by
        AND (day IS NULL OR
             all(v IN [a] WHERE coalesce(v.valid_from <= day, true)
                            AND coalesce(day < v.valid_to, true)))
      RETURN a.id AS group, a.name AS name
      UNION
      UNWIND areas AS a
      WITH a WHERE a.level = $p.by
      RETURN a.id AS group, a.name AS name
      UNION
      MATCH (:Area {id: $p.within}) (
        (x)-[:PART_OF]->(y:Area)
        WHERE y = COLLECT {
          MATCH (x)-[r:PART_OF]->(b:Area)
          WHERE day IS NULL OR
                all(v IN [r, b] WHERE coalesce(v.valid_from <= day, true)
                                  AND coalesce(day < v.valid_to, true))
          RETURN b ORDER BY coalesce(r.primary, false) DESC, b.id LIMIT 1
        }[0]
      ){0,15} (a)
      WHERE a.level = $p.by
      RETURN a.id AS group, a.name AS name
    }
    UNWIND ['any', 'organization', 'single', 'work'] AS measure
    RETURN group, name, measure, 0 AS numerator, 0 AS denominator, 0 AS undetermined

    UNION ALL

    // The units asked about: all of them, or those that stand in these areas.
    CALL (day, areas) {
      WITH 1 AS everything WHERE $p.within IS NULL
      MATCH (u:Unit)
      WHERE day IS NULL OR
            all(v IN [u] WHERE coalesce(v.valid_from <= day, true)
                           AND coalesce(day < v.valid_to, true))
      RETURN u
      UNION ALL
      UNWIND areas AS a
      MATCH (a)<-[:LOCATED_IN]-(u:Unit)
      WHERE a = COLLECT {
        MATCH (u)-[l:LOCATED_IN]->(b:Area)
        WHERE day IS NULL OR
              all(v IN [u, l, b] WHERE coalesce(v.valid_from <= day, true)
                                   AND coalesce(day < v.valid_to, true))
        RETURN b ORDER BY coalesce(l.primary, false) DESC, b.id LIMIT 1
      }[0]
      RETURN DISTINCT u
    }

    // Where is it, and what covers it? Both are read in one go.
    WITH held, u, COLLECT {
      MATCH (u)-[t:LOCATED_IN|COVERS]-(x:Area|PartyOrganization)
      WHERE ($p.functional_for_units OR coalesce(x.membership_basis <> 'functional', true))
        AND (day IS NULL OR
             all(v IN [t, x] WHERE coalesce(v.valid_from <= day, true)
                               AND coalesce(day < v.valid_to, true)))
      RETURN t
    } AS ties
    WITH held, u,
         [t IN ties WHERE type(t) = 'LOCATED_IN'] AS places,
         [t IN ties WHERE type(t) = 'COVERS' | [t.basis, t.mode]] AS covers
    WITH held, u, places,
         [c IN covers WHERE c[0] = 'organization' | c[1]] AS modes,
         any(c IN covers WHERE c[0] = 'work') AS worked
    WITH held, u, modes, worked,
         CASE WHEN size(places) < 2 THEN endNode(places[0]) ELSE COLLECT {
           UNWIND places AS l
           WITH l, endNode(l) AS a
           RETURN a ORDER BY coalesce(l.primary, false) DESC, a.id LIMIT 1
         }[0] END AS place,
         // in operation is what says so and is not closed
         NOT coalesce(u.status = 'closed', false)
         AND coalesce(u.operating, CASE WHEN $p.presumed_operating THEN true END) AS operating,
         // a roster says that there is an organization, and there is none
         modes = [] AND coalesce(u.reported_party_org, false) AS reported
    WITH u, place,
         CASE $p.denominator
           WHEN 'all' THEN true
           WHEN 'in_operation' THEN operating
           WHEN 'eligible' THEN operating AND $p.min_full_members <=
                coalesce(u.full_members, CASE WHEN $p.members_as_full THEN u.members END)
         END AS belongs,
         CASE WHEN any(m IN modes WHERE m IN $p.rate_modes) THEN true
              WHEN held.organization AND NOT reported THEN false END AS organization,
         CASE WHEN 'single' IN modes THEN true
              WHEN held.organization AND NOT reported THEN false END AS single,
         // what the unit says of an instructor comes before what the graph holds
         CASE WHEN worked THEN true
              WHEN u.reported_instructor THEN null
              WHEN u.reported_instructor = false OR held.work THEN false
         END OR u.has_union OR u.has_youth_league AS work

    // In which group is it? By a code that stands on it, or by the area that it is in. For
    // that, the units of one place that are alike are counted together.
    WITH CASE WHEN $p.by IN ['kind', 'line'] THEN u[$p.by] END AS code,
         CASE WHEN NOT $p.by IN ['kind', 'line'] THEN place END AS place,
         belongs, organization OR work AS either, organization, single, work,
         count(*) AS units
    WITH code, place, collect({belongs: belongs, any: either, organization: organization,
                               single: single, work: work, units: units}) AS counts
    OPTIONAL CALL (day, place) {
      MATCH (place) (
        (x)-[:PART_OF]->(y:Area)
        WHERE x.level <> $p.by AND y = COLLECT {
          MATCH (x)-[r:PART_OF]->(b:Area)
          WHERE day IS NULL OR
                all(v IN [r, b] WHERE coalesce(v.valid_from <= day, true)
                                  AND coalesce(day < v.valid_to, true))
          RETURN b ORDER BY coalesce(r.primary, false) DESC, b.id LIMIT 1
        }[0]
      ){0,15} (a)
      WHERE a.level = $p.by OR $p.by = 'demonstration' AND a.demonstration
      RETURN a AS home LIMIT 1
    }
    WITH counts,
         CASE WHEN $p.by <> 'demonstration' THEN home.name END AS name,
         CASE WHEN $p.by <> 'demonstration' THEN coalesce(code, home.id)
              WHEN place IS NOT NULL THEN toString(home IS NOT NULL) END AS group
    UNWIND counts AS alike
    UNWIND ['any', 'organization', 'single', 'work'] AS measure
    WITH group, name, measure,
         alike.units AS units, alike.belongs AS belongs, alike[measure] AS covered
    RETURN group, name, measure,
           sum(CASE WHEN belongs AND covered THEN units ELSE 0 END) AS numerator,
           sum(CASE WHEN belongs THEN units ELSE 0 END) AS denominator,
           sum(CASE WHEN belongs IS NULL OR belongs AND covered IS NULL THEN units ELSE 0 END)
             AS undetermined
  }
  RETURN group, name, measure,
         sum(numerator) AS numerator,
         sum(denominator) AS denominator,
         $p.denominator AS denominator_name,
         sum(undetermined) AS undetermined
}
RETURN day AS day,
       group AS group,
       name AS name,
       measure AS measure,
       numerator AS numerator,
       denominator AS denominator,
       denominator_name AS denominator_name,
       undetermined AS undetermined
ORDER BY day, group, measure
