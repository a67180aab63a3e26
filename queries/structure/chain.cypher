// structure.chain 组织链条
// Is the chain from each compound and grid to its district whole?
//
// Parameters, the keys of the one map $p:
//   within            id of an area; null for everywhere
//   day               a date; null for whatever the graph holds
//   superiors         for each setting, the settings that its superior may have
//   complete          what the graph holds completely, such as 'COVERS:grid'
//
// In Neo4j Browser, run this line first (without the slashes):
// :param p => {within: null, day: null, superiors: {grid: ['community'], compound: ['community'], building: ['community', 'street', 'district'], park: ['community', 'street', 'district'], community: ['street'], street: ['district'], district: ['city']}, complete: ['COVERS:grid', 'COVERS:compound', 'COVERS:community', 'COVERS:street', 'COVERS:district', 'SUBORDINATE_TO:PartyOrganization']}

// 1. The compounds and grids; with `within`, those that may lie in it.
CALL () {
    WITH $p.within AS area WHERE area IS NULL
    MATCH (a:Area)
    RETURN a
  UNION
    MATCH (:Area {id: $p.within})<-[:PART_OF]-{0,15}(a:Area)
    RETURN a
}
WITH a
WHERE a.level IN ['compound', 'grid']
  AND ($p.day IS NULL OR
       coalesce(a.valid_from <= $p.day, true) AND coalesce($p.day < a.valid_to, true))

// 2. What lies above them. Of several larger areas the primary one is meant, else the
// one with the smallest id. Neighbours share the way up, so it is walked once.
WITH a, COLLECT {
    MATCH (a)-[r:PART_OF]->(b:Area)
    WHERE $p.day IS NULL OR
          all(v IN [r, b] WHERE coalesce(v.valid_from <= $p.day, true)
                            AND coalesce($p.day < v.valid_to, true))
    RETURN b ORDER BY coalesce(r.primary, false) DESC, b.id LIMIT 1
}[0] AS larger
WITH larger, collect(a) AS areas
WITH areas, COLLECT {
    MATCH way = (larger) (
        (x:Area)-[:PART_OF]->(y:Area)
        WHERE y = COLLECT {
            MATCH (x)-[r:PART_OF]->(b:Area)
            WHERE $p.day IS NULL OR
                  all(v IN [r, b] WHERE coalesce(v.valid_from <= $p.day, true)
                                    AND coalesce($p.day < v.valid_to, true))
            RETURN b ORDER BY coalesce(r.primary, false) DESC, b.id LIMIT 1
        }[0]
    ){0,14} (z)
    RETURN z ORDER BY length(way)
} AS above
WITH [a IN areas
      WHERE $p.within IS NULL OR $p.within IN [a.id] + [z IN above | z.id]] AS areas,
     [level IN ['community', 'street', 'district'] |
      [z IN above WHERE z.level = level][0]] AS above

// 3. The organization of each of these areas, who its superior is, and what is wrong
// with that; in the order of the areas.
WITH areas, COLLECT {
    UNWIND areas + above AS x
    WITH x, COLLECT {
        MATCH (x)<-[c:COVERS {basis: 'organization'}]-(o:PartyOrganization)
        WHERE o.setting = x.level
          AND ($p.day IS NULL OR
               all(v IN [c, o] WHERE coalesce(v.valid_from <= $p.day, true)
                                 AND coalesce($p.day < v.valid_to, true)))
        RETURN o ORDER BY o.id LIMIT 1
    }[0] AS o
    // The superior that counts is the latest, then the one with the smallest id.
    WITH o, COLLECT {
        MATCH (o)-[s:SUBORDINATE_TO]->(b:PartyOrganization)
        WHERE $p.day IS NULL OR
              all(v IN [s, b] WHERE coalesce(v.valid_from <= $p.day, true)
                                AND coalesce($p.day < v.valid_to, true))
        RETURN {id: b.id, setting: b.setting, begins: s.valid_from, ends: s.valid_to}
        ORDER BY s.valid_from IS NULL, s.valid_from DESC, b.id
    } AS superiors
    RETURN {
        id: o.id,
        superior: superiors[0].id,
        fault: CASE
            WHEN o IS NULL THEN null
            WHEN size(superiors) = 0 THEN
                CASE WHEN 'SUBORDINATE_TO:PartyOrganization' IN $p.complete
                     THEN 'no_superior' ELSE 'undetermined' END
            // What has nothing below it lies on no cycle; the rest is searched.
            WHEN EXISTS { (o)<-[:SUBORDINATE_TO]-() } AND EXISTS {
                MATCH SHORTEST 1 (o) (
                    ()-[s:SUBORDINATE_TO]->(b:PartyOrganization)
                    WHERE $p.day IS NULL OR
                          all(v IN [s, b] WHERE coalesce(v.valid_from <= $p.day, true)
                                            AND coalesce($p.day < v.valid_to, true))
                )+ (o)
            } THEN 'cycle'
            // Several at one time: without a day, one after the other is no fault.
            WHEN any(s IN superiors WHERE any(t IN superiors WHERE
                     s.id <> t.id AND coalesce(s.begins < t.ends, true)
                                  AND coalesce(t.begins < s.ends, true)))
                THEN 'several_superiors'
            // A setting that the rules do not name may be under any.
            WHEN any(s IN superiors
                     WHERE NOT coalesce(s.setting IN $p.superiors[o.setting], true))
                THEN 'wrong_level'
        END
    }
} AS organizations

// 4. Going up from each area, where its chain breaks first. The superior of the
// district's organization is not looked at.
UNWIND range(0, size(areas) - 1) AS i
WITH areas[i] AS a, organizations[i] AS own, organizations[-3] AS community,
     organizations[-2] AS street, organizations[-1] AS district
WITH *, [level IN [a.level, 'community', 'street', 'district'] |
         CASE WHEN any(c IN $p.complete
                       WHERE c IN ['COVERS:' + level, 'COVERS{organization}:' + level])
              THEN 'no_organization' ELSE 'undetermined' END] AS absent
WITH *, CASE
    WHEN own.id IS NULL THEN ['own', absent[0]]
    WHEN own.fault IS NOT NULL THEN ['own', own.fault]
    WHEN own.superior <> community.id THEN ['own', 'superior_elsewhere']
    WHEN community.id IS NULL THEN ['community', absent[1]]
    WHEN community.fault IS NOT NULL THEN ['community', community.fault]
    WHEN community.superior <> street.id THEN ['community', 'superior_elsewhere']
    WHEN street.id IS NULL THEN ['street', absent[2]]
    WHEN street.fault IS NOT NULL THEN ['street', street.fault]
    WHEN street.superior <> district.id THEN ['street', 'superior_elsewhere']
    WHEN district.id IS NULL THEN ['district', absent[3]]
END AS broken
RETURN a.id AS area,
       a.level AS level,
       district.id AS district_organization,
       street.id AS street_organization,
       community.id AS community_organization,
       own.id AS own_organization,
       broken[0] AS broken_at,
       broken[1] AS reason
ORDER BY area
