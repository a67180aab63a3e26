// integration.paths 统筹路径
// Who can help with a need, and through whom?
//
// Parameters, the keys of the one map $p:
//   need       id of the need
//   k          how many rows are wanted, at least 1
//   without    ids of those who refuse: no path starts at, runs by or ends at one
//   day        a date; null for whatever the graph holds
//   max_hops   the longest path, at most 6
//   cost       what each step costs, at least 1; a step that is not named is not taken
//   delta      the grammar: for each state, the steps it allows and where each leads
//
// In Neo4j Browser, run this line first (without the slashes):
// :param p => {need: 'need:510100n00001', k: 5, without: [], day: null, max_hops: 4, cost: {`CONTACTS<`: 2, `CONTACTS>`: 2, `COORDINATES<`: 2, `COORDINATES>`: 1, `COVERS<`: 1, `COVERS>`: 1, `ESCALATES_TO>`: 2, `HOLDS_POWER_OVER>`: 2, `HOLDS_SEAT_ON`: 1, `HOSTED_BY<`: 1, `HOSTED_BY>`: 1, `PARTNERS_WITH`: 1, `SUBORDINATE_TO<`: 1, `SUBORDINATE_TO>`: 2, `SUPERVISED_BY<`: 2, `SUPERVISED_BY>`: 3}, delta: [{`CONTACTS<`: 1, `CONTACTS>`: 1, `COORDINATES<`: 1, `COORDINATES>`: 1, `COVERS<`: 2, `COVERS>`: 2, `ESCALATES_TO>`: 1, `HOLDS_POWER_OVER>`: 1, `HOLDS_SEAT_ON`: 1, `HOSTED_BY<`: 2, `HOSTED_BY>`: 2, `PARTNERS_WITH`: 1, `SUBORDINATE_TO<`: 3, `SUBORDINATE_TO>`: 4, `SUPERVISED_BY<`: 3, `SUPERVISED_BY>`: 4}, {`CONTACTS<`: 5, `CONTACTS>`: 5, `COORDINATES<`: 5, `COORDINATES>`: 5, `COVERS<`: 6, `COVERS>`: 6, `ESCALATES_TO>`: 5, `HOLDS_POWER_OVER>`: 5, `HOLDS_SEAT_ON`: 5, `HOSTED_BY<`: 6, `HOSTED_BY>`: 6, `PARTNERS_WITH`: 5, `SUBORDINATE_TO<`: 3, `SUBORDINATE_TO>`: 4, `SUPERVISED_BY<`: 3, `SUPERVISED_BY>`: 4}, {`CONTACTS<`: 1, `CONTACTS>`: 1, `COORDINATES<`: 1, `COORDINATES>`: 1, `COVERS<`: 6, `COVERS>`: 6, `ESCALATES_TO>`: 1, `HOLDS_POWER_OVER>`: 1, `HOLDS_SEAT_ON`: 1, `HOSTED_BY<`: 6, `HOSTED_BY>`: 6, `PARTNERS_WITH`: 1, `SUBORDINATE_TO<`: 3, `SUBORDINATE_TO>`: 4, `SUPERVISED_BY<`: 3, `SUPERVISED_BY>`: 4}, {`CONTACTS<`: 5, `CONTACTS>`: 5, `COORDINATES<`: 5, `COORDINATES>`: 5, `COVERS<`: 6, `COVERS>`: 6, `ESCALATES_TO>`: 5, `HOLDS_POWER_OVER>`: 5, `HOLDS_SEAT_ON`: 5, `HOSTED_BY<`: 6, `HOSTED_BY>`: 6, `PARTNERS_WITH`: 5, `SUBORDINATE_TO<`: 7, `SUPERVISED_BY<`: 7}, {`CONTACTS<`: 5, `CONTACTS>`: 5, `COORDINATES<`: 5, `COORDINATES>`: 5, `COVERS<`: 6, `COVERS>`: 6, `ESCALATES_TO>`: 5, `HOLDS_POWER_OVER>`: 5, `HOLDS_SEAT_ON`: 5, `HOSTED_BY<`: 6, `HOSTED_BY>`: 6, `PARTNERS_WITH`: 5, `SUBORDINATE_TO<`: 3, `SUBORDINATE_TO>`: 8, `SUPERVISED_BY<`: 3, `SUPERVISED_BY>`: 8}, {`CONTACTS<`: 9, `CONTACTS>`: 9, `COORDINATES<`: 9, `COORDINATES>`: 9, `COVERS<`: 6, `COVERS>`: 6, `ESCALATES_TO>`: 9, `HOLDS_POWER_OVER>`: 9, `HOLDS_SEAT_ON`: 9, `HOSTED_BY<`: 6, `HOSTED_BY>`: 6, `PARTNERS_WITH`: 9}, {}, {`CONTACTS<`: 5, `CONTACTS>`: 5, `COORDINATES<`: 5, `COORDINATES>`: 5, `COVERS<`: 6, `COVERS>`: 6, `ESCALATES_TO>`: 5, `HOLDS_POWER_OVER>`: 5, `HOLDS_SEAT_ON`: 5, `HOSTED_BY<`: 6, `HOSTED_BY>`: 6, `PARTNERS_WITH`: 5}, {`CONTACTS<`: 5, `CONTACTS>`: 5, `COORDINATES<`: 5, `COORDINATES>`: 5, `COVERS<`: 6, `COVERS>`: 6, `ESCALATES_TO>`: 5, `HOLDS_POWER_OVER>`: 5, `HOLDS_SEAT_ON`: 5, `HOSTED_BY<`: 6, `HOSTED_BY>`: 6, `PARTNERS_WITH`: 5, `SUBORDINATE_TO<`: 3, `SUPERVISED_BY<`: 3}, {`COVERS<`: 6, `COVERS>`: 6, `HOSTED_BY<`: 6, `HOSTED_BY>`: 6}]}
//
// How it goes. The search starts from whoever raises the need and goes on hop by hop.
// Cypher has no loop, so the block of one hop stands here six times, always the same, and
// is explained at the first. One hop hands to the next:
//
// - `places`, the organizations it came to, each with all the `ways` to it, {cost, state,
//   nodes, steps}, and what it `offers` that is not used up, {resource, capacity_left};
// - `found`, what can be among the k best so far, {cost, nodes, steps, offer}.
//
// A step is a relationship type and its direction: `>` along it, `<` against it, nothing
// where either way is the same. `valid_from <= day < valid_to` is unknown while an end is
// open and the other one holds, and that counts as valid.

