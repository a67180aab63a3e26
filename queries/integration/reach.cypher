// integration.reach 一个组织能协调到哪些资源，能回应哪些需求？
// What can one organization reach, and which needs can reach it?
//
// Parameters, the keys of the one map $p:
//   unit       id of the unit or party organization
//   kinds      the kinds of resources and needs asked about; null for all
//   day        a date; null for whatever the graph holds
//   max_hops   the longest path, at most 6
//   cost       what each step costs, at least 1; a step that is not named is not taken
//   delta      the grammar: for each state, the steps it allows and where each leads
//
// In Neo4j Browser, run this line first (without the slashes):
// :param p => {unit: 'unit:11510104544250286C', kinds: null, day: null, max_hops: 4, cost: {`CONTACTS<`: 2, `CONTACTS>`: 2, `COORDINATES<`: 2, `COORDINATES>`: 1, `COVERS<`: 1, `COVERS>`: 1, `ESCALATES_TO>`: 2, `HOLDS_POWER_OVER>`: 2, `HOLDS_SEAT_ON`: 1, `HOSTED_BY<`: 1, `HOSTED_BY>`: 1, `PARTNERS_WITH`: 1, `SUBORDINATE_TO<`: 1, `SUBORDINATE_TO>`: 2, `SUPERVISED_BY<`: 2, `SUPERVISED_BY>`: 3}, delta: [{`CONTACTS<`: 1, `CONTACTS>`: 1, `COORDINATES<`: 1, `COORDINATES>`: 1, `COVERS<`: 2, `COVERS>`: 2, `ESCALATES_TO>`: 1, `HOLDS_POWER_OVER>`: 1, `HOLDS_SEAT_ON`: 1, `HOSTED_BY<`: 2, `HOSTED_BY>`: 2, `PARTNERS_WITH`: 1, `SUBORDINATE_TO<`: 3, `SUBORDINATE_TO>`: 4, `SUPERVISED_BY<`: 3, `SUPERVISED_BY>`: 4}, {`CONTACTS<`: 5, `CONTACTS>`: 5, `COORDINATES<`: 5, `COORDINATES>`: 5, `COVERS<`: 6, `COVERS>`: 6, `ESCALATES_TO>`: 5, `HOLDS_POWER_OVER>`: 5, `HOLDS_SEAT_ON`: 5, `HOSTED_BY<`: 6, `HOSTED_BY>`: 6, `PARTNERS_WITH`: 5, `SUBORDINATE_TO<`: 3, `SUBORDINATE_TO>`: 4, `SUPERVISED_BY<`: 3, `SUPERVISED_BY>`: 4}, {`CONTACTS<`: 1, `CONTACTS>`: 1, `COORDINATES<`: 1, `COORDINATES>`: 1, `COVERS<`: 6, `COVERS>`: 6, `ESCALATES_TO>`: 1, `HOLDS_POWER_OVER>`: 1, `HOLDS_SEAT_ON`: 1, `HOSTED_BY<`: 6, `HOSTED_BY>`: 6, `PARTNERS_WITH`: 1, `SUBORDINATE_TO<`: 3, `SUBORDINATE_TO>`: 4, `SUPERVISED_BY<`: 3, `SUPERVISED_BY>`: 4}, {`CONTACTS<`: 5, `CONTACTS>`: 5, `COORDINATES<`: 5, `COORDINATES>`: 5, `COVERS<`: 6, `COVERS>`: 6, `ESCALATES_TO>`: 5, `HOLDS_POWER_OVER>`: 5, `HOLDS_SEAT_ON`: 5, `HOSTED_BY<`: 6, `HOSTED_BY>`: 6, `PARTNERS_WITH`: 5, `SUBORDINATE_TO<`: 7, `SUPERVISED_BY<`: 7}, {`CONTACTS<`: 5, `CONTACTS>`: 5, `COORDINATES<`: 5, `COORDINATES>`: 5, `COVERS<`: 6, `COVERS>`: 6, `ESCALATES_TO>`: 5, `HOLDS_POWER_OVER>`: 5, `HOLDS_SEAT_ON`: 5, `HOSTED_BY<`: 6, `HOSTED_BY>`: 6, `PARTNERS_WITH`: 5, `SUBORDINATE_TO<`: 3, `SUBORDINATE_TO>`: 8, `SUPERVISED_BY<`: 3, `SUPERVISED_BY>`: 8}, {`CONTACTS<`: 9, `CONTACTS>`: 9, `COORDINATES<`: 9, `COORDINATES>`: 9, `COVERS<`: 6, `COVERS>`: 6, `ESCALATES_TO>`: 9, `HOLDS_POWER_OVER>`: 9, `HOLDS_SEAT_ON`: 9, `HOSTED_BY<`: 6, `HOSTED_BY>`: 6, `PARTNERS_WITH`: 9}, {}, {`CONTACTS<`: 5, `CONTACTS>`: 5, `COORDINATES<`: 5, `COORDINATES>`: 5, `COVERS<`: 6, `COVERS>`: 6, `ESCALATES_TO>`: 5, `HOLDS_POWER_OVER>`: 5, `HOLDS_SEAT_ON`: 5, `HOSTED_BY<`: 6, `HOSTED_BY>`: 6, `PARTNERS_WITH`: 5}, {`CONTACTS<`: 5, `CONTACTS>`: 5, `COORDINATES<`: 5, `COORDINATES>`: 5, `COVERS<`: 6, `COVERS>`: 6, `ESCALATES_TO>`: 5, `HOLDS_POWER_OVER>`: 5, `HOLDS_SEAT_ON`: 5, `HOSTED_BY<`: 6, `HOSTED_BY>`: 6, `PARTNERS_WITH`: 5, `SUBORDINATE_TO<`: 3, `SUPERVISED_BY<`: 3}, {`COVERS<`: 6, `COVERS>`: 6, `HOSTED_BY<`: 6, `HOSTED_BY>`: 6}]}
//
// How it goes. Two searches start from the organization and go on hop by hop, side by side:
// for resources along the steps, and for needs against them, from the end of a path to its
// start. Cypher has no loop, so the block of one hop stands here six times, always the same,
// and is explained at the first. One hop hands to the next:
//
// - `reached`, {side, node, state, cost, hop}: each organization that a search came to in
//   each state of the grammar, at what cost at least, and after how many hops.
//
// A way that comes by an organization twice is never cheaper than without the round, so
// nothing else need be known of the way. A step is a relationship type and its direction:
// `>` along it, `<` against it, nothing where either way is the same. `valid_from <= day <
// valid_to` is unknown while an end is open and the other one holds, and that counts as
// valid.

