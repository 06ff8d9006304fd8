-- Areas and counts of districts, for some plots only or as they stood at a moment.
--
-- codes:       district codes; NULL means all districts in the scope. Others are left out.
-- by_grouping: all, green_class, stage or kind: what grp of the rows is.
-- moment:      NULL means now.
-- few:         up to so many marked cells are computed with the read; when there are more, none is.
-- of_year, of_kinds, of_programmes, of_themes, of_work_types, of_units: only these plots count;
--              NULL means every plot. With units of the scope alone every district may be
--              asked for.
-- borders_on:  the figures stand on the boundaries of this day; NULL means those of the moment.
-- Returns first a row without code: pending_cells are the marked cells that are left out,
-- pending_since is the oldest mark, outside_m2 the plots that lie in no known county at all. Then a
-- row for each district and group that has a plot:
-- green_m2 (ground counted once), sum_m2 (shares of the plots' own areas added up), refused_m2
-- (ground, counted once, that layers refuse to all plots that cover it: it is not in green_m2) and
-- outside_m2 (what of these plots lies in no known district of the level, divided among the
-- districts that they lie in), in square metres on the ellipsoid, and plot_count.
-- The service may call it; the scope decides what it sees.
CREATE OR REPLACE FUNCTION coverage_figures(
    codes text[],
    by_grouping text,
    moment timestamp with time zone,
    few integer,
    of_year integer,
    of_kinds text[],
    of_programmes text[],
    of_themes text[] DEFAULT NULL,
    of_work_types text[] DEFAULT NULL,
    of_units text[] DEFAULT NULL,
    borders_on date DEFAULT NULL
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
SET plan_cache_mode TO 'force_custom_plan'
AS $$
#variable_conflict use_column
DECLARE
    extent record;
    -- Cells that did not change since the moment have their figures already.
    known  boolean := by_grouping <> 'kind' AND of_year IS NULL AND of_kinds IS NULL
                      AND of_programmes IS NULL AND of_themes IS NULL
                      AND of_work_types IS NULL AND of_units IS NULL;
BEGIN
    SELECT * INTO extent FROM coverage_extent(codes, moment, few, of_units, borders_on);
    RETURN QUERY SELECT NULL::text, NULL::text, NULL::double precision, NULL::double precision,
                        NULL::double precision,
                        plots_outside_m2(codes, moment, of_year, of_kinds, of_programmes,
                                         of_themes, of_work_types, of_units, borders_on),
                        NULL::bigint, extent.waiting, extent.oldest;
    RETURN QUERY
    WITH piece AS MATERIALIZED (
        SELECT p.*, by_grouping AS grouping,
               CASE by_grouping WHEN 'all' THEN '' WHEN 'kind' THEN p.kind
                                WHEN 'stage' THEN p.stage ELSE k.green_class END AS grp
        FROM figure_pieces(CASE WHEN known THEN '{}' ELSE extent.kept END, extent.fresh, moment,
                           of_year, of_kinds, of_programmes, of_themes, of_work_types,
                           of_units, borders_on) p
        LEFT JOIN kind k ON k.code = p.kind
    -- include coverage/pieces_added_up where moment = moment
    ), figure AS (
        SELECT boundary_id, cell_id, grouping, grp, ground_m2 - refused_m2 AS green_m2, sum_m2,
               refused_m2, outside_m2, plot_count
        FROM added
    ), cell AS (
        SELECT boundary_id, cell_id, grp, green_m2, sum_m2, refused_m2, outside_m2, plot_count
        FROM figure
        UNION ALL
        SELECT stored.boundary_id, stored.cell_id, stored.grp, stored.green_m2, stored.sum_m2,
               stored.refused_m2, stored.outside_m2, stored.plot_count
        FROM coverage_cell stored
        WHERE known AND stored.grouping = by_grouping
          AND stored.boundary_id IN (SELECT unnest(extent.kept))
          AND stored.cell_id NOT IN (SELECT unnest(extent.fresh))
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
COMMENT ON FUNCTION coverage_figures(text[], text, timestamp with time zone, integer, integer, text[], text[], text[], text[], text[], date) IS
    'As live_coverage, for some plots and as it stood at a moment';
REVOKE ALL ON FUNCTION coverage_figures(text[], text, timestamp with time zone, integer, integer, text[], text[], text[], text[], text[], date) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION coverage_figures(text[], text, timestamp with time zone, integer, integer, text[], text[], text[], text[], text[], date) TO :service_role;