// Whoever raises the need; for an area, the organizations that cover it or sit in it. If
// nobody at all offers the kind, nothing is searched: it would be the whole neighbourhood.
MATCH (need:Need {id: $p.need})
WHERE EXISTS { (:Resource {kind: need.kind})<-[:OFFERS]-() }
CALL (need) {
    MATCH (need)<-[r:RAISES]-(asker:Unit|PartyOrganization)
    WHERE $p.day IS NULL OR
          all(v IN [need, r, asker] WHERE coalesce(v.valid_from <= $p.day < v.valid_to, true))
    RETURN asker
  UNION
    MATCH (need)<-[r:RAISES]-(area:Area)<-[s:COVERS|HOSTED_BY]-(asker:PartyOrganization)
    WHERE (s:HOSTED_BY OR s.basis = 'organization') AND ($p.day IS NULL OR
          all(v IN [need, r, area, s, asker]
              WHERE coalesce(v.valid_from <= $p.day < v.valid_to, true)))
    RETURN asker
}
WITH need.kind AS kind, asker
WHERE NOT asker.id IN $p.without
// What they can give themselves. A match without a status may count or not, so what is
// left is then unknown, as it is without a capacity; both are allowed.
WITH kind, asker, COLLECT {
    MATCH (asker)-[r:OFFERS]->(resource:Resource {kind: kind})
    WHERE $p.day IS NULL OR
          all(v IN [r, resource] WHERE coalesce(v.valid_from <= $p.day < v.valid_to, true))
    WITH DISTINCT resource, COLLECT {
        MATCH (resource)-[m:MATCHED_TO]->(n:Need)
        WHERE coalesce(m.status IN ['agreed', 'running', 'done'], true) AND ($p.day IS NULL OR
              all(v IN [m, n] WHERE coalesce(v.valid_from <= $p.day < v.valid_to, true)))
        RETURN CASE WHEN m.status IS NOT NULL THEN m.quantity END
    } AS taken
    WITH resource, reduce(rest = resource.capacity, n IN taken | rest - n) AS capacity_left
    WHERE coalesce(capacity_left > 0, true)
    RETURN {resource: resource.id, capacity_left: capacity_left}
} AS offers
WITH kind, 0 AS hop, [] AS found,
     collect({node: asker, offers: offers,
              ways: [{cost: 0, state: 0, nodes: [asker], steps: []}]}) AS places

