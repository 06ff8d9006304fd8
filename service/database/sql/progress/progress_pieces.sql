-- What plots that may count in a plan have in the cells of districts, with what decides on it.
--
-- codes:   district codes; NULL means all districts in the scope. Others are left out.
-- moment:  the plots of this moment, by the borders of its day; NULL means now.
-- few:     up to so many marked cells are computed with the read; when there are more, none is.
-- first_year, last_year: plots of these task years are candidates.
-- first, after: plots that were planted, or approved for the first time, from first on and before
--          after are candidates too, whatever their task year; NULL means none.
-- by_day:  task_year, planted_on or approved_at: which day on_day is.
-- Returns the columns of coverage_pieces() that figures are made of, with county, on_day (NULL when
-- the plot has no such day, and for task_year), shape_m2, the plot's own area, and density_per_ha.
-- The service may call it; the scope decides which districts it may ask for.
CREATE OR REPLACE FUNCTION progress_pieces(
    codes text[],
    moment timestamp with time zone,
    few integer,
    first_year integer,
    last_year integer,
    first date,
    after date,
    by_day text
)
RETURNS TABLE (
    cell_id bigint,
    plot_id bigint,
    county text,
    area_m2 double precision,
    factor double precision,
    refused_m2 double precision,
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
    programme text,
    category text,
    theme text,
    work_type text,
    unit text,
    on_day date,
    shape_m2 double precision,
    density_per_ha double precision,
    version integer
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
    box    geometry;
BEGIN
    SELECT * INTO extent FROM coverage_extent(codes, moment, few);
    -- Of some districts of many only the plots near them are looked at.
    IF codes IS NOT NULL AND cardinality(extent.kept) <= 16 THEN
        SELECT ST_SetSRID(ST_Extent(near.geom)::geometry, 4490) INTO box
        FROM (SELECT b.geom FROM district_boundary b WHERE b.id = ANY(extent.kept)
              UNION ALL
              SELECT c.geom FROM district_cell c WHERE c.id = ANY(extent.fresh)) near;
    END IF;
    -- Each plot is here once, and DISTINCT tells the planner so: else it takes the pieces, of which
    -- there are many more, into memory instead of the plots.
    RETURN QUERY
    WITH approved AS MATERIALIZED (
        SELECT h.plot_id, beijing_day(min(h.valid_from)) AS day FROM plot_history h
        WHERE by_day = 'approved_at' AND h.slot = 'approved'
          AND h.stage IN ('planted', 'accepted', 'existing')
          AND (moment IS NULL OR h.valid_from <= moment)
        GROUP BY h.plot_id
    ), plot AS NOT MATERIALIZED (
        SELECT DISTINCT ON (v.plot_id) v.*, CASE by_day WHEN 'planted_on' THEN v.planted_on
                                WHEN 'approved_at' THEN a.day END AS on_day
        FROM (
            SELECT p.plot_id, p.stage, p.kind, p.year, p.programme, p.category, p.theme,
                   p.work_type, p.unit, p.planted_on, p.area_m2, p.density_per_ha, p.version
            FROM plot_version p
            WHERE moment IS NULL AND p.slot = 'approved'
              AND p.stage IN ('planted', 'accepted', 'existing')
              AND (box IS NULL OR p.geom && box)
            UNION ALL
            SELECT h.plot_id, h.stage, h.kind, h.year, h.programme, h.category, h.theme,
                   h.work_type, h.unit, h.planted_on, h.area_m2, h.density_per_ha, h.version
            FROM plot_history h
            WHERE h.slot = 'approved' AND h.operation <> 'delete'
              AND h.stage IN ('planted', 'accepted', 'existing')
              AND h.valid_from <= moment AND (h.valid_to IS NULL OR h.valid_to > moment)
              AND (box IS NULL OR h.geom && box)
        ) v LEFT JOIN approved a ON a.plot_id = v.plot_id
        WHERE v.year BETWEEN first_year AND last_year
           OR by_day = 'planted_on' AND v.planted_on >= first AND v.planted_on < after
           OR by_day = 'approved_at' AND a.day >= first AND a.day < after
    ), piece AS (
        SELECT k.cell_id, k.plot_id, k.boundary_id, k.area_m2, k.factor, k.refused_m2, k.counted,
               k.overlapping_plot_ids, k.overlap_m2, k.overlap_refused_m2,
               k.cluster_id, k.cluster_m2, k.cluster_refused_m2, k.cluster_plots
        FROM coverage_piece k
        WHERE k.boundary_id = ANY(extent.kept) AND k.cell_id <> ALL(extent.fresh)
        UNION ALL
        SELECT c.cell_id, c.plot_id, c.boundary_id, c.area_m2, c.factor, c.refused_m2, c.counted,
               c.overlapping_plot_ids, c.overlap_m2, c.overlap_refused_m2,
               c.cluster_id, c.cluster_m2, c.cluster_refused_m2, c.cluster_plots
        FROM coverage_pieces(extent.fresh, moment) c
    )
    SELECT piece.cell_id, piece.plot_id, b.code, piece.area_m2, piece.factor, piece.refused_m2,
           piece.counted, piece.overlapping_plot_ids, piece.overlap_m2, piece.overlap_refused_m2,
           piece.cluster_id, piece.cluster_m2, piece.cluster_refused_m2, piece.cluster_plots,
           plot.stage, plot.kind, plot.year, plot.programme, plot.category, plot.theme,
           plot.work_type, plot.unit, plot.on_day, plot.area_m2, plot.density_per_ha, plot.version
    FROM piece JOIN plot ON plot.plot_id = piece.plot_id
    JOIN district_boundary b ON b.id = piece.boundary_id;
END
$$;
COMMENT ON FUNCTION progress_pieces(text[], timestamp with time zone, integer, integer, integer, date, date, text) IS
    'What plots that may count in a plan have in the cells of districts, with what decides on it';
REVOKE ALL ON FUNCTION progress_pieces(text[], timestamp with time zone, integer, integer, integer, date, date, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION progress_pieces(text[], timestamp with time zone, integer, integer, integer, date, date, text) TO :service_role;