// The organization, and of which kinds it offers something itself that is not used up: it is
// only needs of these that can ask it. A match without a status may count or not, so what is
// left is then unknown, as it is without a capacity; both are allowed.
CALL () {
    MATCH (unit:Unit {id: $p.unit})
    RETURN unit
  UNION
    MATCH (unit:PartyOrganization {id: $p.unit})
    RETURN unit
}
WITH unit
WHERE $p.day IS NULL OR coalesce(unit.valid_from <= $p.day < unit.valid_to, true)
WITH unit, COLLECT {
    MATCH (unit)-[r:OFFERS]->(resource:Resource)
    WHERE $p.day IS NULL OR
          all(v IN [r, resource] WHERE coalesce(v.valid_from <= $p.day < v.valid_to, true))
    WITH DISTINCT resource, COLLECT {
        MATCH (resource)-[m:MATCHED_TO]->(n:Need)
        WHERE coalesce(m.status IN ['agreed', 'running', 'done'], true) AND ($p.day IS NULL OR
              all(v IN [m, n] WHERE coalesce(v.valid_from <= $p.day < v.valid_to, true)))
        RETURN CASE WHEN m.status IS NOT NULL THEN m.quantity END
    } AS taken
    WITH resource.kind AS kind, reduce(rest = resource.capacity, n IN taken | rest - n) AS left
    WHERE ($p.kinds IS NULL OR kind IN $p.kinds) AND coalesce(left > 0, true)
    RETURN DISTINCT kind
} AS own
// A path starts in state 0, and ends in any.
WITH own, 0 AS hop, [{side: 'resource', node: unit, state: 0, cost: 0, hop: 0}] +
     [state IN range(0, size($p.delta) - 1) WHERE own <> [] |
      {side: 'need', node: unit, state: state, cost: 0, hop: 0}] AS reached