// Hop 1
// What the places offer is put to what was found. `bound` is the cost of the k-th best;
// it is null as long as there are fewer.
WITH kind, hop + 1 AS hop, places, found + COLLECT {
    UNWIND places AS place
    UNWIND place.ways AS way
    UNWIND place.offers AS offer
    RETURN way {.cost, .nodes, .steps, offer: offer}
} AS found
CALL (found) {
    UNWIND found AS row
    WITH DISTINCT row.cost AS cost
    WHERE size([other IN found WHERE other.cost <= cost]) >= $p.k
    RETURN min(cost) AS bound
}
WITH kind, hop, places, bound, [row IN found WHERE coalesce(row.cost <= bound, true)] AS found
// From here on only what costs less can come among the k best: at the same cost it would
// come behind, since it has more hops.
CALL (kind, hop, places, bound) {
    UNWIND range(0, size(places) - 1) AS i
    WITH i, places[i].node AS here
    WHERE hop <= $p.max_hops
      AND any(way IN places[i].ways WHERE $p.delta[way.state] <> {}
                                      AND coalesce(way.cost + 1 < bound, true))
    // Where the steps lead, but for those who refuse. Parallel relationships of one step
    // count once, and between the same two HOSTED_BY stands for COVERS.
    CALL (here) {
        MATCH (here)-[r:HOSTED_BY|COVERS|HOLDS_SEAT_ON|PARTNERS_WITH|COORDINATES|ESCALATES_TO
                       |HOLDS_POWER_OVER|CONTACTS|SUBORDINATE_TO|SUPERVISED_BY
                     ]-(there:Unit|PartyOrganization)
        WHERE $p.day IS NULL OR
              all(v IN [r, there] WHERE coalesce(v.valid_from <= $p.day < v.valid_to, true))
        WITH here, there, r, type(r) AS name
        WHERE name <> 'HOLDS_POWER_OVER' OR r.power = 'dispatch'
        WITH there, name + CASE WHEN name IN ['HOLDS_SEAT_ON', 'PARTNERS_WITH'] THEN ''
                                WHEN startNode(r) = here THEN '>' ELSE '<' END AS step
        WHERE $p.cost[step] IS NOT NULL
        WITH there, collect(DISTINCT step) AS steps
        WHERE NOT there.id IN $p.without
        UNWIND [s IN steps WHERE NOT (s STARTS WITH 'COVERS'
                                      AND replace(s, 'COVERS', 'HOSTED_BY') IN steps)] AS step
        RETURN there, step
    }
    // Every place is looked at once, whichever ways lead to it. One that offers nothing
    // is not where a path ends, so it costs 1 more at least, and is no use after the last
    // hop.
    WITH there, collect({i: i, step: step}) AS arrivals
    WITH there, arrivals, COLLECT {
        MATCH (there)-[r:OFFERS]->(resource:Resource {kind: kind})
        WHERE $p.day IS NULL OR
              all(v IN [r, resource] WHERE coalesce(v.valid_from <= $p.day < v.valid_to, true))
        WITH DISTINCT resource, COLLECT {
            MATCH (resource)-[m:MATCHED_TO]->(n:Need)
            WHERE coalesce(m.status IN ['agreed', 'running', 'done'], true) AND ($p.day IS NULL OR
                  all(v IN [m, n] WHERE coalesce(v.valid_from <= $p.day < v.valid_to, true)))
            RETURN CASE WHEN m.status IS NOT NULL THEN m.quantity END
        } AS taken
        WITH resource, reduce(rest = resource.capacity, n IN taken | rest - n) AS capacity_left
        WHERE coalesce(capacity_left > 0, true)
        RETURN {resource: resource.id, capacity_left: capacity_left}
    } AS offers
    WHERE hop < $p.max_hops OR offers <> []
    WITH there, offers, COLLECT {
        UNWIND arrivals AS arrival
        UNWIND places[arrival.i].ways AS way
        WITH way, arrival.step AS step, way.cost + $p.cost[arrival.step] AS cost,
             $p.delta[way.state][arrival.step] AS state
        WHERE state IS NOT NULL AND NOT there IN way.nodes
          AND coalesce(cost + CASE offers WHEN [] THEN 1 ELSE 0 END < bound, true)
        RETURN {cost: cost, state: state, nodes: way.nodes + there, steps: way.steps + step}
    } AS ways
    WHERE ways <> []
    RETURN collect({node: there, offers: offers, ways: ways}) AS reached
}
WITH kind, hop, found, reached AS places

