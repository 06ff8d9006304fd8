-- Whether somebody else wrote plots on the ground of those that this transaction wrote.
--
-- first_unseen: number of the oldest transaction that was under way when this one began to read
--               (pg_snapshot_xmin); what it or a later one wrote may not have been seen.
-- Returns true where a version that another transaction wrote, changed or deleted since shares a
-- point with a plot of this transaction; of outlines of more than 10 000 vertices the boxes tell.
-- It looks beyond the scope, and tells nothing more. The service may call it.
CREATE OR REPLACE FUNCTION written_beside(first_unseen bigint)
RETURNS boolean
LANGUAGE sql
STABLE SECURITY DEFINER
SET search_path TO 'pg_catalog', 'public', 'pg_temp'
AS $$
SELECT EXISTS (
    SELECT FROM (
        SELECT h.geom FROM plot_history h
        WHERE h.transaction >= first_unseen
          AND h.transaction <> pg_current_xact_id()::text::bigint
        OFFSET 0
    ) theirs
    CROSS JOIN LATERAL (
        SELECT v.plot_id, v.geom FROM plot_version v
        WHERE v.slot = 'working' AND v.geom && theirs.geom
        UNION ALL
        SELECT v.plot_id, v.geom FROM plot_version v
        WHERE v.slot = 'approved' AND v.geom && theirs.geom
    ) near
    WHERE EXISTS (
        SELECT FROM plot_history own
        WHERE own.plot_id = near.plot_id
          AND own.transaction = pg_current_xact_id()::text::bigint)
      AND CASE WHEN ST_NPoints(near.geom) + ST_NPoints(theirs.geom) > 10000 THEN true
               ELSE ST_Intersects(near.geom, theirs.geom) END)
$$;
COMMENT ON FUNCTION written_beside(bigint) IS
    'Whether another transaction wrote on the ground of the plots that this one wrote';
REVOKE ALL ON FUNCTION written_beside(bigint) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION written_beside(bigint) TO :service_role;