// Hop 1
// One hop on from the organizations that the hop before came to, beside what was reached
// before: of each node and state the least cost, and of that the fewest hops.
WITH own, hop + 1 AS hop, reached
CALL (hop, reached) {
    CALL (hop, reached) {
        UNWIND reached AS place
        RETURN place.side AS side, place.node AS node, place.state AS state,
               place.cost AS cost, place.hop AS at
      UNION ALL
        UNWIND reached AS place
        WITH place WHERE hop <= $p.max_hops AND place.hop = hop - 1
        WITH place.side AS side, place.node AS here, collect(place) AS places
        MATCH (here)-[r:HOSTED_BY|COVERS|HOLDS_SEAT_ON|PARTNERS_WITH|COORDINATES|ESCALATES_TO
                       |HOLDS_POWER_OVER|CONTACTS|SUBORDINATE_TO|SUPERVISED_BY
                     ]-(there:Unit|PartyOrganization)
        WHERE $p.day IS NULL OR
              all(v IN [r, there] WHERE coalesce(v.valid_from <= $p.day < v.valid_to, true))
        WITH side, here, places, there, r, type(r) AS name
        WHERE name <> 'HOLDS_POWER_OVER' OR r.power = 'dispatch'
        WITH side, here, places, there,
             name + CASE WHEN name IN ['HOLDS_SEAT_ON', 'PARTNERS_WITH'] THEN ''
                         WHEN (startNode(r) = here) = (side = 'resource') THEN '>'
                         ELSE '<' END AS step
        WHERE $p.cost[step] IS NOT NULL
          // Between the same two HOSTED_BY stands for COVERS.
          AND NOT (step STARTS WITH 'COVERS'
                   AND $p.cost[replace(step, 'COVERS', 'HOSTED_BY')] IS NOT NULL AND EXISTS {
              MATCH (here)-[h:HOSTED_BY]-(there)
              WHERE $p.day IS NULL OR coalesce(h.valid_from <= $p.day < h.valid_to, true)
          })
        UNWIND places AS place
        // Along the step to one state or none, against it to each from which it leads here.
        UNWIND CASE side
            WHEN 'resource' THEN [s IN [$p.delta[place.state][step]] WHERE s IS NOT NULL]
            ELSE [s IN range(0, size($p.delta) - 1) WHERE $p.delta[s][step] = place.state]
        END AS next
        RETURN side, there AS node, next AS state, place.cost + $p.cost[step] AS cost,
               hop AS at
    }
    WITH side, node, state, min([cost, at]) AS least
    RETURN collect({side: side, node: node, state: state, cost: least[0], hop: least[1]})
           AS further
}
WITH own, hop, further AS reached

// Hop 2
WITH own, hop + 1 AS hop, reached
CALL (hop, reached) {
    CALL (hop, reached) {
        UNWIND reached AS place
        RETURN place.side AS side, place.node AS node, place.state AS state,
               place.cost AS cost, place.hop AS at
      UNION ALL
        UNWIND reached AS place
        WITH place WHERE hop <= $p.max_hops AND place.hop = hop - 1
        WITH place.side AS side, place.node AS here, collect(place) AS places
        MATCH (here)-[r:HOSTED_BY|COVERS|HOLDS_SEAT_ON|PARTNERS_WITH|COORDINATES|ESCALATES_TO
                       |HOLDS_POWER_OVER|CONTACTS|SUBORDINATE_TO|SUPERVISED_BY
                     ]-(there:Unit|PartyOrganization)
        WHERE $p.day IS NULL OR
              all(v IN [r, there] WHERE coalesce(v.valid_from <= $p.day < v.valid_to, true))
        WITH side, here, places, there, r, type(r) AS name
        WHERE name <> 'HOLDS_POWER_OVER' OR r.power = 'dispatch'
        WITH side, here, places, there,
             name + CASE WHEN name IN ['HOLDS_SEAT_ON', 'PARTNERS_WITH'] THEN ''
                         WHEN (startNode(r) = here) = (side = 'resource') THEN '>'
                         ELSE '<' END AS step
        WHERE $p.cost[step] IS NOT NULL
          AND NOT (step STARTS WITH 'COVERS'
                   AND $p.cost[replace(step, 'COVERS', 'HOSTED_BY')] IS NOT NULL AND EXISTS {
              MATCH (here)-[h:HOSTED_BY]-(there)
              WHERE $p.day IS NULL OR coalesce(h.valid_from <= $p.day < h.valid_to, true)
          })
        UNWIND places AS place
        UNWIND CASE side
            WHEN 'resource' THEN [s IN [$p.delta[place.state][step]] WHERE s IS NOT NULL]
            ELSE [s IN range(0, size($p.delta) - 1) WHERE $p.delta[s][step] = place.state]
        END AS next
        RETURN side, there AS node, next AS state, place.cost + $p.cost[step] AS cost,
               hop AS at
    }
    WITH side, node, state, min([cost, at]) AS least
    RETURN collect({side: side, node: node, state: state, cost: least[0], hop: least[1]})
           AS further
}
WITH own, hop, further AS reached