// Hop 2
WITH kind, hop + 1 AS hop, places, found + COLLECT {
    UNWIND places AS place
    UNWIND place.ways AS way
    UNWIND place.offers AS offer
    RETURN way {.cost, .nodes, .steps, offer: offer}
} AS found
CALL (found) {
    UNWIND found AS row
    WITH DISTINCT row.cost AS cost
    WHERE size([other IN found WHERE other.cost <= cost]) >= $p.k
    RETURN min(cost) AS bound
}
WITH kind, hop, places, bound, [row IN found WHERE coalesce(row.cost <= bound, true)] AS found
CALL (kind, hop, places, bound) {
    UNWIND range(0, size(places) - 1) AS i
    WITH i, places[i].node AS here
    WHERE hop <= $p.max_hops
      AND any(way IN places[i].ways WHERE $p.delta[way.state] <> {}
                                      AND coalesce(way.cost + 1 < bound, true))
    CALL (here) {
        MATCH (here)-[r:HOSTED_BY|COVERS|HOLDS_SEAT_ON|PARTNERS_WITH|COORDINATES|ESCALATES_TO
                       |HOLDS_POWER_OVER|CONTACTS|SUBORDINATE_TO|SUPERVISED_BY
                     ]-(there:Unit|PartyOrganization)
        WHERE $p.day IS NULL OR
              all(v IN [r, there] WHERE coalesce(v.valid_from <= $p.day < v.valid_to, true))
        WITH here, there, r, type(r) AS name
        WHERE name <> 'HOLDS_POWER_OVER' OR r.power = 'dispatch'
        WITH there, name + CASE WHEN name IN ['HOLDS_SEAT_ON', 'PARTNERS_WITH'] THEN ''
                                WHEN startNode(r) = here THEN '>' ELSE '<' END AS step
        WHERE $p.cost[step] IS NOT NULL
        WITH there, collect(DISTINCT step) AS steps
        WHERE NOT there.id IN $p.without
        UNWIND [s IN steps WHERE NOT (s STARTS WITH 'COVERS'
                                      AND replace(s, 'COVERS', 'HOSTED_BY') IN steps)] AS step
        RETURN there, step
    }
    WITH there, collect({i: i, step: step}) AS arrivals
    WITH there, arrivals, COLLECT {
        MATCH (there)-[r:OFFERS]->(resource:Resource {kind: kind})
        WHERE $p.day IS NULL OR
              all(v IN [r, resource] WHERE coalesce(v.valid_from <= $p.day < v.valid_to, true))
        WITH DISTINCT resource, COLLECT {
            MATCH (resource)-[m:MATCHED_TO]->(n:Need)
            WHERE coalesce(m.status IN ['agreed', 'running', 'done'], true) AND ($p.day IS NULL OR
                  all(v IN [m, n] WHERE coalesce(v.valid_from <= $p.day < v.valid_to, true)))
            RETURN CASE WHEN m.status IS NOT NULL THEN m.quantity END
        } AS taken
        WITH resource, reduce(rest = resource.capacity, n IN taken | rest - n) AS capacity_left
        WHERE coalesce(capacity_left > 0, true)
        RETURN {resource: resource.id, capacity_left: capacity_left}
    } AS offers
    WHERE hop < $p.max_hops OR offers <> []
    WITH there, offers, COLLECT {
        UNWIND arrivals AS arrival
        UNWIND places[arrival.i].ways AS way
        WITH way, arrival.step AS step, way.cost + $p.cost[arrival.step] AS cost,
             $p.delta[way.state][arrival.step] AS state
        WHERE state IS NOT NULL AND NOT there IN way.nodes
          AND coalesce(cost + CASE offers WHEN [] THEN 1 ELSE 0 END < bound, true)
        RETURN {cost: cost, state: state, nodes: way.nodes + there, steps: way.steps + step}
    } AS ways
    WHERE ways <> []
    RETURN collect({node: there, offers: offers, ways: ways}) AS reached
}
WITH kind, hop, found, reached AS places

