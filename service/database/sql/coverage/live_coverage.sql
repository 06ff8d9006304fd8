-- Areas and counts of districts at this moment.
--
-- codes:       district codes; NULL means all districts in the scope. Others are left out.
-- at_level:    only districts of this level; NULL means any.
-- by_grouping: all, green_class or stage: what grp of the rows is.
-- few:         up to so many marked cells are computed with the read; when there are more, none is.
-- Returns first a row without code: pending_cells are the marked cells that are left out,
-- pending_since is the oldest mark, outside_m2 the plots that lie in no known county at all. Then a
-- row for each district and group that has a plot:
-- green_m2 (ground counted once), sum_m2 (shares of the plots' own areas added up), refused_m2
-- (ground, counted once, that layers refuse to all plots that cover it: it is not in green_m2) and
-- outside_m2 (what of these plots lies in no known district of the level, divided among the
-- districts that they lie in), in square metres on the ellipsoid, and plot_count.
-- Boundaries without a marked cell are read as they are stored; of the others unmarked cells are
-- read and marked ones computed, and both are added up. A cell on a layer that began or ended at
-- midnight is as good as marked.
-- The service may call it; the scope decides what it sees.
CREATE OR REPLACE FUNCTION live_coverage(
    codes text[],
    at_level text,
    by_grouping text,
    few integer
)
RETURNS TABLE (
    code text,
    grp text,
    green_m2 double precision,
    sum_m2 double precision,
    refused_m2 double precision,
    outside_m2 double precision,
    plot_count bigint,
    pending_cells bigint,
    pending_since timestamp with time zone
)
LANGUAGE plpgsql
STABLE SECURITY DEFINER
SET search_path TO 'pg_catalog', 'public', 'pg_temp'
SET jit TO 'off'
AS $$
#variable_conflict use_column
DECLARE
    level_whole boolean :=
        codes IS NULL AND at_level IS NOT NULL AND current_scope() = '{*}';
    mine    bigint[];
    marked  bigint[];
    stale   bigint[] := '{}';
    waiting bigint := 0;
    oldest  timestamptz;
    due     bigint[] := layers_due();
BEGIN
    IF NOT level_whole THEN
        SELECT array_agg(these.boundary_id) INTO mine
        FROM coverage_boundaries(codes) these JOIN district d ON d.code = these.code
        WHERE at_level IS NULL OR d.level = at_level;
    END IF;
    IF due IS NOT NULL OR EXISTS (SELECT 1 FROM coverage_dirty) THEN
        IF level_whole THEN
            SELECT array_agg(DISTINCT d.cell_id), array_agg(DISTINCT d.boundary_id), min(d.since)
            INTO marked, stale, oldest
            FROM (SELECT boundary_id, cell_id, since FROM coverage_dirty
                  UNION ALL SELECT boundary_id, cell_id, now() FROM cells_on_layers(due)) d
            JOIN district_boundary b ON b.id = d.boundary_id
            JOIN district t ON t.code = b.code
            WHERE b.valid_to IS NULL AND t.level = at_level;
        ELSE
            SELECT array_agg(DISTINCT d.cell_id), array_agg(DISTINCT d.boundary_id), min(d.since)
            INTO marked, stale, oldest
            FROM (SELECT boundary_id, cell_id, since FROM coverage_dirty
                  UNION ALL SELECT boundary_id, cell_id, now() FROM cells_on_layers(due)) d
            WHERE d.boundary_id = ANY(mine);
        END IF;
        IF marked IS NULL OR cardinality(marked) > few THEN
            waiting := coalesce(cardinality(marked), 0);
            stale := '{}';
            marked := NULL;
        ELSE
            oldest := NULL;
        END IF;
    END IF;
    -- The first row tells what is not in the figures.
    RETURN QUERY SELECT NULL::text, NULL::text, NULL::double precision, NULL::double precision,
                        NULL::double precision,
                        CASE WHEN at_level IS NULL OR at_level = 'county'
                             THEN plots_outside_m2(codes, NULL, NULL, NULL, NULL) ELSE 0 END,
                        NULL::bigint, waiting, oldest;
    IF level_whole THEN
        RETURN QUERY
        SELECT f.code, f.grp, f.green_m2, f.sum_m2, f.refused_m2, f.outside_m2, f.plot_count,
               NULL::bigint, NULL::timestamptz
        FROM coverage_district f
        WHERE f.grouping = by_grouping AND f.level = at_level AND NOT f.boundary_id = ANY(stale);
    ELSE
        RETURN QUERY
        SELECT f.code, f.grp, f.green_m2, f.sum_m2, f.refused_m2, f.outside_m2, f.plot_count,
               NULL::bigint, NULL::timestamptz
        FROM unnest(mine) AS one(id) JOIN coverage_district f ON f.boundary_id = one.id
        WHERE f.grouping = by_grouping AND NOT f.boundary_id = ANY(stale);
    END IF;
    IF marked IS NULL THEN
        RETURN;
    END IF;
    RETURN QUERY
    WITH piece AS MATERIALIZED (
        SELECT p.*, g.grouping, g.grp FROM coverage_pieces(marked) p JOIN kind k ON k.code = p.kind
        CROSS JOIN LATERAL (VALUES
            ('all', ''), ('green_class', k.green_class), ('stage', p.stage)
        ) g(grouping, grp)
        WHERE g.grouping = by_grouping
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
    ), cell AS (
        SELECT boundary_id, cell_id, grp, green_m2, sum_m2, refused_m2, outside_m2, plot_count
        FROM figure
        UNION ALL
        SELECT kept.boundary_id, kept.cell_id, kept.grp, kept.green_m2, kept.sum_m2,
               kept.refused_m2, kept.outside_m2, kept.plot_count
        FROM coverage_cell kept
        WHERE kept.boundary_id = ANY(stale) AND kept.grouping = by_grouping
          AND NOT kept.cell_id = ANY(marked)
    )
    SELECT b.code, cell.grp, sum(cell.green_m2 ORDER BY cell.cell_id),
           sum(cell.sum_m2 ORDER BY cell.cell_id), sum(cell.refused_m2 ORDER BY cell.cell_id),
           sum(cell.outside_m2 ORDER BY cell.cell_id),
           sum(cell.plot_count)::bigint,
           NULL::bigint, NULL::timestamptz
    FROM cell JOIN district_boundary b ON b.id = cell.boundary_id
    GROUP BY b.code, cell.grp;
END
$$;
COMMENT ON FUNCTION live_coverage(text[], text, text, integer) IS
    'Figures at this moment of the districts in the scope that are among the codes and of the '
    'level (null: any); the first row has no code and tells how many marked cells are left out '
    '(more than few) and since when';
REVOKE ALL ON FUNCTION live_coverage(text[], text, text, integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION live_coverage(text[], text, text, integer) TO :service_role;
