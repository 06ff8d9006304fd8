-- Drops the figures of a boundary that ends, and marks the cells of one that holds again.
--
-- Trigger of district_boundary, for each row whose valid_to is set or cleared. Figures are stored
-- of boundaries that hold now only.
CREATE OR REPLACE FUNCTION end_coverage()
RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER
SET search_path TO 'pg_catalog', 'public', 'pg_temp'
AS $$
BEGIN
    DELETE FROM coverage_piece WHERE boundary_id = NEW.id;
    DELETE FROM coverage_cell WHERE boundary_id = NEW.id;
    DELETE FROM coverage_dirty WHERE boundary_id = NEW.id;
    DELETE FROM coverage_district WHERE boundary_id = NEW.id;
    IF NEW.valid_to IS NULL THEN
        INSERT INTO coverage_dirty (boundary_id, cell_id)
        SELECT boundary_id, id FROM district_cell WHERE boundary_id = NEW.id;
    END IF;
    RETURN NULL;
END
$$;
COMMENT ON FUNCTION end_coverage() IS
    'A boundary that ended has no live figures; one that holds again is computed anew';
REVOKE ALL ON FUNCTION end_coverage() FROM PUBLIC;

CREATE OR REPLACE TRIGGER district_boundary_ended
    AFTER UPDATE OF valid_to ON district_boundary
    FOR EACH ROW WHEN (((new.valid_to IS NULL) <> (old.valid_to IS NULL)))
    EXECUTE FUNCTION end_coverage();
