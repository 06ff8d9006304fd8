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
    -- Everything stands in plot_history_plot_id_idx; its rows lie far apart.
    WITH version AS (
        SELECT h.plot_id, h.id, h.valid_from, h.valid_to, h.area_m2,
               h.valid_from IS DISTINCT FROM lag(h.valid_to) OVER earlier AS begins
        FROM plot_history h
        WHERE h.plot_id = ANY(plots) AND h.slot = 'approved' AND h.operation <> 'delete'
          AND h.stage IN ('planted', 'accepted', 'existing')
        WINDOW earlier AS (PARTITION BY h.plot_id ORDER BY h.valid_from, h.id)
    ), numbered AS (
        SELECT v.*, count(*) FILTER (WHERE v.begins) OVER (
                   PARTITION BY v.plot_id ORDER BY v.valid_from, v.id) AS run
        FROM version v
    )
    SELECT n.plot_id, min(n.valid_from), min(n.area_m2) <> max(n.area_m2)
    FROM numbered n
    GROUP BY n.plot_id, n.run
    HAVING bool_or(n.valid_to IS NULL);
END
$$;
COMMENT ON FUNCTION credited_since(bigint[]) IS
    'Since when plots are approved and green without a break';
REVOKE ALL ON FUNCTION credited_since(bigint[]) FROM PUBLIC;
