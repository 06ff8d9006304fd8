-- Pieces of some plots: stored ones where they hold, computed ones where they do not.
--
-- kept:   boundaries whose stored pieces serve.
-- fresh:  cells that are computed instead; their stored pieces are left out. Neither array may be
--         NULL.
-- moment and the rest: as in coverage_figures().
-- Returns the columns of coverage_pieces().
-- Only functions of the owner call it.
CREATE OR REPLACE FUNCTION figure_pieces(
    kept bigint[],
    fresh bigint[],
    moment timestamp with time zone,
    of_year integer,
    of_kinds text[],
    of_programmes text[],
    of_themes text[] DEFAULT NULL,
    of_work_types text[] DEFAULT NULL,
    of_units text[] DEFAULT NULL,
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
SET plan_cache_mode TO 'force_custom_plan'
AS $$
#variable_conflict use_column
BEGIN
    IF cardinality(kept) > 0 THEN
        RETURN QUERY
        SELECT piece.cell_id, piece.plot_id, piece.boundary_id, piece.area_m2, piece.factor,
               piece.outside_m2, piece.refused_m2, piece.whole, piece.counted,
               piece.overlapping_plot_ids, piece.overlap_m2, piece.overlap_refused_m2,
               piece.cluster_id, piece.cluster_m2, piece.cluster_refused_m2, piece.cluster_plots,
               p.stage, p.kind, p.year, p.programme
        FROM plot_version p JOIN coverage_piece piece ON piece.plot_id = p.plot_id
        WHERE p.slot = 'approved'
          AND (of_year IS NULL OR p.year = of_year)
          AND (of_kinds IS NULL OR p.kind = ANY(of_kinds))
          AND (of_programmes IS NULL OR p.programme = ANY(of_programmes))
          AND (of_themes IS NULL OR p.theme = ANY(of_themes))
          AND (of_work_types IS NULL OR p.work_type = ANY(of_work_types))
          AND (of_units IS NULL OR p.unit = ANY(of_units))
          AND piece.boundary_id IN (SELECT unnest(kept))
          AND piece.cell_id NOT IN (SELECT unnest(fresh));
    END IF;
    IF cardinality(fresh) > 0 THEN
        RETURN QUERY
        SELECT piece.* FROM coverage_pieces(fresh, moment, borders_on) piece
        WHERE (of_year IS NULL OR piece.year = of_year)
          AND (of_kinds IS NULL OR piece.kind = ANY(of_kinds))
          AND (of_programmes IS NULL OR piece.programme = ANY(of_programmes))
          AND (of_themes IS NULL AND of_work_types IS NULL AND of_units IS NULL
               OR moment IS NULL AND EXISTS (
                   SELECT FROM plot_version p
                   WHERE p.plot_id = piece.plot_id AND p.slot = 'approved'
                     AND (of_themes IS NULL OR p.theme = ANY(of_themes))
                     AND (of_work_types IS NULL OR p.work_type = ANY(of_work_types))
                     AND (of_units IS NULL OR p.unit = ANY(of_units)))
               OR moment IS NOT NULL AND EXISTS (
                   SELECT FROM plot_history p
                   WHERE p.plot_id = piece.plot_id AND p.slot = 'approved'
                     AND p.valid_from <= moment AND (p.valid_to IS NULL OR p.valid_to > moment)
                     AND (of_themes IS NULL OR p.theme = ANY(of_themes))
                     AND (of_work_types IS NULL OR p.work_type = ANY(of_work_types))
                     AND (of_units IS NULL OR p.unit = ANY(of_units))));
    END IF;
END
$$;
COMMENT ON FUNCTION figure_pieces(bigint[], bigint[], timestamp with time zone, integer, text[], text[], text[], text[], text[], date) IS
    'What some plots have in the cells of boundaries: as kept, and computed for the fresh cells';
REVOKE ALL ON FUNCTION figure_pieces(bigint[], bigint[], timestamp with time zone, integer, text[], text[], text[], text[], text[], date) FROM PUBLIC;
