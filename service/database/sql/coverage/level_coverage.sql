-- Moves the figures of a district to its new level, and marks what it shares plots with.
--
-- Trigger of district, for each row whose level changes. The figures get new stamps, so that nobody
-- goes on with old ones. The share of a plot is measured with all its parts at the level.
CREATE OR REPLACE FUNCTION level_coverage()
RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER
SET search_path TO 'pg_catalog', 'public', 'pg_temp'
AS $$
BEGIN
    PERFORM 1 FROM district_boundary WHERE code = NEW.code AND valid_to IS NULL FOR NO KEY UPDATE;
    UPDATE coverage_district SET level = NEW.level, stamp = gen_random_uuid()
    WHERE code = NEW.code;
    LOCK TABLE plot_version IN SHARE MODE;
    INSERT INTO coverage_dirty (boundary_id, cell_id)
    SELECT c.boundary_id, c.id FROM district_cell c
    JOIN district_boundary b ON b.id = c.boundary_id AND b.valid_to IS NULL
    WHERE b.code = NEW.code;
    PERFORM note_plots_outside(b.id, b.geom),
            mark_cells_beside(b.id, NULL, ARRAY[OLD.level, NEW.level])
    FROM district_boundary b WHERE b.code = NEW.code AND b.valid_to IS NULL;
    RETURN NULL;
END
$$;
COMMENT ON FUNCTION level_coverage() IS
    'Figures of a district stand under its level';
REVOKE ALL ON FUNCTION level_coverage() FROM PUBLIC;

CREATE OR REPLACE TRIGGER district_level_coverage
    AFTER UPDATE OF level ON district
    FOR EACH ROW WHEN ((new.level <> old.level))
    EXECUTE FUNCTION level_coverage();