// Hop 3
WITH kind, hop + 1 AS hop, places, found + COLLECT {
    UNWIND places AS place
    UNWIND place.ways AS way
    UNWIND place.offers AS offer
    RETURN way {.cost, .nodes, .steps, offer: offer}
} AS found
CALL (found) {
    UNWIND found AS row
    WITH DISTINCT row.cost AS cost
    WHERE size([other IN found WHERE other.cost <= cost]) >= $p.k
    RETURN min(cost) AS bound
}
WITH kind, hop, places, bound, [row IN found WHERE coalesce(row.cost <= bound, true)] AS found
CALL (kind, hop, places, bound) {
    UNWIND range(0, size(places) - 1) AS i
    WITH i, places[i].node AS here
    WHERE hop <= $p.max_hops
      AND any(way IN places[i].ways WHERE $p.delta[way.state] <> {}
                                      AND coalesce(way.cost + 1 < bound, true))
    CALL (here) {
        MATCH (here)-[r:HOSTED_BY|COVERS|HOLDS_SEAT_ON|PARTNERS_WITH|COORDINATES|ESCALATES_TO
                       |HOLDS_POWER_OVER|CONTACTS|SUBORDINATE_TO|SUPERVISED_BY
                     ]-(there:Unit|PartyOrganization)
        WHERE $p.day IS NULL OR
              all(v IN [r, there] WHERE coalesce(v.valid_from <= $p.day < v.valid_to, true))
        WITH here, there, r, type(r) AS name
        WHERE name <> 'HOLDS_POWER_OVER' OR r.power = 'dispatch'
        WITH there, name + CASE WHEN name IN ['HOLDS_SEAT_ON', 'PARTNERS_WITH'] THEN ''
                                WHEN startNode(r) = here THEN '>' ELSE '<' END AS step
        WHERE $p.cost[step] IS NOT NULL
        WITH there, collect(DISTINCT step) AS steps
        WHERE NOT there.id IN $p.without
        UNWIND [s IN steps WHERE NOT (s STARTS WITH 'COVERS'
                                      AND replace(s, 'COVERS', 'HOSTED_BY') IN steps)] AS step
        RETURN there, step
    }
    WITH there, collect({i: i, step: step}) AS arrivals
    WITH there, arrivals, COLLECT {
        MATCH (there)-[r:OFFERS]->(resource:Resource {kind: kind})
        WHERE $p.day IS NULL OR
              all(v IN [r, resource] WHERE coalesce(v.valid_from <= $p.day < v.valid_to, true))
        WITH DISTINCT resource, COLLECT {
            MATCH (resource)-[m:MATCHED_TO]->(n:Need)
            WHERE coalesce(m.status IN ['agreed', 'running', 'done'], true) AND ($p.day IS NULL OR
                  all(v IN [m, n] WHERE coalesce(v.valid_from <= $p.day < v.valid_to, true)))
            RETURN CASE WHEN m.status IS NOT NULL THEN m.quantity END
        } AS taken
        WITH resource, reduce(rest = resource.capacity, n IN taken | rest - n) AS capacity_left
        WHERE coalesce(capacity_left > 0, true)
        RETURN {resource: resource.id, capacity_left: capacity_left}
    } AS offers
    WHERE hop < $p.max_hops OR offers <> []
    WITH there, offers, COLLECT {
        UNWIND arrivals AS arrival
        UNWIND places[arrival.i].ways AS way
        WITH way, arrival.step AS step, way.cost + $p.cost[arrival.step] AS cost,
             $p.delta[way.state][arrival.step] AS state
        WHERE state IS NOT NULL AND NOT there IN way.nodes
          AND coalesce(cost + CASE offers WHEN [] THEN 1 ELSE 0 END < bound, true)
        RETURN {cost: cost, state: state, nodes: way.nodes + there, steps: way.steps + step}
    } AS ways
    WHERE ways <> []
    RETURN collect({node: there, offers: offers, ways: ways}) AS reached
}
WITH kind, hop, found, reached AS places

// Hop 4
WITH kind, hop + 1 AS hop, places, found + COLLECT {
    UNWIND places AS place
    UNWIND place.ways AS way
    UNWIND place.offers AS offer
    RETURN way {.cost, .nodes, .steps, offer: offer}
} AS found
CALL (found) {
    UNWIND found AS row
    WITH DISTINCT row.cost AS cost
    WHERE size([other IN found WHERE other.cost <= cost]) >= $p.k
    RETURN min(cost) AS bound
}
WITH kind, hop, places, bound, [row IN found WHERE coalesce(row.cost <= bound, true)] AS found
CALL (kind, hop, places, bound) {
    UNWIND range(0, size(places) - 1) AS i
    WITH i, places[i].node AS here
    WHERE hop <= $p.max_hops
      AND any(way IN places[i].ways WHERE $p.delta[way.state] <> {}
                                      AND coalesce(way.cost + 1 < bound, true))
    CALL (here) {
        MATCH (here)-[r:HOSTED_BY|COVERS|HOLDS_SEAT_ON|PARTNERS_WITH|COORDINATES|ESCALATES_TO
                       |HOLDS_POWER_OVER|CONTACTS|SUBORDINATE_TO|SUPERVISED_BY
                     ]-(there:Unit|PartyOrganization)
        WHERE $p.day IS NULL OR
              all(v IN [r, there] WHERE coalesce(v.valid_from <= $p.day < v.valid_to, true))
        WITH here, there, r, type(r) AS name
        WHERE name <> 'HOLDS_POWER_OVER' OR r.power = 'dispatch'
        WITH there, name + CASE WHEN name IN ['HOLDS_SEAT_ON', 'PARTNERS_WITH'] THEN ''
                                WHEN startNode(r) = here THEN '>' ELSE '<' END AS step
        WHERE $p.cost[step] IS NOT NULL
        WITH there, collect(DISTINCT step) AS steps
        WHERE NOT there.id IN $p.without
        UNWIND [s IN steps WHERE NOT (s STARTS WITH 'COVERS'
                                      AND replace(s, 'COVERS', 'HOSTED_BY') IN steps)] AS step
        RETURN there, step
    }
    WITH there, collect({i: i, step: step}) AS arrivals
    WITH there, arrivals, COLLECT {
        MATCH (there)-[r:OFFERS]->(resource:Resource {kind: kind})
        WHERE $p.day IS NULL OR
              all(v IN [r, resource] WHERE coalesce(v.valid_from <= $p.day < v.valid_to, true))
        WITH DISTINCT resource, COLLECT {
            MATCH (resource)-[m:MATCHED_TO]->(n:Need)
            WHERE coalesce(m.status IN ['agreed', 'running', 'done'], true) AND ($p.day IS NULL OR
                  all(v IN [m, n] WHERE coalesce(v.valid_from <= $p.day < v.valid_to, true)))
            RETURN CASE WHEN m.status IS NOT NULL THEN m.quantity END
        } AS taken
        WITH resource, reduce(rest = resource.capacity, n IN taken | rest - n) AS capacity_left
        WHERE coalesce(capacity_left > 0, true)
        RETURN {resource: resource.id, capacity_left: capacity_left}
    } AS offers
    WHERE hop < $p.max_hops OR offers <> []
    WITH there, offers, COLLECT {
        UNWIND arrivals AS arrival
        UNWIND places[arrival.i].ways AS way
        WITH way, arrival.step AS step, way.cost + $p.cost[arrival.step] AS cost,
             $p.delta[way.state][arrival.step] AS state
        WHERE state IS NOT NULL AND NOT there IN way.nodes
          AND coalesce(cost + CASE offers WHEN [] THEN 1 ELSE 0 END < bound, true)
        RETURN {cost: cost, state: state, nodes: way.nodes + there, steps: way.steps + step}
    } AS ways
    WHERE ways <> []
    RETURN collect({node: there, offers: offers, ways: ways}) AS reached
}
WITH kind, hop, found, reached AS places

