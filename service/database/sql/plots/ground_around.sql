-- Plots around a shape: own ones whole, and ground of neighbours as far as 200 m from the scope.
--
-- shape:       geometry in EPSG:4490.
-- max_own, max_foreign: one more row than this is given of each, so that the caller sees there are
--                       more.
-- Returns own versions (approved and working) that share a point with the shape, with their number;
-- and of approved plots beyond the scope the part within 200 m of it, without number. Cancelled
-- plots are left out. In a scope of the whole tree every plot is an own one; a plot of a unit of
-- the scope is, wherever it lies; without a scope there is none.
-- The service may call it: for overlaps with neighbours.
CREATE OR REPLACE FUNCTION ground_around(
    shape geometry,
    max_own integer,
    max_foreign integer
)
RETURNS TABLE(
    plot_id bigint,
    slot text,
    stage text,
    kind text,
    district text,
    geom geometry
)
LANGUAGE plpgsql
STABLE SECURITY DEFINER
SET search_path TO 'pg_catalog', 'public', 'pg_temp'
SET plan_cache_mode TO 'force_custom_plan'
AS $$
#variable_conflict use_column
DECLARE
    scope text[] := current_scope();
    near geometry;
BEGIN
    -- Each slot has an index of its own.
    RETURN QUERY
    SELECT v.plot_id, v.slot, v.stage, v.kind, v.district, v.geom
    FROM plot_version v
    WHERE (v.slot = 'working' AND v.geom && shape OR v.slot = 'approved' AND v.geom && shape)
      AND v.stage <> 'cancelled'
      AND (scope = '{*}' OR v.district = ANY (scope) OR 'unit:' || v.unit = ANY (scope))
      AND ST_Intersects(v.geom, shape)
    LIMIT max_own + 1;
    IF scope = '{*}' THEN
        RETURN;
    END IF;
    -- The ground of the shape within 200 m of the scope; 0.02 degrees are more than 200 m of
    -- longitude up to 84 degrees north. Only cells near the shape are widened.
    -- ST_Buffer of a geography answers in WGS 84, centimetres from CGCS2000.
    SELECT ST_SetSRID(ST_Union(ST_Buffer(c.geom::geography, 200)::geometry), ST_SRID(shape))
    INTO near
    FROM district_cell c
    JOIN district_boundary b ON b.id = c.boundary_id AND b.valid_to IS NULL
    WHERE c.code = ANY (scope) AND c.geom && ST_Expand(ST_Envelope(shape), 0.02)
      AND EXISTS (
          SELECT 1 FROM plot_version v
          WHERE v.slot = 'approved' AND v.stage <> 'cancelled'
            AND (v.district = ANY (scope) OR 'unit:' || v.unit = ANY (scope)) IS NOT TRUE
            AND v.geom && shape AND v.geom && ST_Expand(c.geom, 0.02));
    IF near IS NULL THEN
        RETURN;
    END IF;
    RETURN QUERY
    SELECT NULL::bigint, cut.slot, cut.stage, cut.kind, cut.district, cut.geom
    FROM (
        SELECT v.slot, v.stage, v.kind, v.district,
               ST_CollectionExtract(ST_Intersection(v.geom, near), 3) AS geom
        FROM plot_version v
        WHERE v.slot = 'approved' AND v.geom && shape AND v.stage <> 'cancelled'
          AND (v.district = ANY (scope) OR 'unit:' || v.unit = ANY (scope)) IS NOT TRUE
          AND v.geom && near
          AND ST_Intersects(v.geom, shape) AND ST_Intersects(v.geom, near)
        LIMIT max_foreign + 1
    ) cut
    WHERE NOT ST_IsEmpty(cut.geom) AND ST_Intersects(cut.geom, shape);
END
$$;
COMMENT ON FUNCTION ground_around(geometry, integer, integer) IS
    'Own plots that share a point with a shape, and approved foreign ground within 200 m of the '
    'scope';
REVOKE ALL ON FUNCTION ground_around(geometry, integer, integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ground_around(geometry, integer, integer) TO :service_role;
