-- The share of a planned plot that is done: by approved plots, planted or accepted, that name it.
--
-- plan:  id of the planned plot.
-- shape: its ground, in EPSG:4490.
-- Returns a ratio from 0 to 1 of areas on the ellipsoid; ground that several plots carry out counts
-- once. NULL when the shape is NULL.
-- Every role may call it; whose plots count is decided by the policies of the caller.
CREATE OR REPLACE FUNCTION fulfilled_share(plan bigint, shape geometry)
RETURNS double precision
LANGUAGE sql STABLE STRICT
AS $$
    SELECT CASE WHEN ST_Area(done.geom) >= ST_Area(shape) * (1 - 1e-9) THEN 1.0
                ELSE coalesce(ST_Area(done.geom::geography), 0) / ST_Area(shape::geography) END
    FROM (
        -- Cut first, united then: see beyond_cells.
        SELECT ST_Union(ST_CollectionExtract(ST_Intersection(v.geom, shape), 3)
                        ORDER BY v.plot_id) AS geom
        FROM plot_version v
        WHERE v.slot = 'approved' AND v.stage IN ('planted', 'accepted')
          AND v.geom && shape AND plan = ANY(v.plan_ids) AND ST_Intersects(v.geom, shape)
    ) done
$$;
COMMENT ON FUNCTION fulfilled_share(bigint, geometry) IS
    'The share of a planned plot that approved plots have carried out, a ratio';
