// integration.nearest 每项未解决需求最近的资源是哪个？
// Which resource is nearest to each open need?
//
// Parameters, the keys of the one map $p:
//   within     id of the area whose needs are looked at; null for everything
//   kinds      the kinds of needs asked about; null for all
//   day        a date; null for whatever the graph holds
//   max_hops   the longest path, at most 6
//   cost       what each step costs, at least 1; a step that is not named is not taken
//   delta      the grammar: for each state, the steps it allows and where each leads
//
// In Neo4j Browser, run this line first (without the slashes):
// :param p => {within: null, kinds: null, day: null, max_hops: 4, cost: {`CONTACTS<`: 2, `CONTACTS>`: 2, `COORDINATES<`: 2, `COORDINATES>`: 1, `COVERS<`: 1, `COVERS>`: 1, `ESCALATES_TO>`: 2, `HOLDS_POWER_OVER>`: 2, `HOLDS_SEAT_ON`: 1, `HOSTED_BY<`: 1, `HOSTED_BY>`: 1, `PARTNERS_WITH`: 1, `SUBORDINATE_TO<`: 1, `SUBORDINATE_TO>`: 2, `SUPERVISED_BY<`: 2, `SUPERVISED_BY>`: 3}, delta: [{`CONTACTS<`: 1, `CONTACTS>`: 1, `COORDINATES<`: 1, `COORDINATES>`: 1, `COVERS<`: 2, `COVERS>`: 2, `ESCALATES_TO>`: 1, `HOLDS_POWER_OVER>`: 1, `HOLDS_SEAT_ON`: 1, `HOSTED_BY<`: 2, `HOSTED_BY>`: 2, `PARTNERS_WITH`: 1, `SUBORDINATE_TO<`: 3, `SUBORDINATE_TO>`: 4, `SUPERVISED_BY<`: 3, `SUPERVISED_BY>`: 4}, {`CONTACTS<`: 5, `CONTACTS>`: 5, `COORDINATES<`: 5, `COORDINATES>`: 5, `COVERS<`: 6, `COVERS>`: 6, `ESCALATES_TO>`: 5, `HOLDS_POWER_OVER>`: 5, `HOLDS_SEAT_ON`: 5, `HOSTED_BY<`: 6, `HOSTED_BY>`: 6, `PARTNERS_WITH`: 5, `SUBORDINATE_TO<`: 3, `SUBORDINATE_TO>`: 4, `SUPERVISED_BY<`: 3, `SUPERVISED_BY>`: 4}, {`CONTACTS<`: 1, `CONTACTS>`: 1, `COORDINATES<`: 1, `COORDINATES>`: 1, `COVERS<`: 6, `COVERS>`: 6, `ESCALATES_TO>`: 1, `HOLDS_POWER_OVER>`: 1, `HOLDS_SEAT_ON`: 1, `HOSTED_BY<`: 6, `HOSTED_BY>`: 6, `PARTNERS_WITH`: 1, `SUBORDINATE_TO<`: 3, `SUBORDINATE_TO>`: 4, `SUPERVISED_BY<`: 3, `SUPERVISED_BY>`: 4}, {`CONTACTS<`: 5, `CONTACTS>`: 5, `COORDINATES<`: 5, `COORDINATES>`: 5, `COVERS<`: 6, `COVERS>`: 6, `ESCALATES_TO>`: 5, `HOLDS_POWER_OVER>`: 5, `HOLDS_SEAT_ON`: 5, `HOSTED_BY<`: 6, `HOSTED_BY>`: 6, `PARTNERS_WITH`: 5, `SUBORDINATE_TO<`: 7, `SUPERVISED_BY<`: 7}, {`CONTACTS<`: 5, `CONTACTS>`: 5, `COORDINATES<`: 5, `COORDINATES>`: 5, `COVERS<`: 6, `COVERS>`: 6, `ESCALATES_TO>`: 5, `HOLDS_POWER_OVER>`: 5, `HOLDS_SEAT_ON`: 5, `HOSTED_BY<`: 6, `HOSTED_BY>`: 6, `PARTNERS_WITH`: 5, `SUBORDINATE_TO<`: 3, `SUBORDINATE_TO>`: 8, `SUPERVISED_BY<`: 3, `SUPERVISED_BY>`: 8}, {`CONTACTS<`: 9, `CONTACTS>`: 9, `COORDINATES<`: 9, `COORDINATES>`: 9, `COVERS<`: 6, `COVERS>`: 6, `ESCALATES_TO>`: 9, `HOLDS_POWER_OVER>`: 9, `HOLDS_SEAT_ON`: 9, `HOSTED_BY<`: 6, `HOSTED_BY>`: 6, `PARTNERS_WITH`: 9}, {}, {`CONTACTS<`: 5, `CONTACTS>`: 5, `COORDINATES<`: 5, `COORDINATES>`: 5, `COVERS<`: 6, `COVERS>`: 6, `ESCALATES_TO>`: 5, `HOLDS_POWER_OVER>`: 5, `HOLDS_SEAT_ON`: 5, `HOSTED_BY<`: 6, `HOSTED_BY>`: 6, `PARTNERS_WITH`: 5}, {`CONTACTS<`: 5, `CONTACTS>`: 5, `COORDINATES<`: 5, `COORDINATES>`: 5, `COVERS<`: 6, `COVERS>`: 6, `ESCALATES_TO>`: 5, `HOLDS_POWER_OVER>`: 5, `HOLDS_SEAT_ON`: 5, `HOSTED_BY<`: 6, `HOSTED_BY>`: 6, `PARTNERS_WITH`: 5, `SUBORDINATE_TO<`: 3, `SUPERVISED_BY<`: 3}, {`COVERS<`: 6, `COVERS>`: 6, `HOSTED_BY<`: 6, `HOSTED_BY>`: 6}]}
//
// How it goes. Needs of one kind that the same organizations raise share a search. It
// starts from these organizations and goes on hop by hop. Cypher has no loop, so the block
// of one hop stands here six times, always the same, and is explained at the first. One hop
// hands to the next:
//
// - `reached`, {node, state, cost, hop}: each organization that it came to in each state of
//   the grammar, at what cost at least, and after how many hops;
// - `found`, {cost, resource, owner, capacity_left}: the best that each number of hops led
//   to. It costs no more than those before it, so the last says what others may cost.
//
// A way that comes by an organization twice is never cheaper than without the round, so
// nothing else need be known of the way. A step is a relationship type and its direction:
// `>` along it, `<` against it, nothing where either way is the same. `valid_from <= day <
// valid_to` is unknown while an end is open and the other one holds, and that counts as
// valid. Of several hosts, places and larger areas the primary one counts, then the
// smallest id.

