-- How much of the union of what some plots have in a cell is refused, as a ratio.
--
-- cell:    number of the cell.
-- members: numbers of the plots.
-- moment:  their approved shapes of this moment, and the layers of its day; NULL means now.
-- Returns 0 to 1. Ground counts when one of the plots that cover it counts there.
-- Only functions of the owner call it, for clusters of which only some plots are asked for.
CREATE OR REPLACE FUNCTION united_refused_share(
    cell bigint,
    members bigint[],
    moment timestamp with time zone DEFAULT NULL::timestamp with time zone
)
RETURNS double precision
LANGUAGE sql
STABLE SECURITY DEFINER
SET search_path TO 'pg_catalog', 'public', 'pg_temp'
SET jit TO 'off'
AS $$
    WITH plot AS (
        SELECT p.plot_id, p.geom, p.stage, p.kind FROM plot_version p
        WHERE moment IS NULL AND p.slot = 'approved' AND p.plot_id = ANY(members)
        UNION ALL
        SELECT p.plot_id, p.geom, p.stage, p.kind FROM plot_history p
        WHERE p.slot = 'approved' AND p.plot_id = ANY(members)
          AND p.valid_from <= moment AND (p.valid_to IS NULL OR p.valid_to > moment)
    ), part AS MATERIALIZED (
        SELECT plot.plot_id, plot.stage, plot.kind,
               CASE WHEN ST_CoveredBy(plot.geom, c.geom) THEN plot.geom
                    ELSE ST_CollectionExtract(ST_Intersection(plot.geom, c.geom), 3) END AS geom
        FROM district_cell c CROSS JOIN plot WHERE c.id = cell
    ), divided AS (
        SELECT ST_Union(part.geom ORDER BY part.plot_id) AS every,
               ST_Union(allowed_ground(part.geom, part.stage, part.kind,
                                       blocking_versions(beijing_day(moment), moment), moment)
                        ORDER BY part.plot_id) AS allowed
        FROM part
    )
    SELECT refused_share(ST_Difference(divided.every, divided.allowed), divided.allowed)
    FROM divided
$$;
COMMENT ON FUNCTION united_refused_share(bigint, bigint[], timestamp with time zone) IS
    'How much of the union of what some plots have in a cell is refused, as a ratio';
REVOKE ALL ON FUNCTION united_refused_share(bigint, bigint[], timestamp with time zone) FROM PUBLIC;
