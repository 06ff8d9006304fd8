CREATE OR REPLACE FUNCTION analyze_table(name text)
RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path TO 'pg_catalog', 'public', 'pg_temp'
AS $$
BEGIN
    IF name IN ('district', 'district_boundary', 'district_cell', 'plot', 'plot_version') THEN
        EXECUTE format('ANALYZE public.%I', name);
    END IF;
END
$$;
COMMENT ON FUNCTION analyze_table(text) IS
    'Statistics after a bulk load: PostgreSQL passes over an ANALYZE by who does not own the table';
