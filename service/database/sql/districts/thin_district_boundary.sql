-- Keeps simpler shapes of a boundary for maps: half a pixel off at most at zoom 4, 7 and 10.
--
-- Trigger of district_boundary, for each row that is new or moved.
CREATE OR REPLACE FUNCTION thin_district_boundary()
RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER
SET search_path TO 'pg_catalog', 'public', 'pg_temp'
AS $$
BEGIN
    DELETE FROM district_shape WHERE boundary_id = NEW.id;
    INSERT INTO district_shape (boundary_id, scale, geom)
    SELECT NEW.id, scale, ST_SimplifyPreserveTopology(NEW.geom, 180 / 256.0 / 2 ^ scale)
    FROM unnest(ARRAY[4, 7, 10]) scale;
    RETURN NULL;
END
$$;
COMMENT ON FUNCTION thin_district_boundary() IS
    'Keeps district_shape';
REVOKE ALL ON FUNCTION thin_district_boundary() FROM PUBLIC;

CREATE OR REPLACE TRIGGER district_boundary_thinned
    AFTER INSERT OR UPDATE OF geom ON district_boundary
    FOR EACH ROW
    EXECUTE FUNCTION thin_district_boundary();
