-- Which plots share ground with others of the scope, out of the index on shapes: no policy lets a
-- condition on shapes use one, for its errors could tell of rows beyond the scope.
--
-- plots:         plots whose working versions are compared.
-- least_m2:      ground that two plots must share at least, in square metres.
-- most_vertices: of two outlines together; longer ones are not compared.
-- Returns a row for each working version within current_scope(): whether it shares ground with
-- another plot of the like (planned with planned, all others with each other, cancelled with none),
-- and whether it has, or meets, an outline that is too long.
-- The service may call it: for the list of the review desk.
CREATE OR REPLACE FUNCTION overlaps_in_scope(
    plots bigint[],
    least_m2 double precision,
    most_vertices integer
)
RETURNS TABLE(plot_id bigint, overlap boolean, large boolean)
LANGUAGE plpgsql
STABLE SECURITY DEFINER ROWS 100
SET search_path TO 'pg_catalog', 'public', 'pg_temp'
SET plan_cache_mode TO 'force_custom_plan'
SET enable_seqscan TO off
AS $$
#variable_conflict use_column
DECLARE
    scope text[] := current_scope();
BEGIN
    -- Each slot has an index of its own.
    RETURN QUERY
    SELECT p.plot_id,
        p.stage <> 'cancelled' AND EXISTS (
            SELECT FROM plot_version o
            WHERE (o.slot = 'working' AND o.geom && p.geom
                   OR o.slot = 'approved' AND o.geom && p.geom)
              AND o.plot_id <> p.plot_id AND o.stage <> 'cancelled'
              AND (o.stage = 'planned') = (p.stage = 'planned')
              AND (scope = '{*}' OR o.district = ANY (scope) OR 'unit:' || o.unit = ANY (scope))
              AND CASE
                  WHEN ST_NPoints(o.geom) + ST_NPoints(p.geom) > most_vertices THEN false
                  WHEN NOT ST_Intersects(o.geom, p.geom) THEN false
                  ELSE ST_Area(ST_Intersection(o.geom, p.geom)::geography) > least_m2
              END),
        ST_NPoints(p.geom) > most_vertices OR EXISTS (
            SELECT FROM plot_version o
            WHERE (o.slot = 'working' AND o.geom && p.geom
                   OR o.slot = 'approved' AND o.geom && p.geom)
              AND o.plot_id <> p.plot_id
              AND (scope = '{*}' OR o.district = ANY (scope) OR 'unit:' || o.unit = ANY (scope))
              AND ST_NPoints(o.geom) + ST_NPoints(p.geom) > most_vertices)
    FROM plot_version p
    WHERE p.plot_id = ANY (plots) AND p.slot = 'working'
      AND (scope = '{*}' OR p.district = ANY (scope) OR 'unit:' || p.unit = ANY (scope));
END
$$;
COMMENT ON FUNCTION overlaps_in_scope(bigint[], double precision, integer) IS
    'Which plots share ground with others of the scope, and which are too long to tell';
REVOKE ALL ON FUNCTION overlaps_in_scope(bigint[], double precision, integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION overlaps_in_scope(bigint[], double precision, integer) TO :service_role;
