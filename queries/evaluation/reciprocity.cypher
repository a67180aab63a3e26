// evaluation.reciprocity 互惠率
// Do those who are rated rate back?
//
// Parameters, the keys of the one map $p:
//   by                an area level, 'kind' of the unit, or 'organization'
//   round             one round; null for every round found in the data or listed
//   within            id of the area in which the units stand; null for everywhere
//   day               a date: on it an open round makes silence pending; null for none
//   kind              the kind of evaluation, such as 'two_way'
//   expected          which pairs are expected: 'ties', 'located' or 'listed'
//   listed            for 'listed': a list of [organization id, unit id]
//   rounds            the calendar: a list of {id, kind, opens_on, closes_on}
//   area_settings     settings of the organizations that are the area's side
//
// In Neo4j Browser, run this line first (without the slashes):
// :param p => {by: 'street', round: null, within: null, day: null, kind: 'two_way', expected: 'ties', listed: [], rounds: [], area_settings: ['street', 'community']}


// The pairs that were to evaluate each other: what follows in the brackets is the text of
// pairs.cypher.
CALL () {
  // 1. The rounds, and the days of those that the calendar lists: `begins` is the first
  // day and `ends` the day after the last. A round that is only found in the data has no
  // days: `begins` is null, and anything counts in it, whenever it was valid.
  CALL () {
      UNWIND $p.rounds AS entry
      WITH entry WHERE entry.kind = $p.kind AND coalesce(entry.id = $p.round, true)
      RETURN entry.id AS round
    UNION
      WITH $p.kind AS kind WHERE $p.round IS NULL
      MATCH ()-[e:EVALUATES {kind: kind}]->()
      WHERE e.status IS NOT NULL OR e.score IS NOT NULL OR e.grade IS NOT NULL
      RETURN e.round AS round
    UNION  // one that is named: a single evaluation shows that it is there
      WITH $p.round AS round WHERE round IS NOT NULL
      MATCH ()-[e:EVALUATES {round: round, kind: $p.kind}]->()
      WHERE e.status IS NOT NULL OR e.score IS NOT NULL OR e.grade IS NOT NULL
      RETURN round LIMIT 1
  }
  // Should the calendar list a round twice, its last entry counts.
  WITH round,
       [entry IN $p.rounds WHERE entry.kind = $p.kind AND entry.id = round][-1] AS entry
  WITH entry.opens_on AS begins, entry.closes_on + duration({days: 1}) AS ends,
       collect(round) AS names  // rounds of the same days have the same pairs
  WITH collect({begins: begins, ends: ends, names: names}) AS rounds

  // 2. The pairs that are expected: c is the committee, the area's side, and u the unit.
  //
  // Things are valid on one and the same day of a round if every date on which one of them
  // begins comes before every date on which one of them ends, the round's own dates among
  // them. A date that is not known holds nothing back.
  CALL (rounds) {
      // By ties: the unit, or an organization that it hosts, has a seat on the committee
      // or is its partner. A committee itself never stands for its host.
      WITH rounds WHERE $p.expected = 'ties'
      CALL (rounds) {
          WITH rounds WHERE $p.within IS NULL
          MATCH (u:Unit)<-[hosts:HOSTED_BY]-{0,1}(b)
                -[t:PARTNERS_WITH|HOLDS_SEAT_ON]->(c:PartyOrganization)
          RETURN u, hosts, b, t, c
        UNION ALL
          MATCH (:Area {id: $p.within})<-[:PART_OF]-{0,15}(:Area)<-[:LOCATED_IN]-(u:Unit)
          WITH DISTINCT u  // more than are asked about, if some stand in several places
          MATCH (u)<-[hosts:HOSTED_BY]-{0,1}(b)
                -[t:PARTNERS_WITH|HOLDS_SEAT_ON]->(c:PartyOrganization)
          RETURN u, hosts, b, t, c
      }
      WITH rounds, u, hosts, b, t, c
      WHERE c.setting IN $p.area_settings
        AND (size(hosts) = 0 OR NOT b.setting IN $p.area_settings)
      WITH rounds, u, c,
           CASE WHEN any(r IN rounds WHERE r.begins IS NOT NULL)
                THEN hosts + [u, b, t, c] ELSE [] END AS dated
      WITH rounds, u, c,
           [x IN dated WHERE x.valid_from IS NOT NULL | x.valid_from] AS firsts,
           [x IN dated WHERE x.valid_to IS NOT NULL | x.valid_to] AS afters
      UNWIND rounds AS r
      WITH r, u, c
      WHERE r.begins IS NULL OR
            all(first IN firsts + r.begins
                WHERE all(after IN afters + r.ends WHERE first < after))
      RETURN r, c, u
    UNION
      // Located: the unit is resident in the committee's community.
      WITH rounds WHERE $p.expected = 'located' AND 'community' IN $p.area_settings
      CALL (rounds) {
          WITH rounds WHERE $p.within IS NULL
          MATCH (u:Unit)
          RETURN u
        UNION ALL
          MATCH (:Area {id: $p.within})<-[:PART_OF]-{0,15}(:Area)<-[:LOCATED_IN]-(u:Unit)
          RETURN DISTINCT u
      }
      WITH rounds, u WHERE u.resident
      UNWIND rounds AS r
      // Where it stands: the primary place, else the one with the smallest id.
      WITH r, u, COLLECT {
          MATCH (u)-[l:LOCATED_IN]->(a:Area)
          WHERE r.begins IS NULL OR
                all(first IN [r.begins, u.valid_from, l.valid_from, a.valid_from]
                    WHERE first IS NULL OR
                    all(after IN [r.ends, u.valid_to, l.valid_to, a.valid_to]
                        WHERE coalesce(first < after, true)))
          RETURN a
          ORDER BY coalesce(l.primary, false) DESC, a.id
          LIMIT 1
      }[0] AS place
      WITH r, place, collect(u) AS units
      // Up to the first community, by the same preference among several larger areas.
      MATCH (place) (
          (x:Area)-[:PART_OF]->(y:Area)
          WHERE x.level <> 'community' AND y = COLLECT {
              MATCH (x)-[p:PART_OF]->(a:Area)
              WHERE r.begins IS NULL OR
                    all(first IN [r.begins, x.valid_from, p.valid_from, a.valid_from]
                        WHERE first IS NULL OR
                        all(after IN [r.ends, x.valid_to, p.valid_to, a.valid_to]
                            WHERE coalesce(first < after, true)))
              RETURN a
              ORDER BY coalesce(p.primary, false) DESC, a.id
              LIMIT 1
          }[0]
      ){0,15} (community:Area {level: 'community'})
      WITH r, units, COLLECT {
          MATCH (community)<-[v:COVERS {basis: 'organization'}]-
                (c:PartyOrganization {setting: 'community'})
          WHERE r.begins IS NULL OR
                all(first IN [r.begins, v.valid_from, c.valid_from, community.valid_from]
                    WHERE first IS NULL OR
                    all(after IN [r.ends, v.valid_to, c.valid_to, community.valid_to]
                        WHERE coalesce(first < after, true)))
          RETURN c
          ORDER BY c.id
          LIMIT 1
      }[0] AS c
      WHERE c IS NOT NULL
      UNWIND units AS u
      RETURN r, c, u
    UNION
      // Listed: as they are.
      WITH rounds WHERE $p.expected = 'listed'
      UNWIND $p.listed AS pair
      MATCH (c:PartyOrganization {id: pair[0]})
      MATCH (u:Unit {id: pair[1]})
      UNWIND rounds AS r
      RETURN r, c, u
  }
  WITH u, collect({round: r, committee: c}) AS expected

  // 3. Of these, the units whose place lies in the area, whenever that was so.
  WHERE $p.within IS NULL OR EXISTS {
      MATCH (u)-[:LOCATED_IN]->(place:Area)
      WHERE place = COLLECT {
          MATCH (u)-[l:LOCATED_IN]->(a:Area)
          RETURN a ORDER BY coalesce(l.primary, false) DESC, a.id LIMIT 1
      }[0]
      MATCH (place) (
          (x:Area)-[:PART_OF]->(y:Area)
          WHERE y = COLLECT {
              MATCH (x)-[p:PART_OF]->(a:Area)
              RETURN a ORDER BY coalesce(p.primary, false) DESC, a.id LIMIT 1
          }[0]
      ){0,15} (:Area {id: $p.within})
  }

  // 4. The organizations that stand for the unit, and when they do.
  WITH u, expected, COLLECT {
      MATCH (u)<-[h:HOSTED_BY]-(b:PartyOrganization)
      WHERE NOT b.setting IN $p.area_settings
      WITH b, CASE WHEN any(x IN expected WHERE x.round.begins IS NOT NULL)
                   THEN [u, h, b] ELSE [] END AS dated
      RETURN {body: b,
              firsts: [x IN dated WHERE x.valid_from IS NOT NULL | x.valid_from],
              afters: [x IN dated WHERE x.valid_to IS NOT NULL | x.valid_to]}
  } AS hosted

  // 5. All that was said to and by the unit and these, in either direction. What counts
  // most comes first: of several for one direction, the first decides.
  WITH u, expected, hosted, COLLECT {
      WITH [x IN expected | x.committee] AS committees
      UNWIND [u] + [h IN hosted | h.body] AS b
      MATCH (b)-[e:EVALUATES {kind: $p.kind}]-(c:PartyOrganization)
      WHERE c IN committees
      WITH e, coalesce(e.status, CASE WHEN e.score IS NOT NULL OR e.grade IS NOT NULL
                                      THEN 'returned' END) AS status
      WHERE status IS NOT NULL  // else it says nothing and is treated as absent
      RETURN {round: e.round, from: startNode(e), to: endNode(e), status: status,
              score: e.score, scale: e.scale_max, grade: e.grade}
      ORDER BY CASE status WHEN 'returned' THEN 0 WHEN 'void' THEN 1 WHEN 'exempt' THEN 2
                           WHEN 'pending' THEN 3 ELSE 4 END, e.id
  } AS said

  // 6. One row a round and pair. Silence is pending while the round is open on the day.
  UNWIND expected AS x
  WITH u, said, x.committee AS c, x.round AS r,
       [u] + [h IN hosted
              WHERE x.round.begins IS NULL OR
                    all(first IN h.firsts + x.round.begins
                        WHERE all(after IN h.afters + x.round.ends WHERE first < after))
              | h.body] AS side
  UNWIND r.names AS round
  WITH round, c, u,
       [e IN said WHERE e.round = round AND e.from = c AND e.to IN side][0] AS down,
       [e IN said WHERE e.round = round AND e.to = c AND e.from IN side][0] AS up,
       CASE WHEN r.begins <= $p.day AND $p.day < r.ends
            THEN 'pending' ELSE 'missing' END AS silence
  WITH round, c, u, down, up, coalesce(down.status, silence) AS down_state,
       coalesce(up.status, silence) AS up_state
  RETURN round AS round,
         c.id AS area_organization,
         u.id AS unit,
         $p.expected AS basis,
         down_state AS down_state,
         up_state AS up_state,
         CASE WHEN 'exempt' IN [down_state, up_state] THEN 'exempt'
              WHEN 'pending' IN [down_state, up_state] THEN 'pending'
              WHEN down_state = 'returned' AND up_state = 'returned' THEN 'both'
              WHEN down_state = 'returned' THEN 'down_only'
              WHEN up_state = 'returned' THEN 'up_only'
              ELSE 'neither' END AS state,
         down.score AS down_score,
         down.scale AS down_scale,
         down.grade AS down_grade,
         up.score AS up_score,
         up.scale AS up_scale,
         up.grade AS up_grade,
         CASE WHEN down.to <> u THEN down.to.id END AS down_via,
         CASE WHEN up.from <> u THEN up.from.id END AS up_via
}

