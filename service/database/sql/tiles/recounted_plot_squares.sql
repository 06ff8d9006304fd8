-- What plot_square should add up to, counted anew from the plots: to verify the squares.
--
-- Returns rows of plot_square, one a square and group, both sizes of squares. Areas are whole cm².
-- Every role may call it; it counts the plots that row security shows.
CREATE OR REPLACE FUNCTION recounted_plot_squares()
RETURNS SETOF plot_square
LANGUAGE sql STABLE
SET search_path TO 'pg_catalog', 'public', 'pg_temp'
AS $$
SELECT size.sign * ((x >> 5) * size.blocks + (y >> 5)) + least(size.sign, 0), x * 16384 + y,
       district, shown, stage, kind, year, review, programme,
       count(*)::integer, sum(round(area_m2 * 10000)::bigint)::bigint
FROM (
    SELECT plot_id, slot, district, stage, kind, year, review, programme, area_m2,
           ST_XMin(geom) AS west, ST_YMin(geom) AS south,
           ST_XMax(geom) AS east, ST_YMax(geom) AS north,
           CASE WHEN slot = 'working' THEN 'working'
                WHEN count(*) OVER (PARTITION BY plot_id) > 1 THEN 'approved'
                ELSE 'both' END AS shown
    FROM plot_version
) seen
CROSS JOIN (VALUES (1, 32768, 512), (-1, 2048, 32)) size(sign, sides, blocks)
        CROSS JOIN LATERAL square_step((west + east) / 2 + 180, size.sides) x
        CROSS JOIN LATERAL square_step((south + north) / 2 + 90, size.sides) y
GROUP BY 1, 2, district, shown, stage, kind, year, review, programme
$$;
COMMENT ON FUNCTION recounted_plot_squares() IS
    'What plot_square adds up to, counted anew from the plots';
