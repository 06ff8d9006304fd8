-- What boundaries that this transaction made leave of some ground.
--
-- ground:   polygons in EPSG:4490 that a boundary had.
-- at_level: level of its district; only boundaries of this level are taken off. NULL: none is.
-- Returns polygons, empty ones where all of it has a new boundary; NULL for NULL. When a border
-- moves between two districts their new boundaries have the ground of both, so that nobody looks
-- at the same plots for the old ones again. A boundary that was made within a savepoint is not
-- recognised as new: then more is looked at than need be.
-- Only functions of the owner call it.
CREATE OR REPLACE FUNCTION ground_let_go(ground geometry, at_level text)
RETURNS geometry
LANGUAGE sql STABLE SECURITY DEFINER
SET search_path TO 'pg_catalog', 'public', 'pg_temp'
AS $$
SELECT coalesce(ST_CollectionExtract(ST_Difference(ground, (
    SELECT ST_Union(b.geom) FROM district_boundary b JOIN district d ON d.code = b.code
    WHERE b.geom && ground AND b.valid_to IS NULL AND d.level = at_level
      AND b.xmin = pg_current_xact_id()::xid)), 3), ground)
$$;
COMMENT ON FUNCTION ground_let_go(geometry, text) IS
    'What boundaries that this transaction made leave of some ground';
REVOKE ALL ON FUNCTION ground_let_go(geometry, text) FROM PUBLIC;
