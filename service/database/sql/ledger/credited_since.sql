-- Since when some plots have credit: approved and green without a break.
--
-- plots: ids; NULL or an empty array gives no row.
-- Returns for each plot that is approved and green: since, the first moment of its present run of
-- such versions, one directly after the other, and reshaped, whether its area changed in that run.
-- Only functions of the owner call it. In PL/pgSQL, which keeps what it has read: a function in SQL
-- is read and planned anew for each shape that is asked about.
CREATE OR REPLACE FUNCTION credited_since(plots bigint[])
RETURNS TABLE(plot_id bigint, since timestamp with time zone, reshaped boolean)
LANGUAGE plpgsql
STABLE SECURITY DEFINER
SET search_path TO 'pg_catalog', 'public', 'pg_temp'
SET jit TO 'off'
AS $$
#variable_conflict use_column
BEGIN
    RETURN QUERY
    WITH version AS (
        SELECT h.plot_id, h.valid_from, h.valid_to, h.area_m2,
               h.valid_from IS DISTINCT FROM lag(h.valid_to) OVER run AS begins
        FROM plot_history h
        WHERE h.plot_id = ANY(plots) AND h.slot = 'approved' AND h.operation <> 'delete'
          AND h.stage IN ('planted', 'accepted', 'existing')
        WINDOW run AS (PARTITION BY h.plot_id ORDER BY h.valid_from, h.id)
    ), run AS (
        SELECT v.plot_id, max(v.valid_from) FILTER (WHERE v.begins) AS since,
               bool_or(v.valid_to IS NULL) AS stands
        FROM version v GROUP BY v.plot_id
    )
    SELECT run.plot_id, run.since, min(v.area_m2) <> max(v.area_m2)
    FROM run JOIN version v ON v.plot_id = run.plot_id AND v.valid_from >= run.since
    WHERE run.stands
    GROUP BY run.plot_id, run.since;
END
$$;
COMMENT ON FUNCTION credited_since(bigint[]) IS
    'Since when plots are approved and green without a break';
REVOKE ALL ON FUNCTION credited_since(bigint[]) FROM PUBLIC;
