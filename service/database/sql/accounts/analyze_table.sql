-- Makes the planner's statistics of a table anew, after a bulk load.
--
-- name: district, district_boundary, district_cell, plot or plot_version; any other, and NULL, does
--       nothing. Returns nothing.
-- Every role may call it: ANALYZE by any but the owner of a table does nothing, so the service
-- could not do it itself.
CREATE OR REPLACE FUNCTION analyze_table(name text)
RETURNS void
LANGUAGE plpgsql SECURITY DEFINER
SET search_path TO 'pg_catalog', 'public', 'pg_temp'
AS $$
BEGIN
    IF name IN ('district', 'district_boundary', 'district_cell', 'plot', 'plot_version') THEN
        EXECUTE format('ANALYZE public.%I', name);
    END IF;
END
$$;
COMMENT ON FUNCTION analyze_table(text) IS
    'Statistics after a bulk load: PostgreSQL passes over an ANALYZE by who does not own the table';
