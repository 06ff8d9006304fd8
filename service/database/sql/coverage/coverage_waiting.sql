-- How many cells are marked, and since when.
--
-- Returns one row: cells (each counted once) and since, the oldest mark; 0 and NULL when none is.
-- Cells of layers that began or ended at midnight are as good as marked.
-- The service may call it, whatever its scope: for metrics and for `luotu db status`.
CREATE OR REPLACE FUNCTION coverage_waiting()
RETURNS TABLE(cells bigint, since timestamp with time zone)
LANGUAGE sql STABLE SECURITY DEFINER
SET search_path TO 'pg_catalog', 'public', 'pg_temp'
AS $$
SELECT count(DISTINCT marked.cell_id), min(marked.since)
FROM (SELECT cell_id, since FROM coverage_dirty
      UNION ALL SELECT cell_id, now() FROM cells_on_layers(layers_due())) marked
$$;
COMMENT ON FUNCTION coverage_waiting() IS
    'How many cells are marked, and since when';
REVOKE ALL ON FUNCTION coverage_waiting() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION coverage_waiting() TO :service_role;
