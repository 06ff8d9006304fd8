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
    -- include coverage/pieces_added_up where moment = NULL
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
