-- Which plots of this transaction lie on ground where somebody else wrote meanwhile.
--
-- first_unseen: number of the oldest transaction that was under way when this one began to read
--               (pg_snapshot_xmin); what it or a later one wrote may not have been seen.
-- Returns the ids of the plots that this transaction wrote and that share a point with a version
-- that another one wrote, changed or deleted since; of outlines of more than 10 000 vertices the
-- boxes tell. It looks beyond the scope, and tells nothing of what lies there. The service may call
-- it.
CREATE OR REPLACE FUNCTION written_beside(first_unseen bigint)
RETURNS SETOF bigint
LANGUAGE sql
STABLE SECURITY DEFINER ROWS 10
SET search_path TO 'pg_catalog', 'public', 'pg_temp'
AS $$
SELECT DISTINCT near.plot_id
FROM (
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
           ELSE ST_Intersects(near.geom, theirs.geom) END
$$;
COMMENT ON FUNCTION written_beside(bigint) IS
    'Plots of this transaction on whose ground another one wrote meanwhile';
REVOKE ALL ON FUNCTION written_beside(bigint) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION written_beside(bigint) TO :service_role;
