-- Marks new cells: they have no figures yet.
--
-- Trigger of district_cell, once a statement. `fresh` are the new cells; those of a boundary that
-- has ended are passed over.
CREATE OR REPLACE FUNCTION mark_new_cells()
RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER
SET search_path TO 'pg_catalog', 'public', 'pg_temp'
AS $$
BEGIN
    INSERT INTO coverage_dirty (boundary_id, cell_id)
    SELECT one.boundary_id, one.id FROM fresh one
    JOIN district_boundary b ON b.id = one.boundary_id AND b.valid_to IS NULL;
    RETURN NULL;
END
$$;
COMMENT ON FUNCTION mark_new_cells() IS
    'Cells of a new boundary have no figures yet';
REVOKE ALL ON FUNCTION mark_new_cells() FROM PUBLIC;

CREATE OR REPLACE TRIGGER district_cell_inserted
    AFTER INSERT ON district_cell
    REFERENCING NEW TABLE AS fresh
    FOR EACH STATEMENT
    EXECUTE FUNCTION mark_new_cells();