// Hop 3
WITH own, hop + 1 AS hop, reached
CALL (hop, reached) {
    CALL (hop, reached) {
        UNWIND reached AS place
        RETURN place.side AS side, place.node AS node, place.state AS state,
               place.cost AS cost, place.hop AS at
      UNION ALL
        UNWIND reached AS place
        WITH place WHERE hop <= $p.max_hops AND place.hop = hop - 1
        WITH place.side AS side, place.node AS here, collect(place) AS places
        MATCH (here)-[r:HOSTED_BY|COVERS|HOLDS_SEAT_ON|PARTNERS_WITH|COORDINATES|ESCALATES_TO
                       |HOLDS_POWER_OVER|CONTACTS|SUBORDINATE_TO|SUPERVISED_BY
                     ]-(there:Unit|PartyOrganization)
        WHERE $p.day IS NULL OR
              all(v IN [r, there] WHERE coalesce(v.valid_from <= $p.day < v.valid_to, true))
        WITH side, here, places, there, r, type(r) AS name
        WHERE name <> 'HOLDS_POWER_OVER' OR r.power = 'dispatch'
        WITH side, here, places, there,
             name + CASE WHEN name IN ['HOLDS_SEAT_ON', 'PARTNERS_WITH'] THEN ''
                         WHEN (startNode(r) = here) = (side = 'resource') THEN '>'
                         ELSE '<' END AS step
        WHERE $p.cost[step] IS NOT NULL
          AND NOT (step STARTS WITH 'COVERS'
                   AND $p.cost[replace(step, 'COVERS', 'HOSTED_BY')] IS NOT NULL AND EXISTS {
              MATCH (here)-[h:HOSTED_BY]-(there)
              WHERE $p.day IS NULL OR coalesce(h.valid_from <= $p.day < h.valid_to, true)
          })
        UNWIND places AS place
        UNWIND CASE side
            WHEN 'resource' THEN [s IN [$p.delta[place.state][step]] WHERE s IS NOT NULL]
            ELSE [s IN range(0, size($p.delta) - 1) WHERE $p.delta[s][step] = place.state]
        END AS next
        RETURN side, there AS node, next AS state, place.cost + $p.cost[step] AS cost,
               hop AS at
    }
    WITH side, node, state, min([cost, at]) AS least
    RETURN collect({side: side, node: node, state: state, cost: least[0], hop: least[1]})
           AS further
}
WITH own, hop, further AS reached

// Hop 4
WITH own, hop + 1 AS hop, reached
CALL (hop, reached) {
    CALL (hop, reached) {
        UNWIND reached AS place
        RETURN place.side AS side, place.node AS node, place.state AS state,
               place.cost AS cost, place.hop AS at
      UNION ALL
        UNWIND reached AS place
        WITH place WHERE hop <= $p.max_hops AND place.hop = hop - 1
        WITH place.side AS side, place.node AS here, collect(place) AS places
        MATCH (here)-[r:HOSTED_BY|COVERS|HOLDS_SEAT_ON|PARTNERS_WITH|COORDINATES|ESCALATES_TO
                       |HOLDS_POWER_OVER|CONTACTS|SUBORDINATE_TO|SUPERVISED_BY
                     ]-(there:Unit|PartyOrganization)
        WHERE $p.day IS NULL OR
              all(v IN [r, there] WHERE coalesce(v.valid_from <= $p.day < v.valid_to, true))
        WITH side, here, places, there, r, type(r) AS name
        WHERE name <> 'HOLDS_POWER_OVER' OR r.power = 'dispatch'
        WITH side, here, places, there,
             name + CASE WHEN name IN ['HOLDS_SEAT_ON', 'PARTNERS_WITH'] THEN ''
                         WHEN (startNode(r) = here) = (side = 'resource') THEN '>'
                         ELSE '<' END AS step
        WHERE $p.cost[step] IS NOT NULL
          AND NOT (step STARTS WITH 'COVERS'
                   AND $p.cost[replace(step, 'COVERS', 'HOSTED_BY')] IS NOT NULL AND EXISTS {
              MATCH (here)-[h:HOSTED_BY]-(there)
              WHERE $p.day IS NULL OR coalesce(h.valid_from <= $p.day < h.valid_to, true)
          })
        UNWIND places AS place
        UNWIND CASE side
            WHEN 'resource' THEN [s IN [$p.delta[place.state][step]] WHERE s IS NOT NULL]
            ELSE [s IN range(0, size($p.delta) - 1) WHERE $p.delta[s][step] = place.state]
        END AS next
        RETURN side, there AS node, next AS state, place.cost + $p.cost[step] AS cost,
               hop AS at
    }
    WITH side, node, state, min([cost, at]) AS least
    RETURN collect({side: side, node: node, state: state, cost: least[0], hop: least[1]})
           AS further
}
WITH own, hop, further AS reached

