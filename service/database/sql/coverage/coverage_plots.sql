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
    of_programmes text[]
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
    SELECT * INTO extent FROM coverage_extent(codes, moment, few);
    RETURN QUERY
    SELECT DISTINCT p.plot_id
    FROM figure_pieces(extent.kept, extent.fresh, moment, of_year, of_kinds, of_programmes) p;
END
$$;
COMMENT ON FUNCTION coverage_plots(text[], timestamp with time zone, integer, integer, text[], text[]) IS
    'Numbers of the plots that make figures, foreign ones too';
REVOKE ALL ON FUNCTION coverage_plots(text[], timestamp with time zone, integer, integer, text[], text[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION coverage_plots(text[], timestamp with time zone, integer, integer, text[], text[]) TO :service_role;
