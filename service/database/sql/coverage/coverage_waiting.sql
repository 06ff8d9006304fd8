-- How many cells are marked, and since when.
--
-- Returns one row: cells (each counted once) and since, the oldest mark; 0 and NULL when none is.
-- The service may call it, whatever its scope: for metrics and for `luotu db status`.
CREATE OR REPLACE FUNCTION coverage_waiting()
RETURNS TABLE(cells bigint, since timestamp with time zone)
LANGUAGE sql STABLE SECURITY DEFINER
SET search_path TO 'pg_catalog', 'public', 'pg_temp'
AS $$
SELECT count(DISTINCT cell_id), min(since) FROM coverage_dirty
$$;
COMMENT ON FUNCTION coverage_waiting() IS
    'How many cells are marked, and since when';
REVOKE ALL ON FUNCTION coverage_waiting() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION coverage_waiting() TO :service_role;
