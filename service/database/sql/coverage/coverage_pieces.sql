-- What each green plot has in each of some cells, computed anew.
--
-- cells:  numbers of cells; NULL or an empty array gives no row.
-- moment: the plots of this moment, out of plot_history; NULL means now, out of plot_version.
-- Green are approved versions whose stage is planted, accepted or existing. Returns a row for each
-- plot that shares ground, not only a border, with a cell:
--   area_m2: area of its part in the cell, square metres on the ellipsoid;
--   whole:   all of the plot lies in the cell;
--   counted: the plot is counted here, the first cell of the boundary that shares ground with it;
--   overlapping_plot_ids, overlap_m2: plots with a greater number that overlap it in the cell, and
--            by how many square metres; NULL for none. Plots of its own cluster are not listed;
--   cluster_id, cluster_m2, cluster_plots: number of its cluster in the cell, area of the union of
--            the cluster in square metres, and number of its plots; NULL when it is in none. A
--            cluster is made of plots of which three overlap each other, with all such that touch
--            them: only there the overlaps of pairs do not tell how much ground is counted twice.
--   stage, kind, year, programme: of the plot.
-- The query stands here twice, for PL/pgSQL must know the table when it plans: the second is the
-- first with plot_history in the place of plot_version.
-- Only functions of the owner call it.
CREATE OR REPLACE FUNCTION coverage_pieces(
    cells bigint[],
    moment timestamp with time zone DEFAULT NULL::timestamp with time zone
)
RETURNS TABLE (
    cell_id bigint,
    plot_id bigint,
    boundary_id bigint,
    area_m2 double precision,
    whole boolean,
    counted boolean,
    overlapping_plot_ids bigint[],
    overlap_m2 double precision[],
    cluster_id integer,
    cluster_m2 double precision,
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
BEGIN
    IF moment IS NULL THEN
    RETURN QUERY
    WITH met AS MATERIALIZED (
        SELECT c.id AS cell_id, c.boundary_id, p.plot_id, p.stage, p.kind, p.year, p.programme,
               p.geom AS shape, p.area_m2 AS shape_m2, c.geom AS cell,
               ST_CoveredBy(p.geom, c.geom) AS whole
        FROM district_cell c
        JOIN plot_version p ON p.slot = 'approved' AND ST_Intersects(p.geom, c.geom)
            AND p.stage IN ('planted', 'accepted', 'existing')
        WHERE c.id = ANY(cells)
    ), piece AS MATERIALIZED (
        SELECT met.*, met.shape AS part, met.shape_m2 AS part_m2, true AS counted
        FROM met WHERE met.whole
        UNION ALL
        SELECT met.*, cut.part, ST_Area(cut.part::geography), NOT EXISTS (
                   SELECT 1 FROM district_cell s
                   WHERE s.boundary_id = met.boundary_id AND s.id < met.cell_id
                     AND s.geom && met.shape AND ST_Relate(s.geom, met.shape, 'T********'))
        FROM met CROSS JOIN LATERAL (
            SELECT ST_CollectionExtract(ST_Intersection(met.shape, met.cell), 3) AS part OFFSET 0
        ) cut
        WHERE NOT met.whole AND ST_Relate(met.shape, met.cell, 'T********')
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
    ), triple AS MATERIALIZED (
        SELECT DISTINCT ab.cell_id, member.plot_id
        FROM pair_here ab
        JOIN pair_here bc ON bc.cell_id = ab.cell_id AND bc.one = ab.other
        JOIN pair_here ac
          ON ac.cell_id = ab.cell_id AND ac.one = ab.one AND ac.other = bc.other
        CROSS JOIN LATERAL (VALUES (ab.one), (ab.other), (bc.other)) member(plot_id)
    ), clustered AS MATERIALIZED (
        SELECT piece.cell_id, piece.plot_id, piece.part, piece.part_m2,
               ST_ClusterDBSCAN(piece.part, 0, 1)
                   OVER (PARTITION BY piece.cell_id ORDER BY piece.plot_id) AS cluster_id
        FROM piece JOIN triple USING (cell_id, plot_id)
    ), united AS MATERIALIZED (
        SELECT clustered.cell_id, clustered.cluster_id, count(*) AS plots,
               least(sum(clustered.part_m2 ORDER BY clustered.plot_id),
                     ST_Area(ST_Union(clustered.part ORDER BY clustered.plot_id)::geography)) AS m2
        FROM clustered GROUP BY clustered.cell_id, clustered.cluster_id
    ), overlap AS MATERIALIZED (
        SELECT pair_here.cell_id, pair_here.one,
               array_agg(pair_here.other ORDER BY pair_here.other) AS overlapping_plot_ids,
               array_agg(ST_Area(ST_CollectionExtract(
                   ST_Intersection(a.part, b.part), 3)::geography)
                   ORDER BY pair_here.other) AS m2
        FROM pair_here
        JOIN piece a ON a.cell_id = pair_here.cell_id AND a.plot_id = pair_here.one
        JOIN piece b ON b.cell_id = pair_here.cell_id AND b.plot_id = pair_here.other
        WHERE NOT EXISTS (
            SELECT 1 FROM clustered one
            JOIN clustered other ON other.cell_id = one.cell_id
                AND other.cluster_id = one.cluster_id
            WHERE one.cell_id = pair_here.cell_id AND one.plot_id = pair_here.one
              AND other.plot_id = pair_here.other)
        GROUP BY pair_here.cell_id, pair_here.one
    )
    SELECT piece.cell_id, piece.plot_id, piece.boundary_id, piece.part_m2, piece.whole,
           piece.counted, overlap.overlapping_plot_ids, overlap.m2, united.cluster_id, united.m2,
           united.plots::integer,
           piece.stage, piece.kind, piece.year, piece.programme
    FROM piece
    LEFT JOIN clustered ON clustered.cell_id = piece.cell_id AND clustered.plot_id = piece.plot_id
    LEFT JOIN united ON united.cell_id = clustered.cell_id
        AND united.cluster_id = clustered.cluster_id
    LEFT JOIN overlap ON overlap.cell_id = piece.cell_id AND overlap.one = piece.plot_id;
    ELSE
    RETURN QUERY
    WITH met AS MATERIALIZED (
        SELECT c.id AS cell_id, c.boundary_id, p.plot_id, p.stage, p.kind, p.year, p.programme,
               p.geom AS shape, p.area_m2 AS shape_m2, c.geom AS cell,
               ST_CoveredBy(p.geom, c.geom) AS whole
        FROM district_cell c
        JOIN plot_history p ON p.slot = 'approved' AND p.valid_from <= moment
            AND (p.valid_to IS NULL OR p.valid_to > moment) AND ST_Intersects(p.geom, c.geom)
            AND p.stage IN ('planted', 'accepted', 'existing')
        WHERE c.id = ANY(cells)
    ), piece AS MATERIALIZED (
        SELECT met.*, met.shape AS part, met.shape_m2 AS part_m2, true AS counted
        FROM met WHERE met.whole
        UNION ALL
        SELECT met.*, cut.part, ST_Area(cut.part::geography), NOT EXISTS (
                   SELECT 1 FROM district_cell s
                   WHERE s.boundary_id = met.boundary_id AND s.id < met.cell_id
                     AND s.geom && met.shape AND ST_Relate(s.geom, met.shape, 'T********'))
        FROM met CROSS JOIN LATERAL (
            SELECT ST_CollectionExtract(ST_Intersection(met.shape, met.cell), 3) AS part OFFSET 0
        ) cut
        WHERE NOT met.whole AND ST_Relate(met.shape, met.cell, 'T********')
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
    ), triple AS MATERIALIZED (
        SELECT DISTINCT ab.cell_id, member.plot_id
        FROM pair_here ab
        JOIN pair_here bc ON bc.cell_id = ab.cell_id AND bc.one = ab.other
        JOIN pair_here ac
          ON ac.cell_id = ab.cell_id AND ac.one = ab.one AND ac.other = bc.other
        CROSS JOIN LATERAL (VALUES (ab.one), (ab.other), (bc.other)) member(plot_id)
    ), clustered AS MATERIALIZED (
        SELECT piece.cell_id, piece.plot_id, piece.part, piece.part_m2,
               ST_ClusterDBSCAN(piece.part, 0, 1)
                   OVER (PARTITION BY piece.cell_id ORDER BY piece.plot_id) AS cluster_id
        FROM piece JOIN triple USING (cell_id, plot_id)
    ), united AS MATERIALIZED (
        SELECT clustered.cell_id, clustered.cluster_id, count(*) AS plots,
               least(sum(clustered.part_m2 ORDER BY clustered.plot_id),
                     ST_Area(ST_Union(clustered.part ORDER BY clustered.plot_id)::geography)) AS m2
        FROM clustered GROUP BY clustered.cell_id, clustered.cluster_id
    ), overlap AS MATERIALIZED (
        SELECT pair_here.cell_id, pair_here.one,
               array_agg(pair_here.other ORDER BY pair_here.other) AS overlapping_plot_ids,
               array_agg(ST_Area(ST_CollectionExtract(
                   ST_Intersection(a.part, b.part), 3)::geography)
                   ORDER BY pair_here.other) AS m2
        FROM pair_here
        JOIN piece a ON a.cell_id = pair_here.cell_id AND a.plot_id = pair_here.one
        JOIN piece b ON b.cell_id = pair_here.cell_id AND b.plot_id = pair_here.other
        WHERE NOT EXISTS (
            SELECT 1 FROM clustered one
            JOIN clustered other ON other.cell_id = one.cell_id
                AND other.cluster_id = one.cluster_id
            WHERE one.cell_id = pair_here.cell_id AND one.plot_id = pair_here.one
              AND other.plot_id = pair_here.other)
        GROUP BY pair_here.cell_id, pair_here.one
    )
    SELECT piece.cell_id, piece.plot_id, piece.boundary_id, piece.part_m2, piece.whole,
           piece.counted, overlap.overlapping_plot_ids, overlap.m2, united.cluster_id, united.m2,
           united.plots::integer,
           piece.stage, piece.kind, piece.year, piece.programme
    FROM piece
    LEFT JOIN clustered ON clustered.cell_id = piece.cell_id AND clustered.plot_id = piece.plot_id
    LEFT JOIN united ON united.cell_id = clustered.cell_id
        AND united.cluster_id = clustered.cluster_id
    LEFT JOIN overlap ON overlap.cell_id = piece.cell_id AND overlap.one = piece.plot_id;
    END IF;
END
$$;
COMMENT ON FUNCTION coverage_pieces(bigint[], timestamp with time zone) IS
    'What the green plots have in cells, computed anew; at a moment from the history';
REVOKE ALL ON FUNCTION coverage_pieces(bigint[], timestamp with time zone) FROM PUBLIC;
