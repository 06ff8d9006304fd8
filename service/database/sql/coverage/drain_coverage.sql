-- Takes marked cells of one district and computes them: the work of the drainer in the background.
--
-- most: no more cells than this.
-- Returns how many were taken; 0 when no cell is marked or others hold the districts that are. The
-- district with the oldest free mark is taken, and held until the commit.
-- The service may call it.
CREATE OR REPLACE FUNCTION drain_coverage(most integer)
RETURNS integer
LANGUAGE plpgsql
SECURITY DEFINER
SET search_path TO 'pg_catalog', 'public', 'pg_temp'
SET jit TO 'off'
AS $$
DECLARE
    held  bigint;
    holds boolean;
    cells bigint[];
BEGIN
    PERFORM mark_layer_day();
    -- The boundary is held until the commit: of one district there is one drainer at a time.
    SELECT b.id, b.valid_to IS NULL INTO held, holds
    FROM coverage_dirty d JOIN district_boundary b ON b.id = d.boundary_id
    ORDER BY d.id LIMIT 1
    FOR NO KEY UPDATE OF b SKIP LOCKED;
    IF held IS NULL THEN
        -- Marked by a writer while the boundary went.
        DELETE FROM coverage_dirty d
        WHERE NOT EXISTS (SELECT 1 FROM district_boundary b WHERE b.id = d.boundary_id);
        RETURN 0;
    END IF;
    -- Marks that this statement sees were committed with what they mark: the statements after it
    -- see that too. Whatever is committed later brings a mark that stays.
    WITH chosen AS (
        SELECT d.cell_id FROM coverage_dirty d WHERE d.boundary_id = held
        GROUP BY d.cell_id ORDER BY min(d.id) LIMIT most
    ), gone AS (
        DELETE FROM coverage_dirty d USING chosen
        WHERE d.boundary_id = held AND d.cell_id = chosen.cell_id RETURNING d.cell_id
    )
    SELECT array_agg(DISTINCT gone.cell_id) INTO cells FROM gone;
    IF cells IS NULL THEN
        RETURN 0;
    END IF;
    IF holds THEN
        PERFORM refresh_coverage(held, cells);
    END IF;
    RETURN cardinality(cells);
END
$$;
COMMENT ON FUNCTION drain_coverage(integer) IS
    'Takes up to so many marked cells of one district and computes them; 0 when nothing is free';
REVOKE ALL ON FUNCTION drain_coverage(integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION drain_coverage(integer) TO :service_role;