// The kinds that anybody offers: for others nothing is searched, as it would be the whole
// neighbourhood.
WITH COLLECT {
    MATCH (owner:Unit|PartyOrganization)-[r:OFFERS]->(resource:Resource)
    WHERE $p.day IS NULL OR all(v IN [owner, r, resource]
          WHERE coalesce(v.valid_from <= $p.day < v.valid_to, true))
    RETURN DISTINCT resource.kind
} AS offered

// The needs asked about: all of them, or those that stand in one area or in one that lies
// in it, going down, or that are raised from there.
CALL () {
    WITH 1 AS everything WHERE $p.within IS NULL
    MATCH (need:Need)
    RETURN need
  UNION
    MATCH (:Area {id: $p.within}) (
        (upper)<-[:PART_OF]-(lower:Area)
        WHERE upper = COLLECT {
            MATCH (lower)-[r:PART_OF]->(area:Area)
            WHERE $p.day IS NULL OR all(v IN [lower, r, area]
                  WHERE coalesce(v.valid_from <= $p.day < v.valid_to, true))
            RETURN area ORDER BY coalesce(r.primary, false) DESC, area.id LIMIT 1
        }[0]
    ){0,15} (place)
    WITH DISTINCT place
    // What stands there: the area itself, its needs and units, and who sits in it or them.
    CALL (place) {
        RETURN place AS host
      UNION
        MATCH (place)<-[:LOCATED_IN]-(host:Need|Unit)
        WHERE place = COLLECT {
            MATCH (host)-[r:LOCATED_IN]->(area:Area)
            WHERE $p.day IS NULL OR all(v IN [host, r, area]
                  WHERE coalesce(v.valid_from <= $p.day < v.valid_to, true))
            RETURN area ORDER BY coalesce(r.primary, false) DESC, area.id LIMIT 1
        }[0]
        RETURN host
    }
    CALL (host) {
        RETURN host AS thing
      UNION
        MATCH (host)<-[:HOSTED_BY]-(thing:PartyOrganization)
        WHERE host = COLLECT {
            MATCH (thing)-[r:HOSTED_BY]->(other:Unit|Area)
            WHERE $p.day IS NULL OR all(v IN [thing, r, other]
                  WHERE coalesce(v.valid_from <= $p.day < v.valid_to, true))
            RETURN other ORDER BY other.id LIMIT 1
        }[0]
        RETURN thing
    }
    CALL (thing) {
        WITH thing WHERE thing:Need
        RETURN thing AS need
      UNION
        MATCH (thing)-[r:RAISES]->(need:Need)
        WHERE $p.day IS NULL OR coalesce(r.valid_from <= $p.day < r.valid_to, true)
        RETURN need
    }
    RETURN need
}
WITH need
WHERE need.kind IN offered AND ($p.kinds IS NULL OR need.kind IN $p.kinds)
  AND coalesce(NOT need.status IN ['met', 'withdrawn'], true)
  AND ($p.day IS NULL OR coalesce(need.valid_from <= $p.day < need.valid_to, true))

