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
    -- include coverage/pieces_added_up where moment = NULL
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
