-- Marks every cell of the boundaries that hold now.
--
-- Trigger of plot_version and layer_cell for TRUNCATE, and of kind for each row whose green_class
-- changes.
CREATE OR REPLACE FUNCTION mark_all_coverage()
RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER
SET search_path TO 'pg_catalog', 'public', 'pg_temp'
AS $$
BEGIN
    INSERT INTO coverage_dirty (boundary_id, cell_id)
    SELECT c.boundary_id, c.id FROM district_cell c
    JOIN district_boundary b ON b.id = c.boundary_id AND b.valid_to IS NULL;
    IF TG_TABLE_NAME = 'plot_version' THEN
        UPDATE coverage_outside SET area_m2 = NULL WHERE area_m2 IS NOT NULL;
    END IF;
    RETURN NULL;
END
$$;
COMMENT ON FUNCTION mark_all_coverage() IS
    'Marks every cell: all plots or layers went, or a kind of plots changed its class';
REVOKE ALL ON FUNCTION mark_all_coverage() FROM PUBLIC;

CREATE OR REPLACE TRIGGER kind_coverage
    AFTER UPDATE OF green_class ON kind
    FOR EACH ROW WHEN ((new.green_class IS DISTINCT FROM old.green_class))
    EXECUTE FUNCTION mark_all_coverage();

CREATE OR REPLACE TRIGGER plot_version_truncated_coverage
    BEFORE TRUNCATE ON plot_version
    FOR EACH STATEMENT
    EXECUTE FUNCTION mark_all_coverage();

CREATE OR REPLACE TRIGGER layer_cell_truncated_coverage
    AFTER TRUNCATE ON layer_cell
    FOR EACH STATEMENT
    EXECUTE FUNCTION mark_all_coverage();