// Hop 5
WITH own, hop + 1 AS hop, reached
CALL (hop, reached) {
    CALL (hop, reached) {
        UNWIND reached AS place
        RETURN place.side AS side, place.node AS node, place.state AS state,
               place.cost AS cost, place.hop AS at
      UNION ALL
        UNWIND reached AS place
        WITH place WHERE hop <= $p.max_hops AND place.hop = hop - 1
        WITH place.side AS side, place.node AS here, collect(place) AS places
        MATCH (here)-[r:HOSTED_BY|COVERS|HOLDS_SEAT_ON|PARTNERS_WITH|COORDINATES|ESCALATES_TO
                       |HOLDS_POWER_OVER|CONTACTS|SUBORDINATE_TO|SUPERVISED_BY
                     ]-(there:Unit|PartyOrganization)
        WHERE $p.day IS NULL OR
              all(v IN [r, there] WHERE coalesce(v.valid_from <= $p.day < v.valid_to, true))
        WITH side, here, places, there, r, type(r) AS name
        WHERE name <> 'HOLDS_POWER_OVER' OR r.power = 'dispatch'
        WITH side, here, places, there,
             name + CASE WHEN name IN ['HOLDS_SEAT_ON', 'PARTNERS_WITH'] THEN ''
                         WHEN (startNode(r) = here) = (side = 'resource') THEN '>'
                         ELSE '<' END AS step
        WHERE $p.cost[step] IS NOT NULL
          AND NOT (step STARTS WITH 'COVERS'
                   AND $p.cost[replace(step, 'COVERS', 'HOSTED_BY')] IS NOT NULL AND EXISTS {
              MATCH (here)-[h:HOSTED_BY]-(there)
              WHERE $p.day IS NULL OR coalesce(h.valid_from <= $p.day < h.valid_to, true)
          })
        UNWIND places AS place
        UNWIND CASE side
            WHEN 'resource' THEN [s IN [$p.delta[place.state][step]] WHERE s IS NOT NULL]
            ELSE [s IN range(0, size($p.delta) - 1) WHERE $p.delta[s][step] = place.state]
        END AS next
        RETURN side, there AS node, next AS state, place.cost + $p.cost[step] AS cost,
               hop AS at
    }
    WITH side, node, state, min([cost, at]) AS least
    RETURN collect({side: side, node: node, state: state, cost: least[0], hop: least[1]})
           AS further
}
WITH own, hop, further AS reached

