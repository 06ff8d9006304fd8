-- Approved plots of neighbours within 200 m of the scope, to snap to while drawing.
--
-- box: geometry in EPSG:4490; shapes whose box meets its box are given.
-- Returns whole shapes, without any attribute. Without a scope, and in that of the whole tree,
-- there are none. Every role may call it.
CREATE OR REPLACE FUNCTION snapping_shapes(box geometry)
RETURNS TABLE(geom geometry)
LANGUAGE plpgsql
STABLE SECURITY DEFINER
SET search_path TO 'pg_catalog', 'public', 'pg_temp'
SET plan_cache_mode TO 'force_custom_plan'
AS $$
#variable_conflict use_column
DECLARE
    scope text[] := current_scope();
BEGIN
    RETURN QUERY
    SELECT v.geom FROM plot_version v
    WHERE v.slot = 'approved' AND v.geom && box AND NOT v.district = ANY(scope) AND scope <> '{*}'
      -- 0.02° are more than 200 m of longitude up to 84° north.
      AND EXISTS (
          SELECT 1 FROM district_cell c
          WHERE c.code = ANY(scope) AND c.geom && ST_Expand(v.geom, 0.02)
            AND ST_DWithin(c.geom::geography, v.geom::geography, 200));
END
$$;
COMMENT ON FUNCTION snapping_shapes(geometry) IS
    'Approved shapes beyond the scope within 200 m of it, without attributes: to snap to';
