-- What each green plot has in each of some cells, computed anew.
--
-- cells:  numbers of cells; NULL or an empty array gives no row.
-- moment: the plots of this moment, out of plot_history, and the boundaries that held then; NULL
--         means now, out of plot_version.
-- borders_on: the boundaries of this day in the place of those; the cells are theirs.
-- Green are approved versions whose stage is planted, accepted or existing. Returns a row for each
-- plot that shares ground, not only a border, with a cell:
--   area_m2: its share of the plot's own area, square metres on the ellipsoid: the area of its part
--            in the cell times factor, so that the shares of a plot add up to its own area;
--   factor:  own area / (what its parts in all cells of the level, and its ground in none of them,
--            add up to). A cut adds vertices, and an edge that is straight in degrees is no
--            geodesic, so the parts alone are off by up to 1e-5. 1 where the plot is whole. Ground
--            in which borders overlap is added once: each district has it whole;
--   outside_m2: what of the plot lies in no known district of the level is divided among its pieces
--            as they are large; this piece's part of it, times factor;
--   refused_m2: what of area_m2 lies on layers that refuse the plot (refused_ground), in force on
--            the day: the refused part / (refused and allowed part) of area_m2;
--   whole:   all of the plot lies in the cell;
--   counted: the plot is counted here, the first cell of the boundary that shares ground with it;
--   overlapping_plot_ids, overlap_m2: plots with a greater number that overlap it in the cell, and
--            by how many square metres times the mean of both factors; NULL for none. Plots of its
--            own cluster are not listed;
--   overlap_refused_m2: for each of them what of the overlap at least one of both plots is refused;
--            NULL when it is nothing of any;
--   cluster_id, cluster_m2, cluster_plots: number of its cluster in the cell, area of the union of
--            the cluster, times what the shares of its plots add up to / what their parts do, and
--            number of its plots; NULL when it is in none. cluster_refused_m2 is what of the union
--            every plot that covers it is refused. A cluster is made of plots of which
--            three overlap each other, with all such that touch them: only there the overlaps of
--            pairs do not tell how much ground is counted twice.
--   stage, kind, year, programme: of the plot.
-- The query stands here twice, for PL/pgSQL must know the table when it plans: the second is the
-- first with plot_history in the place of plot_version, and the boundaries of that day. What both
-- have in common stands in pieces_scaled.part and pieces_overlapping.part.
-- Only functions of the owner call it.
CREATE OR REPLACE FUNCTION coverage_pieces(
    cells bigint[],
    moment timestamp with time zone DEFAULT NULL::timestamp with time zone,
    borders_on date DEFAULT NULL
)
RETURNS TABLE (
    cell_id bigint,
    plot_id bigint,
    boundary_id bigint,
    area_m2 double precision,
    factor double precision,
    outside_m2 double precision,
    refused_m2 double precision,
    whole boolean,
    counted boolean,
    overlapping_plot_ids bigint[],
    overlap_m2 double precision[],
    overlap_refused_m2 double precision[],
    cluster_id integer,
    cluster_m2 double precision,
    cluster_refused_m2 double precision,
    cluster_plots integer,
    stage text,
    kind text,
    year integer,
    programme text
)
LANGUAGE plpgsql
STABLE SECURITY DEFINER
SET search_path TO 'pg_catalog', 'public', 'pg_temp'
SET jit TO 'off'
AS $$
#variable_conflict use_column
DECLARE
    mine bigint[];
    day  date := coalesce(borders_on, beijing_day(moment));
    blocking bigint[] := blocking_versions(beijing_day(moment), moment);
