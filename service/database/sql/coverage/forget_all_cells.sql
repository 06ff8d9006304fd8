-- Runs when every cell goes at once: TRUNCATE of the districts reaches the cells and fires no
-- trigger of deleted rows. Figures that stayed would be added to those of the districts that
-- come next.
CREATE OR REPLACE FUNCTION forget_all_cells()
RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path TO 'pg_catalog', 'public', 'pg_temp'
AS $$
BEGIN
    DELETE FROM coverage_piece;
    DELETE FROM coverage_cell;
    DELETE FROM coverage_dirty;
    DELETE FROM coverage_district;
    RETURN NULL;
END
$$;
COMMENT ON FUNCTION forget_all_cells() IS
    'What was known of cells goes with all of them';
REVOKE ALL ON FUNCTION forget_all_cells() FROM PUBLIC;

CREATE OR REPLACE TRIGGER district_cell_truncated
    AFTER TRUNCATE ON district_cell
    FOR EACH STATEMENT
    EXECUTE FUNCTION forget_all_cells();
