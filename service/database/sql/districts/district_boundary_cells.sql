-- Cuts a new or moved boundary into the cells of which its coverage is computed.
--
-- Trigger of district_boundary, for each row. Provinces and cities get none: their figures are sums
-- of their counties'.
CREATE OR REPLACE FUNCTION district_boundary_cells()
RETURNS trigger
LANGUAGE plpgsql
AS $$
BEGIN
    DELETE FROM district_cell WHERE boundary_id = NEW.id;
    INSERT INTO district_cell (boundary_id, code, geom)
    SELECT NEW.id, NEW.code, piece
    FROM district d, cells_of(NEW.geom) AS piece
    WHERE d.code = NEW.code AND d.level NOT IN ('province', 'city');
    RETURN NULL;
END
$$;
COMMENT ON FUNCTION district_boundary_cells() IS
    'Cuts a new boundary into cells';

CREATE OR REPLACE TRIGGER district_boundary_cells
    AFTER INSERT OR UPDATE OF geom ON district_boundary
    FOR EACH ROW
    EXECUTE FUNCTION district_boundary_cells();
