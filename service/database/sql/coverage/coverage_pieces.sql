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
-- first with plot_history in the place of plot_version, and the boundaries of that day.
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
    ), inside AS MATERIALIZED (
        SELECT cut.level, cut.plot_id, sum(cut.m2 ORDER BY cut.cell_id) AS m2,
               sum(ST_Area(cut.part) ORDER BY cut.cell_id) AS square_degrees,
               count(DISTINCT cut.boundary_id) AS boundaries,
               array_agg(cut.cell ORDER BY cut.cell_id) AS cells
        FROM cut GROUP BY cut.level, cut.plot_id
    ), scaled AS MATERIALIZED (
        -- Where borders overlap, each district has that ground whole: it is taken once here.
        SELECT level, plot_id, m2, beyond_m2,
               coalesce(shape_m2 / nullif(
                   m2 * CASE WHEN once < 1 - 1e-6 THEN once ELSE 1 END + beyond_m2, 0), 1) AS factor
        FROM (
            SELECT crossing.level, crossing.plot_id, crossing.shape_m2, inside.m2,
                   coalesce(beyond.m2, 0) AS beyond_m2,
                   (ST_Area(crossing.shape) - beyond.square_degrees)
                   / nullif(inside.square_degrees, 0) AS once
            FROM inside JOIN crossing USING (level, plot_id)
            -- In the cells of one boundary, which share no ground, nothing is missing when the
            -- parts are as large as the whole.
            LEFT JOIN LATERAL beyond_cells(crossing.shape, inside.cells) beyond
                ON inside.boundaries > 1 OR ST_Area(crossing.shape) - inside.square_degrees
                                            > 1e-13 * ST_Perimeter(crossing.shape)
        ) parts
    ), piece AS MATERIALIZED (
        SELECT met.*, met.shape AS part, met.shape_m2 AS share_m2, met.shape_m2 AS part_m2,
               1::double precision AS factor, 0::double precision AS outside_m2, true AS counted
        FROM met WHERE met.whole
        UNION ALL
        SELECT met.*, cut.part, cut.m2 * scaled.factor, cut.m2, scaled.factor,
               coalesce(scaled.beyond_m2 * scaled.factor * (cut.m2 / nullif(scaled.m2, 0)), 0),
               NOT EXISTS (
                   SELECT 1 FROM cut s
                   WHERE s.level = cut.level AND s.plot_id = cut.plot_id
                     AND s.boundary_id = cut.boundary_id AND s.cell_id < cut.cell_id)
        FROM met JOIN cut USING (level, plot_id, cell_id) JOIN scaled USING (level, plot_id)
        WHERE NOT met.whole
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
    ), pair_here AS MATERIALIZED (
        SELECT pair.* FROM pair
        JOIN piece b ON b.cell_id = pair.cell_id AND b.plot_id = pair.other
    ), neighbours AS MATERIALIZED (
        SELECT side.cell_id, side.plot_id, array_agg(side.neighbour) AS plots
        FROM (
            SELECT cell_id, one AS plot_id, other AS neighbour FROM pair_here
            UNION ALL SELECT cell_id, other, one FROM pair_here
        ) side
        GROUP BY side.cell_id, side.plot_id
    ), triple AS MATERIALIZED (
        -- Two that overlap and have a neighbour in common are two of three. A join of three pairs
        -- would cost the third power of how many plots lie on one ground.
        SELECT DISTINCT pair_here.cell_id, member.plot_id
        FROM pair_here
        JOIN neighbours a ON a.cell_id = pair_here.cell_id AND a.plot_id = pair_here.one
        JOIN neighbours b ON b.cell_id = pair_here.cell_id AND b.plot_id = pair_here.other
        CROSS JOIN LATERAL (VALUES (pair_here.one), (pair_here.other)) member(plot_id)
        WHERE a.plots && b.plots
    ), clustered AS MATERIALIZED (
        SELECT piece.cell_id, piece.plot_id, piece.part, piece.share_m2, piece.part_m2,
               refusal.ground AS refused,
               ST_ClusterDBSCAN(piece.part, 0, 1)
                   OVER (PARTITION BY piece.cell_id ORDER BY piece.plot_id) AS cluster_id
        FROM piece JOIN triple USING (cell_id, plot_id)
        LEFT JOIN refusal USING (cell_id, plot_id)
    ), united AS MATERIALIZED (
        -- The union is scaled as the shares of the plots are, all together.
        SELECT ground.cell_id, ground.cluster_id, ground.plots,
               ground.share_m2
               * least(1, ST_Area(ground.every::geography) / nullif(ground.part_m2, 0)) AS m2,
               CASE WHEN ground.allowed IS NULL THEN 0 ELSE refused_share(
                   ST_Difference(ground.every, ground.allowed), ground.allowed) END AS refused
        FROM (
            SELECT clustered.cell_id, clustered.cluster_id, count(*) AS plots,
                   sum(clustered.share_m2 ORDER BY clustered.plot_id) AS share_m2,
                   sum(clustered.part_m2 ORDER BY clustered.plot_id) AS part_m2,
                   ST_Union(clustered.part ORDER BY clustered.plot_id) AS every,
                   CASE WHEN bool_or(clustered.refused IS NOT NULL) THEN ST_Union(
                       CASE WHEN clustered.refused IS NULL THEN clustered.part
                            ELSE ST_Difference(clustered.part, clustered.refused) END
                       ORDER BY clustered.plot_id) END AS allowed
            FROM clustered GROUP BY clustered.cell_id, clustered.cluster_id
        ) ground
    ), lone_pair AS MATERIALIZED (
        -- Pairs whose ground no union of a cluster has.
        SELECT pair_here.*
        FROM pair_here
        LEFT JOIN clustered a ON a.cell_id = pair_here.cell_id AND a.plot_id = pair_here.one
        LEFT JOIN clustered b ON b.cell_id = pair_here.cell_id AND b.plot_id = pair_here.other
        WHERE a.cluster_id IS NULL OR b.cluster_id IS NULL OR a.cluster_id <> b.cluster_id
    ), shared AS MATERIALIZED (
        SELECT pair.cell_id, pair.one, pair.other,
               (a.factor + b.factor) / 2 * ST_Area(common.ground::geography) AS m2,
               CASE WHEN one.ground IS NOT NULL OR other.ground IS NOT NULL THEN refused_share(
                   ST_Intersection(common.ground, barred.ground),
                   ST_Difference(common.ground, barred.ground)) END AS refused
        FROM lone_pair pair
        JOIN piece a ON a.cell_id = pair.cell_id AND a.plot_id = pair.one
        JOIN piece b ON b.cell_id = pair.cell_id AND b.plot_id = pair.other
        LEFT JOIN refusal one ON one.cell_id = a.cell_id AND one.plot_id = a.plot_id
        LEFT JOIN refusal other ON other.cell_id = b.cell_id AND other.plot_id = b.plot_id
        CROSS JOIN LATERAL (
            SELECT ST_CollectionExtract(ST_Intersection(a.part, b.part), 3) AS ground OFFSET 0
        ) common
        CROSS JOIN LATERAL (
            SELECT CASE WHEN one.ground IS NULL THEN other.ground
                        WHEN other.ground IS NULL THEN one.ground
                        ELSE ST_Union(one.ground, other.ground) END AS ground OFFSET 0
        ) barred
    ), overlap AS MATERIALIZED (
        SELECT shared.cell_id, shared.one,
               array_agg(shared.other ORDER BY shared.other) AS overlapping_plot_ids,
               array_agg(shared.m2 ORDER BY shared.other) AS m2,
               CASE WHEN bool_or(shared.refused > 0) THEN array_agg(
                   shared.m2 * coalesce(shared.refused, 0) ORDER BY shared.other) END AS refused_m2
        FROM shared GROUP BY shared.cell_id, shared.one
    )
    SELECT piece.cell_id, piece.plot_id, piece.boundary_id, piece.share_m2, piece.factor,
           piece.outside_m2, coalesce(refusal.m2, 0), piece.whole, piece.counted,
           overlap.overlapping_plot_ids, overlap.m2, overlap.refused_m2,
           united.cluster_id, united.m2, united.m2 * united.refused, united.plots::integer,
           piece.stage, piece.kind, piece.year, piece.programme
    FROM piece
    LEFT JOIN refusal ON refusal.cell_id = piece.cell_id AND refusal.plot_id = piece.plot_id
    LEFT JOIN clustered ON clustered.cell_id = piece.cell_id AND clustered.plot_id = piece.plot_id
    LEFT JOIN united ON united.cell_id = clustered.cell_id
        AND united.cluster_id = clustered.cluster_id
    LEFT JOIN overlap ON overlap.cell_id = piece.cell_id AND overlap.one = piece.plot_id;
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
    ), inside AS MATERIALIZED (
        SELECT cut.level, cut.plot_id, sum(cut.m2 ORDER BY cut.cell_id) AS m2,
               sum(ST_Area(cut.part) ORDER BY cut.cell_id) AS square_degrees,
               count(DISTINCT cut.boundary_id) AS boundaries,
               array_agg(cut.cell ORDER BY cut.cell_id) AS cells
        FROM cut GROUP BY cut.level, cut.plot_id
    ), scaled AS MATERIALIZED (
        -- Where borders overlap, each district has that ground whole: it is taken once here.
        SELECT level, plot_id, m2, beyond_m2,
               coalesce(shape_m2 / nullif(
                   m2 * CASE WHEN once < 1 - 1e-6 THEN once ELSE 1 END + beyond_m2, 0), 1) AS factor
        FROM (
            SELECT crossing.level, crossing.plot_id, crossing.shape_m2, inside.m2,
                   coalesce(beyond.m2, 0) AS beyond_m2,
                   (ST_Area(crossing.shape) - beyond.square_degrees)
                   / nullif(inside.square_degrees, 0) AS once
            FROM inside JOIN crossing USING (level, plot_id)
            -- In the cells of one boundary, which share no ground, nothing is missing when the
            -- parts are as large as the whole.
            LEFT JOIN LATERAL beyond_cells(crossing.shape, inside.cells) beyond
                ON inside.boundaries > 1 OR ST_Area(crossing.shape) - inside.square_degrees
                                            > 1e-13 * ST_Perimeter(crossing.shape)
        ) parts
    ), piece AS MATERIALIZED (
        SELECT met.*, met.shape AS part, met.shape_m2 AS share_m2, met.shape_m2 AS part_m2,
               1::double precision AS factor, 0::double precision AS outside_m2, true AS counted
        FROM met WHERE met.whole
        UNION ALL
        SELECT met.*, cut.part, cut.m2 * scaled.factor, cut.m2, scaled.factor,
               coalesce(scaled.beyond_m2 * scaled.factor * (cut.m2 / nullif(scaled.m2, 0)), 0),
               NOT EXISTS (
                   SELECT 1 FROM cut s
                   WHERE s.level = cut.level AND s.plot_id = cut.plot_id
                     AND s.boundary_id = cut.boundary_id AND s.cell_id < cut.cell_id)
        FROM met JOIN cut USING (level, plot_id, cell_id) JOIN scaled USING (level, plot_id)
        WHERE NOT met.whole
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
    ), pair_here AS MATERIALIZED (
        SELECT pair.* FROM pair
        JOIN piece b ON b.cell_id = pair.cell_id AND b.plot_id = pair.other
    ), neighbours AS MATERIALIZED (
        SELECT side.cell_id, side.plot_id, array_agg(side.neighbour) AS plots
        FROM (
            SELECT cell_id, one AS plot_id, other AS neighbour FROM pair_here
            UNION ALL SELECT cell_id, other, one FROM pair_here
        ) side
        GROUP BY side.cell_id, side.plot_id
    ), triple AS MATERIALIZED (
        -- Two that overlap and have a neighbour in common are two of three. A join of three pairs
        -- would cost the third power of how many plots lie on one ground.
        SELECT DISTINCT pair_here.cell_id, member.plot_id
        FROM pair_here
        JOIN neighbours a ON a.cell_id = pair_here.cell_id AND a.plot_id = pair_here.one
        JOIN neighbours b ON b.cell_id = pair_here.cell_id AND b.plot_id = pair_here.other
        CROSS JOIN LATERAL (VALUES (pair_here.one), (pair_here.other)) member(plot_id)
        WHERE a.plots && b.plots
    ), clustered AS MATERIALIZED (
        SELECT piece.cell_id, piece.plot_id, piece.part, piece.share_m2, piece.part_m2,
               refusal.ground AS refused,
               ST_ClusterDBSCAN(piece.part, 0, 1)
                   OVER (PARTITION BY piece.cell_id ORDER BY piece.plot_id) AS cluster_id
        FROM piece JOIN triple USING (cell_id, plot_id)
        LEFT JOIN refusal USING (cell_id, plot_id)
    ), united AS MATERIALIZED (
        -- The union is scaled as the shares of the plots are, all together.
        SELECT ground.cell_id, ground.cluster_id, ground.plots,
               ground.share_m2
               * least(1, ST_Area(ground.every::geography) / nullif(ground.part_m2, 0)) AS m2,
               CASE WHEN ground.allowed IS NULL THEN 0 ELSE refused_share(
                   ST_Difference(ground.every, ground.allowed), ground.allowed) END AS refused
        FROM (
            SELECT clustered.cell_id, clustered.cluster_id, count(*) AS plots,
                   sum(clustered.share_m2 ORDER BY clustered.plot_id) AS share_m2,
                   sum(clustered.part_m2 ORDER BY clustered.plot_id) AS part_m2,
                   ST_Union(clustered.part ORDER BY clustered.plot_id) AS every,
                   CASE WHEN bool_or(clustered.refused IS NOT NULL) THEN ST_Union(
                       CASE WHEN clustered.refused IS NULL THEN clustered.part
                            ELSE ST_Difference(clustered.part, clustered.refused) END
                       ORDER BY clustered.plot_id) END AS allowed
            FROM clustered GROUP BY clustered.cell_id, clustered.cluster_id
        ) ground
    ), lone_pair AS MATERIALIZED (
        -- Pairs whose ground no union of a cluster has.
        SELECT pair_here.*
        FROM pair_here
        LEFT JOIN clustered a ON a.cell_id = pair_here.cell_id AND a.plot_id = pair_here.one
        LEFT JOIN clustered b ON b.cell_id = pair_here.cell_id AND b.plot_id = pair_here.other
        WHERE a.cluster_id IS NULL OR b.cluster_id IS NULL OR a.cluster_id <> b.cluster_id
    ), shared AS MATERIALIZED (
        SELECT pair.cell_id, pair.one, pair.other,
               (a.factor + b.factor) / 2 * ST_Area(common.ground::geography) AS m2,
               CASE WHEN one.ground IS NOT NULL OR other.ground IS NOT NULL THEN refused_share(
                   ST_Intersection(common.ground, barred.ground),
                   ST_Difference(common.ground, barred.ground)) END AS refused
        FROM lone_pair pair
        JOIN piece a ON a.cell_id = pair.cell_id AND a.plot_id = pair.one
        JOIN piece b ON b.cell_id = pair.cell_id AND b.plot_id = pair.other
        LEFT JOIN refusal one ON one.cell_id = a.cell_id AND one.plot_id = a.plot_id
        LEFT JOIN refusal other ON other.cell_id = b.cell_id AND other.plot_id = b.plot_id
        CROSS JOIN LATERAL (
            SELECT ST_CollectionExtract(ST_Intersection(a.part, b.part), 3) AS ground OFFSET 0
        ) common
        CROSS JOIN LATERAL (
            SELECT CASE WHEN one.ground IS NULL THEN other.ground
                        WHEN other.ground IS NULL THEN one.ground
                        ELSE ST_Union(one.ground, other.ground) END AS ground OFFSET 0
        ) barred
    ), overlap AS MATERIALIZED (
        SELECT shared.cell_id, shared.one,
               array_agg(shared.other ORDER BY shared.other) AS overlapping_plot_ids,
               array_agg(shared.m2 ORDER BY shared.other) AS m2,
               CASE WHEN bool_or(shared.refused > 0) THEN array_agg(
                   shared.m2 * coalesce(shared.refused, 0) ORDER BY shared.other) END AS refused_m2
        FROM shared GROUP BY shared.cell_id, shared.one
    )
    SELECT piece.cell_id, piece.plot_id, piece.boundary_id, piece.share_m2, piece.factor,
           piece.outside_m2, coalesce(refusal.m2, 0), piece.whole, piece.counted,
           overlap.overlapping_plot_ids, overlap.m2, overlap.refused_m2,
           united.cluster_id, united.m2, united.m2 * united.refused, united.plots::integer,
           piece.stage, piece.kind, piece.year, piece.programme
    FROM piece
    LEFT JOIN refusal ON refusal.cell_id = piece.cell_id AND refusal.plot_id = piece.plot_id
    LEFT JOIN clustered ON clustered.cell_id = piece.cell_id AND clustered.plot_id = piece.plot_id
    LEFT JOIN united ON united.cell_id = clustered.cell_id
        AND united.cluster_id = clustered.cluster_id
    LEFT JOIN overlap ON overlap.cell_id = piece.cell_id AND overlap.one = piece.plot_id;
    END IF;
END
$$;
COMMENT ON FUNCTION coverage_pieces(bigint[], timestamp with time zone, date) IS
    'What the green plots have in cells, computed anew; at a moment from the history';
REVOKE ALL ON FUNCTION coverage_pieces(bigint[], timestamp with time zone, date) FROM PUBLIC;
