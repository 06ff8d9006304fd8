-- Numbers of the plots that figures are made of, those of neighbours across the border too.
--
-- Arguments are those of coverage_figures(), without by_grouping.
-- Returns each plot once.
-- The service may call it; the scope decides which districts it may ask for.
CREATE OR REPLACE FUNCTION coverage_plots(
    codes text[],
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
RETURNS TABLE(plot_id bigint)
LANGUAGE plpgsql
STABLE SECURITY DEFINER
SET search_path TO 'pg_catalog', 'public', 'pg_temp'
SET jit TO 'off'
AS $$
DECLARE
    extent record;
BEGIN
    SELECT * INTO extent FROM coverage_extent(codes, moment, few, of_units, borders_on);
    RETURN QUERY
    SELECT DISTINCT p.plot_id
    FROM figure_pieces(extent.kept, extent.fresh, moment, of_year, of_kinds, of_programmes,
                       of_themes, of_work_types, of_units, borders_on) p;
END
$$;
COMMENT ON FUNCTION coverage_plots(text[], timestamp with time zone, integer, integer, text[], text[], text[], text[], text[], date) IS
    'Numbers of the plots that make figures, foreign ones too';
REVOKE ALL ON FUNCTION coverage_plots(text[], timestamp with time zone, integer, integer, text[], text[], text[], text[], text[], date) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION coverage_plots(text[], timestamp with time zone, integer, integer, text[], text[], text[], text[], text[], date) TO :service_role;