// Hop 5
WITH kind, hop + 1 AS hop, places, found + COLLECT {
    UNWIND places AS place
    UNWIND place.ways AS way
    UNWIND place.offers AS offer
    RETURN way {.cost, .nodes, .steps, offer: offer}
} AS found
CALL (found) {
    UNWIND found AS row
    WITH DISTINCT row.cost AS cost
    WHERE size([other IN found WHERE other.cost <= cost]) >= $p.k
    RETURN min(cost) AS bound
}
WITH kind, hop, places, bound, [row IN found WHERE coalesce(row.cost <= bound, true)] AS found
CALL (kind, hop, places, bound) {
    UNWIND range(0, size(places) - 1) AS i
    WITH i, places[i].node AS here
    WHERE hop <= $p.max_hops
      AND any(way IN places[i].ways WHERE $p.delta[way.state] <> {}
                                      AND coalesce(way.cost + 1 < bound, true))
    CALL (here) {
        MATCH (here)-[r:HOSTED_BY|COVERS|HOLDS_SEAT_ON|PARTNERS_WITH|COORDINATES|ESCALATES_TO
                       |HOLDS_POWER_OVER|CONTACTS|SUBORDINATE_TO|SUPERVISED_BY
                     ]-(there:Unit|PartyOrganization)
        WHERE $p.day IS NULL OR
              all(v IN [r, there] WHERE coalesce(v.valid_from <= $p.day < v.valid_to, true))
        WITH here, there, r, type(r) AS name
        WHERE name <> 'HOLDS_POWER_OVER' OR r.power = 'dispatch'
        WITH there, name + CASE WHEN name IN ['HOLDS_SEAT_ON', 'PARTNERS_WITH'] THEN ''
                                WHEN startNode(r) = here THEN '>' ELSE '<' END AS step
        WHERE $p.cost[step] IS NOT NULL
        WITH there, collect(DISTINCT step) AS steps
        WHERE NOT there.id IN $p.without
        UNWIND [s IN steps WHERE NOT (s STARTS WITH 'COVERS'
                                      AND replace(s, 'COVERS', 'HOSTED_BY') IN steps)] AS step
        RETURN there, step
    }
    WITH there, collect({i: i, step: step}) AS arrivals
    WITH there, arrivals, COLLECT {
        MATCH (there)-[r:OFFERS]->(resource:Resource {kind: kind})
        WHERE $p.day IS NULL OR
              all(v IN [r, resource] WHERE coalesce(v.valid_from <= $p.day < v.valid_to, true))
        WITH DISTINCT resource, COLLECT {
            MATCH (resource)-[m:MATCHED_TO]->(n:Need)
            WHERE coalesce(m.status IN ['agreed', 'running', 'done'], true) AND ($p.day IS NULL OR
                  all(v IN [m, n] WHERE coalesce(v.valid_from <= $p.day < v.valid_to, true)))
            RETURN CASE WHEN m.status IS NOT NULL THEN m.quantity END
        } AS taken
        WITH resource, reduce(rest = resource.capacity, n IN taken | rest - n) AS capacity_left
        WHERE coalesce(capacity_left > 0, true)
        RETURN {resource: resource.id, capacity_left: capacity_left}
    } AS offers
    WHERE hop < $p.max_hops OR offers <> []
    WITH there, offers, COLLECT {
        UNWIND arrivals AS arrival
        UNWIND places[arrival.i].ways AS way
        WITH way, arrival.step AS step, way.cost + $p.cost[arrival.step] AS cost,
             $p.delta[way.state][arrival.step] AS state
        WHERE state IS NOT NULL AND NOT there IN way.nodes
          AND coalesce(cost + CASE offers WHEN [] THEN 1 ELSE 0 END < bound, true)
        RETURN {cost: cost, state: state, nodes: way.nodes + there, steps: way.steps + step}
    } AS ways
    WHERE ways <> []
    RETURN collect({node: there, offers: offers, ways: ways}) AS reached
}
WITH kind, hop, found, reached AS places