// 7. The group of each pair: by a code that stands on the unit, by the organization, or by
// the area of a level in which the unit stands. Units of one place look for it together.
WITH round, area_organization AS committee, unit, state
MATCH (u:Unit {id: unit})
WITH CASE WHEN NOT $p.by IN ['kind', 'organization'] THEN COLLECT {
       MATCH (u)-[l:LOCATED_IN]->(a:Area)
       RETURN a ORDER BY coalesce(l.primary, false) DESC, a.id LIMIT 1
     }[0] END AS place,
     CASE $p.by WHEN 'kind' THEN u.kind WHEN 'organization' THEN committee END
       AS code,
     round, committee, state
WITH place,
     collect({code: code, round: round, committee: committee, state: state}) AS pairs
OPTIONAL CALL (place) {
  MATCH (place) (
    (x)-[:PART_OF]->(y:Area)
    WHERE x.level <> $p.by AND y = COLLECT {
      MATCH (x)-[r:PART_OF]->(b:Area)
      RETURN b ORDER BY coalesce(r.primary, false) DESC, b.id LIMIT 1
    }[0]
  ){0,15} (a)
  WHERE a.level = $p.by
  RETURN a AS home LIMIT 1
}
UNWIND pairs AS pair
WITH pair.round AS round, coalesce(pair.code, home.id) AS group, home.name AS home,
     pair.committee AS committee, pair.state AS state

