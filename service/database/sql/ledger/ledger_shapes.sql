-- The ground of the rows of ledger_of_counties(), for files with shapes.
--
-- codes: codes of counties; those out of scope are left out. Not NULL.
-- Returns a row for each holder of the scope and set of further plots, as ledger_of_counties()
-- names them, with the ground in these counties; ground of holders beyond the scope is left out.
-- The shapes are those of now, whatever cells wait to be counted.
-- The service may call it; the scope decides what it sees.
CREATE OR REPLACE FUNCTION ledger_shapes(codes text[])
RETURNS TABLE(plot_id bigint, also bigint[], ground geometry)
LANGUAGE plpgsql
STABLE SECURITY DEFINER
SET search_path TO 'pg_catalog', 'public', 'pg_temp'
SET jit TO 'off'
SET plan_cache_mode TO 'force_custom_plan'
AS $$
#variable_conflict use_column
DECLARE
    scope text[] := current_scope();
    blocking bigint[] := blocking_versions(NULL);
BEGIN
    RETURN QUERY
    WITH county AS MATERIALIZED (
        SELECT b.id, b.geom FROM codes_in_scope(codes) AS mine(code)
        JOIN district_boundary b ON b.code = mine.code AND b.valid_to IS NULL
    ), plot AS MATERIALIZED (
        SELECT v.plot_id, v.stage, v.kind, v.geom AS shape, met.part
        FROM county CROSS JOIN LATERAL (
            SELECT DISTINCT p.plot_id FROM district_cell c
            JOIN plot_version p ON p.slot = 'approved' AND p.geom && c.geom
                AND ST_Intersects(p.geom, c.geom)
            WHERE c.boundary_id = county.id
        ) near
        JOIN plot_version v ON v.plot_id = near.plot_id AND v.slot = 'approved'
            AND v.stage IN ('planted', 'accepted', 'existing')
        CROSS JOIN LATERAL (
            SELECT CASE WHEN ST_CoveredBy(v.geom, county.geom) THEN v.geom
                        ELSE ST_CollectionExtract(ST_Intersection(v.geom, county.geom), 3)
                   END AS part OFFSET 0
        ) met
        WHERE scope = '{*}' OR v.district = ANY (scope) OR 'unit:' || v.unit = ANY (scope)
    ), around AS MATERIALIZED (
        -- Each plot with those that lie on its ground; what each is allowed of it.
        SELECT plot.plot_id, array_agg(q.plot_id ORDER BY q.plot_id) AS plots,
               array_agg(allowed_ground(common.ground, q.stage, q.kind, blocking)
                         ORDER BY q.plot_id) AS parts
        FROM plot
        JOIN plot_version q ON q.slot = 'approved'
            AND q.stage IN ('planted', 'accepted', 'existing')
            AND q.geom && plot.part AND ST_Intersects(q.geom, plot.part)
        CROSS JOIN LATERAL (
            SELECT CASE WHEN q.plot_id = plot.plot_id THEN plot.part
                        ELSE ST_CollectionExtract(ST_Intersection(q.geom, plot.part), 3)
                   END AS ground OFFSET 0
        ) common
        WHERE NOT ST_IsEmpty(common.ground)
        GROUP BY plot.plot_id, plot.part
    ), face AS (
        SELECT around.plot_id, '{}'::bigint[] AS others, around.parts[1] AS ground
        FROM around WHERE cardinality(around.plots) = 1
        UNION ALL
        SELECT around.plot_id, f.holders[2:], f.face
        FROM around CROSS JOIN LATERAL credited_faces(around.plots, around.parts) f
        WHERE cardinality(around.plots) > 1 AND f.holders[1] = around.plot_id
    )
    SELECT told.plot_id, told.also, ST_Multi(ST_CollectionExtract(ST_Union(told.ground), 3))
    FROM (
        SELECT face.plot_id, face.ground,
               CASE WHEN face.others = '{}' OR scope = '{*}' THEN face.others ELSE ARRAY(
                   SELECT other.id FROM unnest(face.others) WITH ORDINALITY other(id, n)
                   JOIN plot_version w ON w.plot_id = other.id AND w.slot = 'approved'
                   WHERE w.district = ANY (scope) OR 'unit:' || w.unit = ANY (scope)
                   ORDER BY other.n) END AS also
        FROM face WHERE NOT ST_IsEmpty(face.ground)
    ) told
    GROUP BY told.plot_id, told.also;
END
$$;
COMMENT ON FUNCTION ledger_shapes(text[]) IS
    'The ground of each holder in counties of the scope, by the further plots on it';
REVOKE ALL ON FUNCTION ledger_shapes(text[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ledger_shapes(text[]) TO :service_role;
