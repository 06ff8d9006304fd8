-- Computes cells of a boundary anew, stores the result and adds the boundary up.
--
-- boundary: number of the boundary. The caller holds its row (FOR NO KEY UPDATE).
-- cells:    numbers of its cells; others are passed over. Returns nothing, and takes no mark away.
-- Rows that would not change are not written, so they leave no dead row behind. From the pieces the
-- green area of a cell and group is: shares of plots in no cluster, plus unions of clusters, minus
-- what pairs share outside of clusters, and minus the refused ground, which is added up alike:
-- refused ground of single plots, plus that of clusters, minus what of the pairs' overlaps one of
-- both is refused. So ground is refused where every plot that covers it is.
-- Only functions of the owner call it.
CREATE OR REPLACE FUNCTION refresh_coverage(boundary bigint, cells bigint[])
RETURNS void
LANGUAGE plpgsql
SECURITY DEFINER
SET search_path TO 'pg_catalog', 'public', 'pg_temp'
SET jit TO 'off'
AS $$
BEGIN
    WITH fresh AS MATERIALIZED (
        SELECT * FROM coverage_pieces(cells) WHERE boundary_id = boundary
    ), gone AS (
        DELETE FROM coverage_piece kept WHERE kept.cell_id = ANY(cells) AND NOT EXISTS (
            SELECT 1 FROM fresh
            WHERE fresh.cell_id = kept.cell_id AND fresh.plot_id = kept.plot_id)
    )
    INSERT INTO coverage_piece AS kept (cell_id, plot_id, boundary_id, area_m2, factor, outside_m2,
                                        refused_m2, whole, counted, overlapping_plot_ids,
                                        overlap_m2, overlap_refused_m2, cluster_id, cluster_m2,
                                        cluster_refused_m2, cluster_plots)
    SELECT cell_id, plot_id, boundary_id, area_m2, factor, outside_m2, refused_m2, whole, counted,
           overlapping_plot_ids, overlap_m2, overlap_refused_m2, cluster_id, cluster_m2,
           cluster_refused_m2, cluster_plots
    FROM fresh
    ON CONFLICT (cell_id, plot_id) DO UPDATE SET
        boundary_id = excluded.boundary_id, area_m2 = excluded.area_m2,
        factor = excluded.factor, outside_m2 = excluded.outside_m2,
        refused_m2 = excluded.refused_m2, whole = excluded.whole,
        counted = excluded.counted, overlapping_plot_ids = excluded.overlapping_plot_ids,
        overlap_m2 = excluded.overlap_m2, overlap_refused_m2 = excluded.overlap_refused_m2,
        cluster_id = excluded.cluster_id, cluster_m2 = excluded.cluster_m2,
        cluster_refused_m2 = excluded.cluster_refused_m2, cluster_plots = excluded.cluster_plots
    WHERE (kept.boundary_id, kept.area_m2, kept.factor, kept.outside_m2, kept.refused_m2,
           kept.whole, kept.counted, kept.overlapping_plot_ids, kept.overlap_m2,
           kept.overlap_refused_m2, kept.cluster_id, kept.cluster_m2, kept.cluster_refused_m2,
           kept.cluster_plots) IS DISTINCT FROM
          (excluded.boundary_id, excluded.area_m2, excluded.factor, excluded.outside_m2,
           excluded.refused_m2, excluded.whole, excluded.counted,
           excluded.overlapping_plot_ids, excluded.overlap_m2, excluded.overlap_refused_m2,
           excluded.cluster_id, excluded.cluster_m2, excluded.cluster_refused_m2,
           excluded.cluster_plots);

    DELETE FROM coverage_cell WHERE cell_id = ANY(cells);
    WITH piece AS MATERIALIZED (
        SELECT kept.*, g.grouping, g.grp
        FROM coverage_piece kept
        JOIN plot_version p ON p.plot_id = kept.plot_id AND p.slot = 'approved'
        JOIN kind k ON k.code = p.kind
        CROSS JOIN LATERAL (VALUES
            ('all', ''), ('green_class', k.green_class), ('stage', p.stage)
        ) g(grouping, grp)
        WHERE kept.cell_id = ANY(cells)
    ), overlap AS (
        -- Of pairs outside of clusters, what both have: it is counted twice in the sum.
        SELECT piece.boundary_id, piece.cell_id, piece.grouping, piece.grp,
               sum(pair.m2 ORDER BY piece.plot_id, pair.other_id) AS m2,
               coalesce(sum(pair.refused_m2 ORDER BY piece.plot_id, pair.other_id), 0) AS refused_m2
        FROM piece
        CROSS JOIN LATERAL
            unnest(piece.overlapping_plot_ids, piece.overlap_m2, piece.overlap_refused_m2)
            AS pair(other_id, m2, refused_m2)
        JOIN piece other ON other.cell_id = piece.cell_id AND other.plot_id = pair.other_id
            AND other.grouping = piece.grouping AND other.grp = piece.grp
        WHERE piece.overlapping_plot_ids IS NOT NULL
        GROUP BY piece.boundary_id, piece.cell_id, piece.grouping, piece.grp
    ), single AS (
        SELECT piece.boundary_id, piece.cell_id, piece.grouping, piece.grp,
               sum(piece.area_m2 ORDER BY piece.plot_id) AS ground_m2,
               sum(piece.area_m2 ORDER BY piece.plot_id) AS sum_m2,
               sum(piece.outside_m2 ORDER BY piece.plot_id) AS outside_m2,
               sum(piece.refused_m2 ORDER BY piece.plot_id) AS refused_m2,
               count(*) FILTER (WHERE piece.counted) AS plots
        FROM piece WHERE piece.cluster_id IS NULL
        GROUP BY piece.boundary_id, piece.cell_id, piece.grouping, piece.grp
    ), grouped AS (
        SELECT piece.boundary_id, piece.cell_id, piece.grouping, piece.grp, piece.cluster_id,
               sum(piece.area_m2 ORDER BY piece.plot_id) AS sum_m2,
               sum(piece.outside_m2 ORDER BY piece.plot_id) AS outside_m2,
               sum(piece.refused_m2 ORDER BY piece.plot_id) AS refused_m2,
               sum(piece.area_m2 / piece.factor ORDER BY piece.plot_id) AS parts_m2,
               count(*) FILTER (WHERE piece.counted) AS plots,
               count(*) AS number, min(piece.cluster_plots) AS cluster_plots,
               min(piece.cluster_m2) AS cluster_m2,
               min(piece.cluster_refused_m2) AS cluster_refused_m2,
               array_agg(piece.plot_id ORDER BY piece.plot_id) AS members
        FROM piece WHERE piece.cluster_id IS NOT NULL
        GROUP BY piece.boundary_id, piece.cell_id, piece.grouping, piece.grp, piece.cluster_id
    ), clusters AS (
        -- The union is stored for the whole cluster; of a part of it the plots are united here,
        -- and scaled as their shares are.
        SELECT boundary_id, cell_id, grouping, grp, ground_m2, sum_m2, outside_m2,
               CASE WHEN number = 1 THEN refused_m2
                    WHEN number = cluster_plots THEN cluster_refused_m2
                    WHEN refused_m2 = 0 THEN 0
                    ELSE ground_m2 * united_refused_share(cell_id, members, NULL)
               END AS refused_m2,
               plots
        FROM (
            SELECT *, CASE WHEN number = 1 THEN sum_m2
                           WHEN number = cluster_plots THEN cluster_m2
                           ELSE sum_m2 * least(1, united_m2(cell_id, members, NULL)
                                                  / nullif(parts_m2, 0)) END AS ground_m2
            FROM grouped
        ) whole
    ), added AS (
        SELECT boundary_id, cell_id, grouping, grp, sum(ground_m2) AS ground_m2,
               sum(sum_m2) AS sum_m2, sum(outside_m2) AS outside_m2,
               -- What the rounding of cuts leaves is no ground.
               greatest(0, least(sum(refused_m2), sum(ground_m2))) AS refused_m2,
               sum(plots)::bigint AS plot_count
        FROM (SELECT * FROM single UNION ALL SELECT * FROM clusters
              UNION ALL SELECT boundary_id, cell_id, grouping, grp, -m2, 0, 0, -refused_m2, 0
                        FROM overlap) every
        GROUP BY boundary_id, cell_id, grouping, grp
    ), figure AS (
        SELECT boundary_id, cell_id, grouping, grp, ground_m2 - refused_m2 AS green_m2, sum_m2,
               refused_m2, outside_m2, plot_count
        FROM added
    )
    INSERT INTO coverage_cell
        (cell_id, boundary_id, grouping, grp, green_m2, sum_m2, refused_m2, outside_m2, plot_count)
    SELECT cell_id, boundary_id, grouping, grp, green_m2, sum_m2, refused_m2, outside_m2,
           plot_count
    FROM figure;

    PERFORM roll_up_coverage(ARRAY[boundary]);
END
$$;
COMMENT ON FUNCTION refresh_coverage(bigint, bigint[]) IS
    'Computes cells of a boundary anew and adds them up; the caller holds the boundary';
REVOKE ALL ON FUNCTION refresh_coverage(bigint, bigint[]) FROM PUBLIC;
