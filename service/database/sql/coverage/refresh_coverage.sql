CREATE OR REPLACE FUNCTION refresh_coverage(boundary bigint, cells bigint[])
RETURNS void
LANGUAGE plpgsql
SECURITY DEFINER SET search_path TO 'pg_catalog', 'public', 'pg_temp' SET jit TO 'off'
AS $$
BEGIN
    WITH fresh AS MATERIALIZED (
        SELECT * FROM coverage_pieces(cells) WHERE boundary_id = boundary
    ), gone AS (
        DELETE FROM coverage_piece kept WHERE kept.cell_id = ANY(cells) AND NOT EXISTS (
            SELECT 1 FROM fresh
            WHERE fresh.cell_id = kept.cell_id AND fresh.plot_id = kept.plot_id)
    )
    INSERT INTO coverage_piece AS kept (cell_id, plot_id, boundary_id, area_m2, whole, counted,
                                        mates, lost_m2, crowd, crowd_m2, crowd_plots)
    SELECT cell_id, plot_id, boundary_id, area_m2, whole, counted, mates, lost_m2, crowd,
           crowd_m2, crowd_plots
    FROM fresh
    ON CONFLICT (cell_id, plot_id) DO UPDATE SET
        boundary_id = excluded.boundary_id, area_m2 = excluded.area_m2, whole = excluded.whole,
        counted = excluded.counted, mates = excluded.mates, lost_m2 = excluded.lost_m2,
        crowd = excluded.crowd, crowd_m2 = excluded.crowd_m2,
        crowd_plots = excluded.crowd_plots
    WHERE (kept.boundary_id, kept.area_m2, kept.whole, kept.counted, kept.mates, kept.lost_m2,
           kept.crowd, kept.crowd_m2, kept.crowd_plots) IS DISTINCT FROM
          (excluded.boundary_id, excluded.area_m2, excluded.whole, excluded.counted,
           excluded.mates, excluded.lost_m2, excluded.crowd, excluded.crowd_m2, excluded.crowd_plots);

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
    ), 
    taken AS (
        SELECT piece.boundary_id, piece.cell_id, piece.grouping, piece.grp,
               sum(pair.m2 ORDER BY piece.plot_id, pair.mate) AS m2
        FROM piece
        CROSS JOIN LATERAL unnest(piece.mates, piece.lost_m2) AS pair(mate, m2)
        JOIN piece other ON other.cell_id = piece.cell_id AND other.plot_id = pair.mate
            AND other.grouping = piece.grouping AND other.grp = piece.grp
        WHERE piece.mates IS NOT NULL
        GROUP BY piece.boundary_id, piece.cell_id, piece.grouping, piece.grp
    ),
    lone AS (
        SELECT piece.boundary_id, piece.cell_id, piece.grouping, piece.grp,
               sum(piece.area_m2 ORDER BY piece.plot_id) AS green_m2,
               sum(piece.area_m2 ORDER BY piece.plot_id) AS sum_m2,
               count(*) FILTER (WHERE piece.counted) AS plots
        FROM piece WHERE piece.crowd IS NULL
        GROUP BY piece.boundary_id, piece.cell_id, piece.grouping, piece.grp
    ), together AS (
        SELECT piece.boundary_id, piece.cell_id, piece.grouping, piece.grp, piece.crowd,
               sum(piece.area_m2 ORDER BY piece.plot_id) AS sum_m2,
               count(*) FILTER (WHERE piece.counted) AS plots,
               count(*) AS number, min(piece.crowd_plots) AS crowd_plots,
               min(piece.crowd_m2) AS crowd_m2,
               array_agg(piece.plot_id ORDER BY piece.plot_id) AS members
        FROM piece WHERE piece.crowd IS NOT NULL
        GROUP BY piece.boundary_id, piece.cell_id, piece.grouping, piece.grp, piece.crowd
    ), crowds AS (
        SELECT boundary_id, cell_id, grouping, grp,
               CASE WHEN number = 1 THEN sum_m2
                    WHEN number = crowd_plots THEN crowd_m2
                    ELSE least(sum_m2, united_m2(cell_id, members, NULL)) END AS green_m2,
               sum_m2, plots
        FROM together
    ), figure AS (
        SELECT boundary_id, cell_id, grouping, grp, sum(green_m2) AS green_m2,
               sum(sum_m2) AS sum_m2, sum(plots)::bigint AS plot_count
        FROM (SELECT * FROM lone UNION ALL SELECT * FROM crowds
              UNION ALL SELECT boundary_id, cell_id, grouping, grp, -m2, 0, 0 FROM taken) every
        GROUP BY boundary_id, cell_id, grouping, grp
    )

    INSERT INTO coverage_cell
        (cell_id, boundary_id, grouping, grp, green_m2, sum_m2, plot_count)
    SELECT cell_id, boundary_id, grouping, grp, green_m2, sum_m2, plot_count FROM figure;

    PERFORM roll_up_coverage(ARRAY[boundary]);
END
$$;
COMMENT ON FUNCTION refresh_coverage(bigint, bigint[]) IS
    'Computes cells of a boundary anew and adds them up; the caller holds the boundary';
REVOKE ALL ON FUNCTION refresh_coverage(bigint, bigint[]) FROM PUBLIC;