// Hop 6
WITH kind, hop + 1 AS hop, places, found + COLLECT {
    UNWIND places AS place
    UNWIND place.ways AS way
    UNWIND place.offers AS offer
    RETURN way {.cost, .nodes, .steps, offer: offer}
} AS found
CALL (found) {
    UNWIND found AS row
    WITH DISTINCT row.cost AS cost
    WHERE size([other IN found WHERE other.cost <= cost]) >= $p.k
    RETURN min(cost) AS bound
}
WITH kind, hop, places, bound, [row IN found WHERE coalesce(row.cost <= bound, true)] AS found
CALL (kind, hop, places, bound) {
    UNWIND range(0, size(places) - 1) AS i
    WITH i, places[i].node AS here
    WHERE hop <= $p.max_hops
      AND any(way IN places[i].ways WHERE $p.delta[way.state] <> {}
                                      AND coalesce(way.cost + 1 < bound, true))
    CALL (here) {
        MATCH (here)-[r:HOSTED_BY|COVERS|HOLDS_SEAT_ON|PARTNERS_WITH|COORDINATES|ESCALATES_TO
                       |HOLDS_POWER_OVER|CONTACTS|SUBORDINATE_TO|SUPERVISED_BY
                     ]-(there:Unit|PartyOrganization)
        WHERE $p.day IS NULL OR
              all(v IN [r, there] WHERE coalesce(v.valid_from <= $p.day < v.valid_to, true))
        WITH here, there, r, type(r) AS name
        WHERE name <> 'HOLDS_POWER_OVER' OR r.power = 'dispatch'
        WITH there, name + CASE WHEN name IN ['HOLDS_SEAT_ON', 'PARTNERS_WITH'] THEN ''
                                WHEN startNode(r) = here THEN '>' ELSE '<' END AS step
        WHERE $p.cost[step] IS NOT NULL
        WITH there, collect(DISTINCT step) AS steps
        WHERE NOT there.id IN $p.without
        UNWIND [s IN steps WHERE NOT (s STARTS WITH 'COVERS'
                                      AND replace(s, 'COVERS', 'HOSTED_BY') IN steps)] AS step
        RETURN there, step
    }
    WITH there, collect({i: i, step: step}) AS arrivals
    WITH there, arrivals, COLLECT {
        MATCH (there)-[r:OFFERS]->(resource:Resource {kind: kind})
        WHERE $p.day IS NULL OR
              all(v IN [r, resource] WHERE coalesce(v.valid_from <= $p.day < v.valid_to, true))
        WITH DISTINCT resource, COLLECT {
            MATCH (resource)-[m:MATCHED_TO]->(n:Need)
            WHERE coalesce(m.status IN ['agreed', 'running', 'done'], true) AND ($p.day IS NULL OR
                  all(v IN [m, n] WHERE coalesce(v.valid_from <= $p.day < v.valid_to, true)))
            RETURN CASE WHEN m.status IS NOT NULL THEN m.quantity END
        } AS taken
        WITH resource, reduce(rest = resource.capacity, n IN taken | rest - n) AS capacity_left
        WHERE coalesce(capacity_left > 0, true)
        RETURN {resource: resource.id, capacity_left: capacity_left}
    } AS offers
    WHERE hop < $p.max_hops OR offers <> []
    WITH there, offers, COLLECT {
        UNWIND arrivals AS arrival
        UNWIND places[arrival.i].ways AS way
        WITH way, arrival.step AS step, way.cost + $p.cost[arrival.step] AS cost,
             $p.delta[way.state][arrival.step] AS state
        WHERE state IS NOT NULL AND NOT there IN way.nodes
          AND coalesce(cost + CASE offers WHEN [] THEN 1 ELSE 0 END < bound, true)
        RETURN {cost: cost, state: state, nodes: way.nodes + there, steps: way.steps + step}
    } AS ways
    WHERE ways <> []
    RETURN collect({node: there, offers: offers, ways: ways}) AS reached
}
WITH kind, hop, found, reached AS places