// 8. Of each committee in a group, how many pairs were due, and how many it rated and was
// rated by. Were these drawn without regard to each other, so many would overlap.
WITH round, group, home, committee,
     sum(CASE WHEN NOT state IN ['pending', 'exempt'] THEN 1 ELSE 0 END) AS pairs,
     sum(CASE WHEN state = 'both' THEN 1 ELSE 0 END) AS both,
     sum(CASE WHEN state = 'neither' THEN 1 ELSE 0 END) AS neither,
     sum(CASE WHEN state = 'pending' THEN 1 ELSE 0 END) AS pending,
     sum(CASE WHEN state = 'exempt' THEN 1 ELSE 0 END) AS exempt,
     sum(CASE WHEN state IN ['both', 'down_only'] THEN 1.0 ELSE 0.0 END) AS down,
     sum(CASE WHEN state IN ['both', 'up_only'] THEN 1.0 ELSE 0.0 END) AS up
WITH round, group, home, pairs, both, neither, pending, exempt,
     CASE WHEN pairs > 0 THEN down * up / pairs ELSE 0.0 END AS mean,
     CASE WHEN pairs > 1
          THEN down * up * (pairs - down) * (pairs - up)
               / (1.0 * pairs * pairs * (pairs - 1))
          ELSE 0.0 END AS variance