BEGIN
    SELECT array_agg(DISTINCT c.boundary_id) INTO mine FROM district_cell c WHERE c.id = ANY(cells);
    IF moment IS NULL THEN
    RETURN QUERY
    WITH met AS MATERIALIZED (
        SELECT c.id AS cell_id, c.boundary_id, d.level, p.plot_id, p.stage, p.kind, p.year,
               p.programme, p.geom AS shape, p.area_m2 AS shape_m2,
               ST_CoveredBy(p.geom, c.geom) AS whole
        FROM district_cell c JOIN district d ON d.code = c.code
        JOIN plot_version p ON p.slot = 'approved' AND ST_Intersects(p.geom, c.geom)
            AND p.stage IN ('planted', 'accepted', 'existing')
        WHERE c.id = ANY(cells)
    ), crossing AS MATERIALIZED (
        SELECT DISTINCT ON (met.level, met.plot_id) met.level, met.plot_id, met.shape, met.shape_m2
        FROM met WHERE NOT met.whole
        ORDER BY met.level, met.plot_id
    ), cut AS MATERIALIZED (
        -- What is not whole is cut by all cells of the level that it meets, asked for or not.
        SELECT crossing.level, crossing.plot_id, part.*, ST_Area(part.part::geography) AS m2
        FROM crossing CROSS JOIN LATERAL (
            SELECT s.id AS cell_id, s.boundary_id, s.geom AS cell,
                   ST_CollectionExtract(ST_Intersection(crossing.shape, s.geom), 3) AS part
            FROM district_cell s JOIN district_boundary b ON b.id = s.boundary_id
            JOIN district d ON d.code = b.code
            WHERE s.geom && crossing.shape AND d.level = crossing.level
              AND (b.id = ANY(mine)
                   OR CASE WHEN day IS NULL THEN b.valid_to IS NULL ELSE held_on(b.id, day) END)
              AND ST_Relate(s.geom, crossing.shape, 'T********') OFFSET 0
        ) part
    -- include coverage/pieces_scaled
    ), refusal AS MATERIALIZED (
        SELECT piece.cell_id, piece.plot_id, barred.ground,
               piece.share_m2 * refused_share(
                   barred.ground, ST_Difference(piece.part, barred.ground)) AS m2
        FROM piece CROSS JOIN LATERAL (
            SELECT refused_ground(piece.part, piece.stage, piece.kind, blocking) AS ground OFFSET 0
        ) barred
        WHERE blocking IS NOT NULL AND barred.ground IS NOT NULL
    ), pair AS MATERIALIZED (
        SELECT a.cell_id, a.plot_id AS one, other.plot_id AS other
        FROM piece a CROSS JOIN LATERAL (
            SELECT q.plot_id FROM (SELECT 1) any_row
            JOIN plot_version q ON q.slot = 'approved'
                AND q.stage IN ('planted', 'accepted', 'existing')
            WHERE q.geom && a.shape AND q.plot_id - a.plot_id > 0
              AND ST_Intersects(q.geom, a.shape)
              AND ST_Relate(q.geom, a.shape, 'T********') OFFSET 0
        ) other
    -- include coverage/pieces_overlapping
    ELSE
    RETURN QUERY
    WITH met AS MATERIALIZED (
        SELECT c.id AS cell_id, c.boundary_id, d.level, p.plot_id, p.stage, p.kind, p.year,
               p.programme, p.geom AS shape, p.area_m2 AS shape_m2,
               ST_CoveredBy(p.geom, c.geom) AS whole
        FROM district_cell c JOIN district d ON d.code = c.code
        JOIN plot_history p ON p.slot = 'approved' AND p.valid_from <= moment
            AND (p.valid_to IS NULL OR p.valid_to > moment) AND ST_Intersects(p.geom, c.geom)
            AND p.stage IN ('planted', 'accepted', 'existing')
        WHERE c.id = ANY(cells)
    ), crossing AS MATERIALIZED (
        SELECT DISTINCT ON (met.level, met.plot_id) met.level, met.plot_id, met.shape, met.shape_m2
        FROM met WHERE NOT met.whole
        ORDER BY met.level, met.plot_id
    ), cut AS MATERIALIZED (
        -- What is not whole is cut by all cells of the level that it meets, asked for or not.
        SELECT crossing.level, crossing.plot_id, part.*, ST_Area(part.part::geography) AS m2
        FROM crossing CROSS JOIN LATERAL (
            SELECT s.id AS cell_id, s.boundary_id, s.geom AS cell,
                   ST_CollectionExtract(ST_Intersection(crossing.shape, s.geom), 3) AS part
            FROM district_cell s JOIN district_boundary b ON b.id = s.boundary_id
            JOIN district d ON d.code = b.code
            WHERE s.geom && crossing.shape AND d.level = crossing.level
              AND (b.id = ANY(mine) OR held_on(b.id, day))
              AND ST_Relate(s.geom, crossing.shape, 'T********') OFFSET 0
        ) part
    -- include coverage/pieces_scaled
    ), refusal AS MATERIALIZED (
        SELECT piece.cell_id, piece.plot_id, barred.ground,
               piece.share_m2 * refused_share(
                   barred.ground, ST_Difference(piece.part, barred.ground)) AS m2
        FROM piece CROSS JOIN LATERAL (
            SELECT refused_ground(piece.part, piece.stage, piece.kind, blocking, moment) AS ground
            OFFSET 0
        ) barred
        WHERE blocking IS NOT NULL AND barred.ground IS NOT NULL
    ), pair AS MATERIALIZED (
        SELECT a.cell_id, a.plot_id AS one, other.plot_id AS other
        FROM piece a CROSS JOIN LATERAL (
            SELECT q.plot_id FROM (SELECT 1) any_row
            JOIN plot_history q ON q.slot = 'approved' AND q.valid_from <= moment
                AND (q.valid_to IS NULL OR q.valid_to > moment)
                AND q.stage IN ('planted', 'accepted', 'existing')
            WHERE q.geom && a.shape AND q.plot_id - a.plot_id > 0
              AND ST_Intersects(q.geom, a.shape)
              AND ST_Relate(q.geom, a.shape, 'T********') OFFSET 0
        ) other
    -- include coverage/pieces_overlapping
    END IF;
END
$$;
COMMENT ON FUNCTION coverage_pieces(bigint[], timestamp with time zone, date) IS
    'What the green plots have in cells, computed anew; at a moment from the history';
REVOKE ALL ON FUNCTION coverage_pieces(bigint[], timestamp with time zone, date) FROM PUBLIC;
