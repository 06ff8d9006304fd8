-- Deletes the figures and marks of cells that are deleted, and the sums of their boundary.
--
-- Trigger of district_cell, once a statement.
CREATE OR REPLACE FUNCTION forget_cells()
RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER
SET search_path TO 'pg_catalog', 'public', 'pg_temp'
AS $$
BEGIN
    DELETE FROM coverage_piece WHERE cell_id IN (SELECT id FROM gone);
    DELETE FROM coverage_cell WHERE cell_id IN (SELECT id FROM gone);
    DELETE FROM coverage_dirty WHERE boundary_id IN (SELECT boundary_id FROM gone)
        AND cell_id IN (SELECT id FROM gone);
    DELETE FROM coverage_district WHERE boundary_id IN (SELECT boundary_id FROM gone);
    RETURN NULL;
END
$$;
COMMENT ON FUNCTION forget_cells() IS
    'What was known of cells goes with them';
REVOKE ALL ON FUNCTION forget_cells() FROM PUBLIC;

CREATE OR REPLACE TRIGGER district_cell_deleted
    AFTER DELETE ON district_cell
    REFERENCING OLD TABLE AS gone
    FOR EACH STATEMENT
    EXECUTE FUNCTION forget_cells();