// Hop 6
WITH own, hop + 1 AS hop, reached
CALL (hop, reached) {
    CALL (hop, reached) {
        UNWIND reached AS place
        RETURN place.side AS side, place.node AS node, place.state AS state,
               place.cost AS cost, place.hop AS at
      UNION ALL
        UNWIND reached AS place
        WITH place WHERE hop <= $p.max_hops AND place.hop = hop - 1
        WITH place.side AS side, place.node AS here, collect(place) AS places
        MATCH (here)-[r:HOSTED_BY|COVERS|HOLDS_SEAT_ON|PARTNERS_WITH|COORDINATES|ESCALATES_TO
                       |HOLDS_POWER_OVER|CONTACTS|SUBORDINATE_TO|SUPERVISED_BY
                     ]-(there:Unit|PartyOrganization)
        WHERE $p.day IS NULL OR
              all(v IN [r, there] WHERE coalesce(v.valid_from <= $p.day < v.valid_to, true))
        WITH side, here, places, there, r, type(r) AS name
        WHERE name <> 'HOLDS_POWER_OVER' OR r.power = 'dispatch'
        WITH side, here, places, there,
             name + CASE WHEN name IN ['HOLDS_SEAT_ON', 'PARTNERS_WITH'] THEN ''
                         WHEN (startNode(r) = here) = (side = 'resource') THEN '>'
                         ELSE '<' END AS step
        WHERE $p.cost[step] IS NOT NULL
          AND NOT (step STARTS WITH 'COVERS'
                   AND $p.cost[replace(step, 'COVERS', 'HOSTED_BY')] IS NOT NULL AND EXISTS {
              MATCH (here)-[h:HOSTED_BY]-(there)
              WHERE $p.day IS NULL OR coalesce(h.valid_from <= $p.day < h.valid_to, true)
          })
        UNWIND places AS place
        UNWIND CASE side
            WHEN 'resource' THEN [s IN [$p.delta[place.state][step]] WHERE s IS NOT NULL]
            ELSE [s IN range(0, size($p.delta) - 1) WHERE $p.delta[s][step] = place.state]
        END AS next
        RETURN side, there AS node, next AS state, place.cost + $p.cost[step] AS cost,
               hop AS at
    }
    WITH side, node, state, min([cost, at]) AS least
    RETURN collect({side: side, node: node, state: state, cost: least[0], hop: least[1]})
           AS further
}
WITH own, hop, further AS reached

// What those offer whom the first search came to, and what those raise, themselves or for an
// area that they cover or sit in, whom the second came to in the state in which paths start.
CALL (own, reached) {
    UNWIND reached AS place
    WITH place.node AS owner, place.cost AS cost
    WHERE place.side = 'resource'
    WITH owner, min(cost) AS cost
    MATCH (owner)-[r:OFFERS]->(resource:Resource)
    WHERE ($p.kinds IS NULL OR resource.kind IN $p.kinds) AND ($p.day IS NULL OR
          all(v IN [r, resource] WHERE coalesce(v.valid_from <= $p.day < v.valid_to, true)))
    WITH resource, min([cost, owner.id]) AS least
    WITH resource, least, COLLECT {
        MATCH (resource)-[m:MATCHED_TO]->(n:Need)
        WHERE coalesce(m.status IN ['agreed', 'running', 'done'], true) AND ($p.day IS NULL OR
              all(v IN [m, n] WHERE coalesce(v.valid_from <= $p.day < v.valid_to, true)))
        RETURN CASE WHEN m.status IS NOT NULL THEN m.quantity END
    } AS taken
    WITH resource, least, reduce(rest = resource.capacity, n IN taken | rest - n) AS left
    WHERE coalesce(left > 0, true)
    RETURN 'resource' AS side, resource AS thing, least, left AS quantity,
           resource.capacity_unit AS quantity_unit
  UNION ALL
    UNWIND reached AS place
    WITH own, place.node AS start, place.cost AS cost
    WHERE place.side = 'need' AND place.state = 0
    CALL (start) {
        MATCH (start)-[r:RAISES]->(need:Need)
        WHERE $p.day IS NULL OR
              all(v IN [r, need] WHERE coalesce(v.valid_from <= $p.day < v.valid_to, true))
        RETURN need
      UNION
        MATCH (start:PartyOrganization)-[s:COVERS|HOSTED_BY]->(area:Area)-[r:RAISES]->(need:Need)
        WHERE (s:HOSTED_BY OR s.basis = 'organization') AND ($p.day IS NULL OR
              all(v IN [s, area, r, need]
                  WHERE coalesce(v.valid_from <= $p.day < v.valid_to, true)))
        RETURN need
    }
    WITH need, cost, start
    WHERE need.kind IN own AND coalesce(NOT need.status IN ['met', 'withdrawn'], true)
    WITH need, min([cost, start.id]) AS least
    RETURN 'need' AS side, need AS thing, least, need.quantity AS quantity,
           need.quantity_unit AS quantity_unit
}
WITH side, thing, least, quantity, quantity_unit,
     count(*) AS times  // 1; lets go of all else, which the sort would hold
RETURN side AS side,
       thing.id AS id,
       thing.name AS name,
       thing.kind AS kind,
       least[1] AS organization,
       least[0] AS cost,
       quantity AS quantity,
       quantity_unit AS quantity_unit
ORDER BY side, cost, id