// The k best of all, and of how many hops of each class each of them is. The house, a
// unit and its organization, is not counted.
WITH found + COLLECT {
    UNWIND places AS place
    UNWIND place.ways AS way
    UNWIND place.offers AS offer
    RETURN way {.cost, .nodes, .steps, offer: offer}
} AS found
UNWIND found AS row
WITH row, count(*) AS times  // 1; lets go of all but the row, which the sort would hold
WITH row {.*, hops: size(row.steps), ids: [n IN row.nodes | n.id]} AS row
ORDER BY row.cost, row.hops, row.ids, row.steps, row.offer.resource LIMIT $p.k
WITH collect(row) AS best
UNWIND range(1, size(best)) AS rank
WITH rank, best[rank - 1] AS row
CALL (row) {
    UNWIND range(1, row.hops) AS hop
    WITH row.nodes[hop - 1] AS one, row.nodes[hop] AS other, row.steps[hop - 1] AS step
    WITH CASE
        WHEN step STARTS WITH 'HOSTED_BY' THEN 'house'
        WHEN step STARTS WITH 'COVERS' THEN CASE WHEN EXISTS {
            (one)-[c:COVERS {mode: 'single'}]-(other)
            WHERE $p.day IS NULL OR coalesce(c.valid_from <= $p.day < c.valid_to, true)
        } THEN 'house' ELSE 'bridge' END
        WHEN step STARTS WITH 'SUBORDINATE_TO' THEN CASE
            WHEN all(o IN [one, other] WHERE o.setting IN ['city', 'district', 'street',
                                             'community', 'compound', 'grid', 'park'])
            THEN 'block' ELSE 'line' END
        WHEN step STARTS WITH 'CONTACTS' THEN 'block'
        WHEN step STARTS WITH 'COORDINATES' OR step STARTS WITH 'SUPERVISED_BY' THEN 'line'
        ELSE 'bridge'
    END AS class
    RETURN sum(CASE class WHEN 'line' THEN 1 ELSE 0 END) AS line_hops,
           sum(CASE class WHEN 'block' THEN 1 ELSE 0 END) AS block_hops,
           sum(CASE class WHEN 'bridge' THEN 1 ELSE 0 END) AS bridge_hops
}
// The community in which each node stands: its place, or the first one above that. Of
// several hosts, places and larger areas the primary one counts, then the smallest id.
WITH *, COLLECT {
    UNWIND row.nodes AS node
    WITH coalesce(COLLECT {
        MATCH (node)-[r:HOSTED_BY]->(host:Unit|Area)
        WHERE $p.day IS NULL OR
              all(v IN [r, host] WHERE coalesce(v.valid_from <= $p.day < v.valid_to, true))
        RETURN host ORDER BY host.id LIMIT 1
    }[0], node) AS host
    WITH coalesce(COLLECT {
        MATCH (host)-[r:LOCATED_IN]->(area:Area)
        WHERE $p.day IS NULL OR
              all(v IN [r, area] WHERE coalesce(v.valid_from <= $p.day < v.valid_to, true))
        RETURN area ORDER BY coalesce(r.primary, false) DESC, area.id LIMIT 1
    }[0], host) AS place
    RETURN COLLECT {
        MATCH (place) (
            (lower:Area)-[:PART_OF]->(upper)
            WHERE lower.level <> 'community' AND upper = COLLECT {
                MATCH (lower)-[r:PART_OF]->(area:Area)
                WHERE $p.day IS NULL OR all(v IN [r, area]
                      WHERE coalesce(v.valid_from <= $p.day < v.valid_to, true))
                RETURN area ORDER BY coalesce(r.primary, false) DESC, area.id LIMIT 1
            }[0]
        ){0,15} (community:Area {level: 'community'})
        RETURN community.id LIMIT 1
    }[0]
} AS communities
RETURN rank,
       row.offer.resource AS resource,
       row.ids[-1] AS owner,
       row.cost AS cost,
       row.hops AS hops,
       row.ids AS nodes,
       CASE WHEN row.hops > 0 THEN row.steps END AS steps,
       line_hops,
       block_hops,
       bridge_hops,
       size([i IN range(1, row.hops) WHERE communities[i - 1] <> communities[i]])
           AS community_changes,
       row.offer.capacity_left AS capacity_left
ORDER BY cost, hops, nodes, steps, resource
