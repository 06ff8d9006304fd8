-- Approved plots of neighbours within 200 m of the scope, to snap to while drawing.
--
-- box:          geometry in EPSG:4490; shapes whose box meets its box are given.
-- max_shapes:   how many are given at most.
-- max_vertices: how many vertices these have at most, and how many are compared with the scope,
--               once for each of its cells.
-- Returns whole shapes, without any attribute; a row of NULL says that there may be more. Plots of
-- a unit of the scope are no neighbours, wherever they lie. Without a scope, and in that of the
-- whole tree, there are none. Every role may call it.
CREATE OR REPLACE FUNCTION snapping_shapes(
    box geometry,
    max_shapes integer,
    max_vertices integer
)
RETURNS TABLE(geom geometry)
LANGUAGE plpgsql
STABLE SECURITY DEFINER
SET search_path TO 'pg_catalog', 'public', 'pg_temp'
SET plan_cache_mode TO 'force_custom_plan'
AS $$
#variable_conflict use_column
DECLARE
    scope text[] := current_scope();
    -- Degrees of longitude in 200 m, as far north or south as the box reaches.
    around double precision := 0.0019 / cos(radians(least(84, greatest(
        abs(ST_YMin(box)), abs(ST_YMax(box))))));
    shapes integer := 0;
    vertices integer := 0;
    compared bigint := 0;
    one record;
BEGIN
    FOR one IN
        SELECT v.geom, ST_NPoints(v.geom) AS vertices, near.cells
        FROM plot_version v
        CROSS JOIN LATERAL (
            SELECT array_agg(c.geom) AS cells FROM district_cell c
            WHERE c.code = ANY(scope) AND c.geom && ST_Expand(v.geom, around)
        ) near
        WHERE v.slot = 'approved' AND v.geom && box
          AND (v.district = ANY (scope) OR 'unit:' || v.unit = ANY (scope)) IS NOT TRUE
          AND scope <> '{*}' AND near.cells IS NOT NULL
    LOOP
        compared := compared + one.vertices * cardinality(one.cells);
        IF shapes = max_shapes OR vertices + one.vertices > max_vertices
           OR compared > max_vertices THEN
            geom := NULL;
            RETURN NEXT;
            RETURN;
        END IF;
        IF EXISTS (SELECT FROM unnest(one.cells) cell
                   WHERE ST_DWithin(cell::geography, one.geom::geography, 200)) THEN
            shapes := shapes + 1;
            vertices := vertices + one.vertices;
            geom := one.geom;
            RETURN NEXT;
        END IF;
    END LOOP;
END
$$;
COMMENT ON FUNCTION snapping_shapes(geometry, integer, integer) IS
    'Approved shapes beyond the scope within 200 m of it, without attributes: to snap to';
