-- The ground within 200 m of the scope of the transaction, near a shape.
--
-- shape: geometry in EPSG:4490.
-- Returns polygons, or NULL when no county of the scope lies near. Not for the whole tree, where
-- nothing is foreign.
-- Only functions of the owner call it.
CREATE OR REPLACE FUNCTION ground_near_scope(shape geometry)
RETURNS geometry
LANGUAGE sql
STABLE STRICT SECURITY DEFINER
SET search_path TO 'pg_catalog', 'public', 'pg_temp'
AS $$
    -- 0.02 degrees are more than 200 m of longitude up to 84 degrees north.
    SELECT ST_SetSRID(ST_Union(ST_Buffer(c.geom::geography, 200)::geometry), ST_SRID(shape))
    FROM district_cell c
    JOIN district_boundary b ON b.id = c.boundary_id AND b.valid_to IS NULL
    WHERE c.code = ANY (current_scope()) AND c.geom && ST_Expand(ST_Envelope(shape), 0.02)
$$;
COMMENT ON FUNCTION ground_near_scope(geometry) IS
    'The ground within 200 m of the scope, near a shape';
REVOKE ALL ON FUNCTION ground_near_scope(geometry) FROM PUBLIC;
