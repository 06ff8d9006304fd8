-- Compares plots with a new version of a layer and lists those that lie on it.
--
-- max_plots: how many versions of plots one call looks at.
-- Returns how many it looked at; NULL when no version waits, or somebody else is at it.
-- Plots of both slots are compared, cancelled ones not. What is listed follows ground_on_layers.
-- Only versions of layers that block, warn or report are listed: others touch every plot.
-- The service may call it: for its background work.
CREATE OR REPLACE FUNCTION recheck_layers(max_plots integer)
RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER
SET search_path TO 'pg_catalog', 'public', 'pg_temp'
SET plan_cache_mode TO 'force_custom_plan'
AS $$
DECLARE
    waiting record;
    looked_at integer;
    last_plot bigint;
    listed integer;
BEGIN
    SELECT r.version_id, r.next_plot_id, v.valid_from, l.role INTO waiting
    FROM layer_recheck r
    JOIN layer_version v ON v.id = r.version_id JOIN layer l ON l.code = v.layer
    WHERE r.done_at IS NULL ORDER BY r.since
    LIMIT 1 FOR UPDATE OF r SKIP LOCKED;
    IF NOT FOUND THEN
        RETURN NULL;
    END IF;
    IF waiting.role NOT IN ('block', 'warn', 'report') THEN
        UPDATE layer_recheck SET done_at = clock_timestamp() WHERE version_id = waiting.version_id;
        RETURN 0;
    END IF;
    WITH batch AS MATERIALIZED (
        SELECT v.plot_id, v.slot, v.district, v.stage, v.kind, v.area_m2, v.geom
        FROM plot_version v
        WHERE v.plot_id >= waiting.next_plot_id
        ORDER BY v.plot_id LIMIT max_plots
    ),
    -- Both slots of the last plot are looked at together.
    whole AS MATERIALIZED (
        SELECT row_number() OVER () AS n, p.* FROM (
            SELECT * FROM batch
            UNION ALL
            SELECT v.plot_id, v.slot, v.district, v.stage, v.kind, v.area_m2, v.geom
            FROM plot_version v
            WHERE v.plot_id = (SELECT max(plot_id) FROM batch)
              AND NOT EXISTS (SELECT 1 FROM batch b
                              WHERE b.plot_id = v.plot_id AND b.slot = v.slot)
        ) p
    ),
    given AS (
        -- Cancelled plots share nothing.
        SELECT array_agg(CASE WHEN p.stage <> 'cancelled' THEN p.geom END ORDER BY p.n) AS shapes,
               array_agg(p.stage ORDER BY p.n) AS stages, array_agg(p.kind ORDER BY p.n) AS kinds,
               array_agg(p.area_m2 ORDER BY p.n) AS own_m2
        FROM whole p
    ),
    shared AS (
        SELECT g.* FROM given CROSS JOIN LATERAL ground_on_layers(
            given.shapes, given.stages, given.kinds, waiting.valid_from,
            ARRAY[waiting.version_id], given.own_m2) g
    ),
    written AS (
        INSERT INTO layer_affected (version_id, plot_id, slot, district, severity, area_m2, share,
                                    longitude, latitude)
        SELECT waiting.version_id, n.plot_id, n.slot, n.district,
               (array_agg(s.severity ORDER BY array_position('{block,warn,info}', s.severity)))[1],
               sum(s.area_m2), sum(s.share),
               (array_agg(s.longitude ORDER BY s.area_m2 DESC))[1],
               (array_agg(s.latitude ORDER BY s.area_m2 DESC))[1]
        FROM shared s JOIN whole n ON n.n = s.shape_no
        GROUP BY n.plot_id, n.slot, n.district
        ON CONFLICT (version_id, plot_id, slot) DO NOTHING
        RETURNING 1
    )
    SELECT (SELECT count(*) FROM whole), (SELECT max(plot_id) FROM whole),
           (SELECT count(*) FROM written)
    INTO looked_at, last_plot, listed;
    UPDATE layer_recheck
    SET next_plot_id = coalesce(last_plot + 1, next_plot_id), plots = plots + listed,
        done_at = CASE WHEN looked_at < max_plots THEN clock_timestamp() END
    WHERE version_id = waiting.version_id;
    RETURN looked_at;
END
$$;
COMMENT ON FUNCTION recheck_layers(integer) IS
    'Compares the next plots with the version of a layer that waits longest, and lists them';
REVOKE ALL ON FUNCTION recheck_layers(integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION recheck_layers(integer) TO :service_role;