// 9. The groups, and the quotients; what has nothing to divide by is null.
WITH round, group, home, sum(pairs) AS pairs, sum(both) AS both, sum(neither) AS neither,
     sum(pending) AS pending, sum(exempt) AS exempt, sum(mean) AS mean,
     sqrt(sum(variance)) AS sd
WITH *, pairs - both - neither AS one_way
WITH *, 2 * both + one_way AS arcs
WITH *, CASE WHEN arcs > 0 THEN 2.0 * both / arcs END AS arc,
     CASE WHEN pairs > 0 THEN arcs / (2.0 * pairs) END AS density
OPTIONAL MATCH (c:PartyOrganization {id: group})
RETURN round AS round,
       group AS group,
       coalesce(home, c.name) AS name,
       pairs AS pairs,
       both AS both,
       one_way AS one_way,
       neither AS neither,
       pending AS pending,
       exempt AS exempt,
       arcs AS arcs,
       arc AS arc_reciprocity,
       CASE WHEN both + one_way > 0 THEN 1.0 * both / (both + one_way) END
         AS dyad_reciprocity,
       CASE WHEN pairs > 0 THEN 1.0 * both / pairs END AS pair_reciprocity,
       density AS density,
       CASE WHEN density <> 1 THEN (arc - density) / (1 - density) END AS correlation,
       mean AS expected_both,
       sd AS sd_both,
       CASE WHEN sd <> 0 THEN (both - mean) / sd END AS z
ORDER BY round, group