// Whoever raises a need; for an area, the organizations that cover it or sit in it.
WITH need, COLLECT {
    CALL (need) {
        MATCH (need)<-[r:RAISES]-(asker:Unit|PartyOrganization)
        WHERE $p.day IS NULL OR
              all(v IN [r, asker] WHERE coalesce(v.valid_from <= $p.day < v.valid_to, true))
        RETURN asker
      UNION
        MATCH (need)<-[r:RAISES]-(area:Area)<-[s:COVERS|HOSTED_BY]-(asker:PartyOrganization)
        WHERE (s:HOSTED_BY OR s.basis = 'organization') AND ($p.day IS NULL OR
              all(v IN [r, area, s, asker]
                  WHERE coalesce(v.valid_from <= $p.day < v.valid_to, true)))
        RETURN asker
    }
    RETURN asker ORDER BY asker.id
} AS askers
WITH need.kind AS kind, askers, collect(need) AS needs
WHERE askers <> []
CALL (kind, askers) {
    WITH kind, 0 AS hop, [] AS found,
         [asker IN askers | {node: asker, state: 0, cost: 0, hop: 0}] AS reached

    // Hop 1
    // The best that those offer whom the hop before came to. A match without a status may
    // count or not, so what is left is then unknown, as it is without a capacity; both are
    // allowed.
    WITH kind, hop + 1 AS hop, reached, found + COLLECT {
        UNWIND reached AS place
        WITH place.node AS owner, place.cost AS cost
        WHERE place.hop = hop
        MATCH (owner)-[r:OFFERS]->(resource:Resource {kind: kind})
        WHERE $p.day IS NULL OR
              all(v IN [r, resource] WHERE coalesce(v.valid_from <= $p.day < v.valid_to, true))
        WITH owner, resource, cost, COLLECT {
            MATCH (resource)-[m:MATCHED_TO]->(n:Need)
            WHERE coalesce(m.status IN ['agreed', 'running', 'done'], true) AND ($p.day IS NULL OR
                  all(v IN [m, n] WHERE coalesce(v.valid_from <= $p.day < v.valid_to, true)))
            RETURN CASE WHEN m.status IS NOT NULL THEN m.quantity END
        } AS taken
        WITH owner.id AS owner, resource.id AS resource, cost,
             reduce(rest = resource.capacity, n IN taken | rest - n) AS capacity_left
        WHERE coalesce(capacity_left > 0, true)
        RETURN {cost: cost, resource: resource, owner: owner, capacity_left: capacity_left}
        ORDER BY cost, resource, owner LIMIT 1
    } AS found
    // One hop on from these, beside what was reached before: of each node and state the least
    // cost, and of that the fewest hops. What costs more than the best so far is let go: at
    // the same cost the smaller id counts, and a step costs 1 at least.
    CALL (hop, found, reached) {
        CALL (hop, found, reached) {
            UNWIND reached AS place
            WITH place.node AS node, place.state AS state, place.cost AS cost, place.hop AS at
            WHERE hop <= $p.max_hops AND coalesce(cost < found[-1].cost, true)
            RETURN node, state, cost, at
          UNION ALL
            UNWIND reached AS place
            WITH place.node AS here, place.state AS state, place.cost AS cost
            WHERE hop <= $p.max_hops AND coalesce(cost < found[-1].cost, true)
              AND place.hop = hop - 1 AND $p.delta[state] <> {}
            MATCH (here)-[r:HOSTED_BY|COVERS|HOLDS_SEAT_ON|PARTNERS_WITH|COORDINATES|ESCALATES_TO
                           |HOLDS_POWER_OVER|CONTACTS|SUBORDINATE_TO|SUPERVISED_BY
                         ]-(there:Unit|PartyOrganization)
            WHERE $p.day IS NULL OR
                  all(v IN [r, there] WHERE coalesce(v.valid_from <= $p.day < v.valid_to, true))
            WITH here, state, cost, there, r, type(r) AS name
            WHERE name <> 'HOLDS_POWER_OVER' OR r.power = 'dispatch'
            WITH here, state, cost, there,
                 name + CASE WHEN name IN ['HOLDS_SEAT_ON', 'PARTNERS_WITH'] THEN ''
                             WHEN startNode(r) = here THEN '>' ELSE '<' END AS step
            WHERE $p.delta[state][step] IS NOT NULL
              // Between the same two HOSTED_BY stands for COVERS.
              AND NOT (step STARTS WITH 'COVERS'
                       AND $p.cost[replace(step, 'COVERS', 'HOSTED_BY')] IS NOT NULL AND EXISTS {
                  MATCH (here)-[h:HOSTED_BY]-(there)
                  WHERE $p.day IS NULL OR coalesce(h.valid_from <= $p.day < h.valid_to, true)
              })
            WITH there AS node, $p.delta[state][step] AS state, cost + $p.cost[step] AS cost,
                 hop AS at
            WHERE coalesce(cost <= found[-1].cost, true)
            RETURN node, state, cost, at
        }
        WITH node, state, min([cost, at]) AS least
        RETURN collect({node: node, state: state, cost: least[0], hop: least[1]}) AS further
    }
    WITH kind, hop, found, further AS reached

    // Hop 2
    WITH kind, hop + 1 AS hop, reached, found + COLLECT {
        UNWIND reached AS place
        WITH place.node AS owner, place.cost AS cost
        WHERE place.hop = hop
        MATCH (owner)-[r:OFFERS]->(resource:Resource {kind: kind})
        WHERE $p.day IS NULL OR
              all(v IN [r, resource] WHERE coalesce(v.valid_from <= $p.day < v.valid_to, true))
        WITH owner, resource, cost, COLLECT {
            MATCH (resource)-[m:MATCHED_TO]->(n:Need)
            WHERE coalesce(m.status IN ['agreed', 'running', 'done'], true) AND ($p.day IS NULL OR
                  all(v IN [m, n] WHERE coalesce(v.valid_from <= $p.day < v.valid_to, true)))
            RETURN CASE WHEN m.status IS NOT NULL THEN m.quantity END
        } AS taken
        WITH owner.id AS owner, resource.id AS resource, cost,
             reduce(rest = resource.capacity, n IN taken | rest - n) AS capacity_left
        WHERE coalesce(capacity_left > 0, true)
        RETURN {cost: cost, resource: resource, owner: owner, capacity_left: capacity_left}
        ORDER BY cost, resource, owner LIMIT 1
    } AS found
    CALL (hop, found, reached) {
        CALL (hop, found, reached) {
            UNWIND reached AS place
            WITH place.node AS node, place.state AS state, place.cost AS cost, place.hop AS at
            WHERE hop <= $p.max_hops AND coalesce(cost < found[-1].cost, true)
            RETURN node, state, cost, at
          UNION ALL
            UNWIND reached AS place
            WITH place.node AS here, place.state AS state, place.cost AS cost
            WHERE hop <= $p.max_hops AND coalesce(cost < found[-1].cost, true)
              AND place.hop = hop - 1 AND $p.delta[state] <> {}
            MATCH (here)-[r:HOSTED_BY|COVERS|HOLDS_SEAT_ON|PARTNERS_WITH|COORDINATES|ESCALATES_TO
                           |HOLDS_POWER_OVER|CONTACTS|SUBORDINATE_TO|SUPERVISED_BY
                         ]-(there:Unit|PartyOrganization)
            WHERE $p.day IS NULL OR
                  all(v IN [r, there] WHERE coalesce(v.valid_from <= $p.day < v.valid_to, true))
            WITH here, state, cost, there, r, type(r) AS name
            WHERE name <> 'HOLDS_POWER_OVER' OR r.power = 'dispatch'
            WITH here, state, cost, there,
                 name + CASE WHEN name IN ['HOLDS_SEAT_ON', 'PARTNERS_WITH'] THEN ''
                             WHEN startNode(r) = here THEN '>' ELSE '<' END AS step
            WHERE $p.delta[state][step] IS NOT NULL
              AND NOT (step STARTS WITH 'COVERS'
                       AND $p.cost[replace(step, 'COVERS', 'HOSTED_BY')] IS NOT NULL AND EXISTS {
                  MATCH (here)-[h:HOSTED_BY]-(there)
                  WHERE $p.day IS NULL OR coalesce(h.valid_from <= $p.day < h.valid_to, true)
              })
            WITH there AS node, $p.delta[state][step] AS state, cost + $p.cost[step] AS cost,
                 hop AS at
            WHERE coalesce(cost <= found[-1].cost, true)
            RETURN node, state, cost, at
        }
        WITH node, state, min([cost, at]) AS least
        RETURN collect({node: node, state: state, cost: least[0], hop: least[1]}) AS further
    }
    WITH kind, hop, found, further AS reached

    // Hop 3
    WITH kind, hop + 1 AS hop, reached, found + COLLECT {
        UNWIND reached AS place
        WITH place.node AS owner, place.cost AS cost
        WHERE place.hop = hop
        MATCH (owner)-[r:OFFERS]->(resource:Resource {kind: kind})
        WHERE $p.day IS NULL OR
              all(v IN [r, resource] WHERE coalesce(v.valid_from <= $p.day < v.valid_to, true))
        WITH owner, resource, cost, COLLECT {
            MATCH (resource)-[m:MATCHED_TO]->(n:Need)
            WHERE coalesce(m.status IN ['agreed', 'running', 'done'], true) AND ($p.day IS NULL OR
                  all(v IN [m, n] WHERE coalesce(v.valid_from <= $p.day < v.valid_to, true)))
            RETURN CASE WHEN m.status IS NOT NULL THEN m.quantity END
        } AS taken
        WITH owner.id AS owner, resource.id AS resource, cost,
             reduce(rest = resource.capacity, n IN taken | rest - n) AS capacity_left
        WHERE coalesce(capacity_left > 0, true)
        RETURN {cost: cost, resource: resource, owner: owner, capacity_left: capacity_left}
        ORDER BY cost, resource, owner LIMIT 1
    } AS found
    CALL (hop, found, reached) {
        CALL (hop, found, reached) {
            UNWIND reached AS place
            WITH place.node AS node, place.state AS state, place.cost AS cost, place.hop AS at
            WHERE hop <= $p.max_hops AND coalesce(cost < found[-1].cost, true)
            RETURN node, state, cost, at
          UNION ALL
            UNWIND reached AS place
            WITH place.node AS here, place.state AS state, place.cost AS cost
            WHERE hop <= $p.max_hops AND coalesce(cost < found[-1].cost, true)
              AND place.hop = hop - 1 AND $p.delta[state] <> {}
            MATCH (here)-[r:HOSTED_BY|COVERS|HOLDS_SEAT_ON|PARTNERS_WITH|COORDINATES|ESCALATES_TO
                           |HOLDS_POWER_OVER|CONTACTS|SUBORDINATE_TO|SUPERVISED_BY
                         ]-(there:Unit|PartyOrganization)
            WHERE $p.day IS NULL OR
                  all(v IN [r, there] WHERE coalesce(v.valid_from <= $p.day < v.valid_to, true))
            WITH here, state, cost, there, r, type(r) AS name
            WHERE name <> 'HOLDS_POWER_OVER' OR r.power = 'dispatch'
            WITH here, state, cost, there,
                 name + CASE WHEN name IN ['HOLDS_SEAT_ON', 'PARTNERS_WITH'] THEN ''
                             WHEN startNode(r) = here THEN '>' ELSE '<' END AS step
            WHERE $p.delta[state][step] IS NOT NULL
              AND NOT (step STARTS WITH 'COVERS'
                       AND $p.cost[replace(step, 'COVERS', 'HOSTED_BY')] IS NOT NULL AND EXISTS {
                  MATCH (here)-[h:HOSTED_BY]-(there)
                  WHERE $p.day IS NULL OR coalesce(h.valid_from <= $p.day < h.valid_to, true)
              })
            WITH there AS node, $p.delta[state][step] AS state, cost + $p.cost[step] AS cost,
                 hop AS at
            WHERE coalesce(cost <= found[-1].cost, true)
            RETURN node, state, cost, at
        }
        WITH node, state, min([cost, at]) AS least
        RETURN collect({node: node, state: state, cost: least[0], hop: least[1]}) AS further
    }
    WITH kind, hop, found, further AS reached

    // Hop 4
    WITH kind, hop + 1 AS hop, reached, found + COLLECT {
        UNWIND reached AS place
        WITH place.node AS owner, place.cost AS cost
        WHERE place.hop = hop
        MATCH (owner)-[r:OFFERS]->(resource:Resource {kind: kind})
        WHERE $p.day IS NULL OR
              all(v IN [r, resource] WHERE coalesce(v.valid_from <= $p.day < v.valid_to, true))
        WITH owner, resource, cost, COLLECT {
            MATCH (resource)-[m:MATCHED_TO]->(n:Need)
            WHERE coalesce(m.status IN ['agreed', 'running', 'done'], true) AND ($p.day IS NULL OR
                  all(v IN [m, n] WHERE coalesce(v.valid_from <= $p.day < v.valid_to, true)))
            RETURN CASE WHEN m.status IS NOT NULL THEN m.quantity END
        } AS taken
        WITH owner.id AS owner, resource.id AS resource, cost,
             reduce(rest = resource.capacity, n IN taken | rest - n) AS capacity_left
        WHERE coalesce(capacity_left > 0, true)
        RETURN {cost: cost, resource: resource, owner: owner, capacity_left: capacity_left}
        ORDER BY cost, resource, owner LIMIT 1
    } AS found
    CALL (hop, found, reached) {
        CALL (hop, found, reached) {
            UNWIND reached AS place
            WITH place.node AS node, place.state AS state, place.cost AS cost, place.hop AS at
            WHERE hop <= $p.max_hops AND coalesce(cost < found[-1].cost, true)
            RETURN node, state, cost, at
          UNION ALL
            UNWIND reached AS place
            WITH place.node AS here, place.state AS state, place.cost AS cost
            WHERE hop <= $p.max_hops AND coalesce(cost < found[-1].cost, true)
              AND place.hop = hop - 1 AND $p.delta[state] <> {}
            MATCH (here)-[r:HOSTED_BY|COVERS|HOLDS_SEAT_ON|PARTNERS_WITH|COORDINATES|ESCALATES_TO
                           |HOLDS_POWER_OVER|CONTACTS|SUBORDINATE_TO|SUPERVISED_BY
                         ]-(there:Unit|PartyOrganization)
            WHERE $p.day IS NULL OR
                  all(v IN [r, there] WHERE coalesce(v.valid_from <= $p.day < v.valid_to, true))
            WITH here, state, cost, there, r, type(r) AS name
            WHERE name <> 'HOLDS_POWER_OVER' OR r.power = 'dispatch'
            WITH here, state, cost, there,
                 name + CASE WHEN name IN ['HOLDS_SEAT_ON', 'PARTNERS_WITH'] THEN ''
                             WHEN startNode(r) = here THEN '>' ELSE '<' END AS step
            WHERE $p.delta[state][step] IS NOT NULL
              AND NOT (step STARTS WITH 'COVERS'
                       AND $p.cost[replace(step, 'COVERS', 'HOSTED_BY')] IS NOT NULL AND EXISTS {
                  MATCH (here)-[h:HOSTED_BY]-(there)
                  WHERE $p.day IS NULL OR coalesce(h.valid_from <= $p.day < h.valid_to, true)
              })
            WITH there AS node, $p.delta[state][step] AS state, cost + $p.cost[step] AS cost,
                 hop AS at
            WHERE coalesce(cost <= found[-1].cost, true)
            RETURN node, state, cost, at
        }
        WITH node, state, min([cost, at]) AS least
        RETURN collect({node: node, state: state, cost: least[0], hop: least[1]}) AS further
    }
    WITH kind, hop, found, further AS reached

    // Hop 5
    WITH kind, hop + 1 AS hop, reached, found + COLLECT {
        UNWIND reached AS place
        WITH place.node AS owner, place.cost AS cost
        WHERE place.hop = hop
        MATCH (owner)-[r:OFFERS]->(resource:Resource {kind: kind})
        WHERE $p.day IS NULL OR
              all(v IN [r, resource] WHERE coalesce(v.valid_from <= $p.day < v.valid_to, true))
        WITH owner, resource, cost, COLLECT {
            MATCH (resource)-[m:MATCHED_TO]->(n:Need)
            WHERE coalesce(m.status IN ['agreed', 'running', 'done'], true) AND ($p.day IS NULL OR
                  all(v IN [m, n] WHERE coalesce(v.valid_from <= $p.day < v.valid_to, true)))
            RETURN CASE WHEN m.status IS NOT NULL THEN m.quantity END
        } AS taken
        WITH owner.id AS owner, resource.id AS resource, cost,
             reduce(rest = resource.capacity, n IN taken | rest - n) AS capacity_left
        WHERE coalesce(capacity_left > 0, true)
        RETURN {cost: cost, resource: resource, owner: owner, capacity_left: capacity_left}
        ORDER BY cost, resource, owner LIMIT 1
    } AS found
    CALL (hop, found, reached) {
        CALL (hop, found, reached) {
            UNWIND reached AS place
            WITH place.node AS node, place.state AS state, place.cost AS cost, place.hop AS at
            WHERE hop <= $p.max_hops AND coalesce(cost < found[-1].cost, true)
            RETURN node, state, cost, at
          UNION ALL
            UNWIND reached AS place
            WITH place.node AS here, place.state AS state, place.cost AS cost
            WHERE hop <= $p.max_hops AND coalesce(cost < found[-1].cost, true)
              AND place.hop = hop - 1 AND $p.delta[state] <> {}
            MATCH (here)-[r:HOSTED_BY|COVERS|HOLDS_SEAT_ON|PARTNERS_WITH|COORDINATES|ESCALATES_TO
                           |HOLDS_POWER_OVER|CONTACTS|SUBORDINATE_TO|SUPERVISED_BY
                         ]-(there:Unit|PartyOrganization)
            WHERE $p.day IS NULL OR
                  all(v IN [r, there] WHERE coalesce(v.valid_from <= $p.day < v.valid_to, true))
            WITH here, state, cost, there, r, type(r) AS name
            WHERE name <> 'HOLDS_POWER_OVER' OR r.power = 'dispatch'
            WITH here, state, cost, there,
                 name + CASE WHEN name IN ['HOLDS_SEAT_ON', 'PARTNERS_WITH'] THEN ''
                             WHEN startNode(r) = here THEN '>' ELSE '<' END AS step
            WHERE $p.delta[state][step] IS NOT NULL
              AND NOT (step STARTS WITH 'COVERS'
                       AND $p.cost[replace(step, 'COVERS', 'HOSTED_BY')] IS NOT NULL AND EXISTS {
                  MATCH (here)-[h:HOSTED_BY]-(there)
                  WHERE $p.day IS NULL OR coalesce(h.valid_from <= $p.day < h.valid_to, true)
              })
            WITH there AS node, $p.delta[state][step] AS state, cost + $p.cost[step] AS cost,
                 hop AS at
            WHERE coalesce(cost <= found[-1].cost, true)
            RETURN node, state, cost, at
        }
        WITH node, state, min([cost, at]) AS least
        RETURN collect({node: node, state: state, cost: least[0], hop: least[1]}) AS further
    }
    WITH kind, hop, found, further AS reached

    // Hop 6
    WITH kind, hop + 1 AS hop, reached, found + COLLECT {
        UNWIND reached AS place
        WITH place.node AS owner, place.cost AS cost
        WHERE place.hop = hop
        MATCH (owner)-[r:OFFERS]->(resource:Resource {kind: kind})
        WHERE $p.day IS NULL OR
              all(v IN [r, resource] WHERE coalesce(v.valid_from <= $p.day < v.valid_to, true))
        WITH owner, resource, cost, COLLECT {
            MATCH (resource)-[m:MATCHED_TO]->(n:Need)
            WHERE coalesce(m.status IN ['agreed', 'running', 'done'], true) AND ($p.day IS NULL OR
                  all(v IN [m, n] WHERE coalesce(v.valid_from <= $p.day < v.valid_to, true)))
            RETURN CASE WHEN m.status IS NOT NULL THEN m.quantity END
        } AS taken
        WITH owner.id AS owner, resource.id AS resource, cost,
             reduce(rest = resource.capacity, n IN taken | rest - n) AS capacity_left
        WHERE coalesce(capacity_left > 0, true)
        RETURN {cost: cost, resource: resource, owner: owner, capacity_left: capacity_left}
        ORDER BY cost, resource, owner LIMIT 1
    } AS found
    CALL (hop, found, reached) {
        CALL (hop, found, reached) {
            UNWIND reached AS place
            WITH place.node AS node, place.state AS state, place.cost AS cost, place.hop AS at
            WHERE hop <= $p.max_hops AND coalesce(cost < found[-1].cost, true)
            RETURN node, state, cost, at
          UNION ALL
            UNWIND reached AS place
            WITH place.node AS here, place.state AS state, place.cost AS cost
            WHERE hop <= $p.max_hops AND coalesce(cost < found[-1].cost, true)
              AND place.hop = hop - 1 AND $p.delta[state] <> {}
            MATCH (here)-[r:HOSTED_BY|COVERS|HOLDS_SEAT_ON|PARTNERS_WITH|COORDINATES|ESCALATES_TO
                           |HOLDS_POWER_OVER|CONTACTS|SUBORDINATE_TO|SUPERVISED_BY
                         ]-(there:Unit|PartyOrganization)
            WHERE $p.day IS NULL OR
                  all(v IN [r, there] WHERE coalesce(v.valid_from <= $p.day < v.valid_to, true))
            WITH here, state, cost, there, r, type(r) AS name
            WHERE name <> 'HOLDS_POWER_OVER' OR r.power = 'dispatch'
            WITH here, state, cost, there,
                 name + CASE WHEN name IN ['HOLDS_SEAT_ON', 'PARTNERS_WITH'] THEN ''
                             WHEN startNode(r) = here THEN '>' ELSE '<' END AS step
            WHERE $p.delta[state][step] IS NOT NULL
              AND NOT (step STARTS WITH 'COVERS'
                       AND $p.cost[replace(step, 'COVERS', 'HOSTED_BY')] IS NOT NULL AND EXISTS {
                  MATCH (here)-[h:HOSTED_BY]-(there)
                  WHERE $p.day IS NULL OR coalesce(h.valid_from <= $p.day < h.valid_to, true)
              })
            WITH there AS node, $p.delta[state][step] AS state, cost + $p.cost[step] AS cost,
                 hop AS at
            WHERE coalesce(cost <= found[-1].cost, true)
            RETURN node, state, cost, at
        }
        WITH node, state, min([cost, at]) AS least
        RETURN collect({node: node, state: state, cost: least[0], hop: least[1]}) AS further
    }
    WITH kind, hop, found, further AS reached

    // What those offer whom the last hop came to; of all, what costs least.
    WITH found + COLLECT {
        UNWIND reached AS place
        WITH place.node AS owner, place.cost AS cost
        WHERE place.hop = hop
        MATCH (owner)-[r:OFFERS]->(resource:Resource {kind: kind})
        WHERE $p.day IS NULL OR
              all(v IN [r, resource] WHERE coalesce(v.valid_from <= $p.day < v.valid_to, true))
        WITH owner, resource, cost, COLLECT {
            MATCH (resource)-[m:MATCHED_TO]->(n:Need)
            WHERE coalesce(m.status IN ['agreed', 'running', 'done'], true) AND ($p.day IS NULL OR
                  all(v IN [m, n] WHERE coalesce(v.valid_from <= $p.day < v.valid_to, true)))
            RETURN CASE WHEN m.status IS NOT NULL THEN m.quantity END
        } AS taken
        WITH owner.id AS owner, resource.id AS resource, cost,
             reduce(rest = resource.capacity, n IN taken | rest - n) AS capacity_left
        WHERE coalesce(capacity_left > 0, true)
        RETURN {cost: cost, resource: resource, owner: owner, capacity_left: capacity_left}
        ORDER BY cost, resource, owner LIMIT 1
    } AS found
    UNWIND found AS best
    RETURN best ORDER BY best.cost, best.resource, best.owner LIMIT 1
}

// Where each need stands: in its community, the first on the way up from its place, else in
// its place.
UNWIND needs AS need
WITH need, best, count(*) AS times  // 1; lets go of all else, which the sort would hold
WITH need, best, COLLECT {
    MATCH (need)-[r:LOCATED_IN]->(area:Area)
    WHERE $p.day IS NULL OR
          all(v IN [r, area] WHERE coalesce(v.valid_from <= $p.day < v.valid_to, true))
    RETURN area ORDER BY coalesce(r.primary, false) DESC, area.id LIMIT 1
}[0] AS place
RETURN need.id AS need,
       need.name AS name,
       need.kind AS kind,
       coalesce(COLLECT {
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
       }[0], place.id) AS area,
       best.resource AS resource,
       best.owner AS owner,
       best.cost AS cost,
       best.capacity_left AS capacity_left
ORDER BY need
