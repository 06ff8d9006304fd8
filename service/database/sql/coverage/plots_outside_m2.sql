-- What the plots that lie in no known county add up to: ground that no cell has.
--
-- codes:  counties that the plots belong to; NULL means all in the scope. Others are left out.
-- moment: as the plots and the boundaries were then; NULL means now.
-- of_year, of_kinds, of_programmes, of_themes, of_work_types, of_units: only these plots count;
--         NULL means every plot.
-- borders_on: outside the boundaries of this day; NULL means those of the moment.
-- Returns square metres on the ellipsoid, the plots' own areas; 0 when there are none.
-- Only functions of the owner call it.
CREATE OR REPLACE FUNCTION plots_outside_m2(
    codes text[],
    moment timestamp with time zone,
    of_year integer,
    of_kinds text[],
    of_programmes text[],
    of_themes text[] DEFAULT NULL,
    of_work_types text[] DEFAULT NULL,
    of_units text[] DEFAULT NULL,
    borders_on date DEFAULT NULL
)
RETURNS double precision
LANGUAGE plpgsql
STABLE SECURITY DEFINER
SET search_path TO 'pg_catalog', 'public', 'pg_temp'
SET jit TO 'off'
AS $$
DECLARE
    at timestamptz := coalesce(moment, 'infinity');
BEGIN
    IF moment IS NULL AND borders_on IS NULL AND of_year IS NULL AND of_kinds IS NULL
       AND of_programmes IS NULL AND of_themes IS NULL AND of_work_types IS NULL AND of_units IS NULL THEN
        IF codes IS NULL AND current_scope() = '{*}' THEN
            RETURN (SELECT coalesce(sum(noted.area_m2 ORDER BY noted.plot_id), 0)
                    FROM coverage_outside noted WHERE noted.area_m2 IS NOT NULL);
        END IF;
        RETURN (SELECT coalesce(sum(noted.area_m2 ORDER BY noted.plot_id), 0)
                FROM coverage_outside noted
                WHERE noted.area_m2 IS NOT NULL AND noted.district IN (
                    SELECT mine.code FROM codes_in_scope(codes) AS mine(code)));
    END IF;
    IF moment IS NULL AND borders_on IS NULL THEN
        RETURN (
            SELECT coalesce(sum(noted.area_m2 ORDER BY noted.plot_id), 0)
            FROM coverage_outside noted
            JOIN plot_version p ON p.plot_id = noted.plot_id AND p.slot = 'approved'
            WHERE noted.area_m2 IS NOT NULL AND noted.district IN (
                  SELECT mine.code FROM codes_in_scope(codes, of_units) AS mine(code))
              AND (of_year IS NULL OR p.year = of_year)
              AND (of_kinds IS NULL OR p.kind = ANY(of_kinds))
              AND (of_programmes IS NULL OR p.programme = ANY(of_programmes))
              AND (of_themes IS NULL OR p.theme = ANY(of_themes))
              AND (of_work_types IS NULL OR p.work_type = ANY(of_work_types))
              AND (of_units IS NULL OR p.unit = ANY(of_units)));
    END IF;
    RETURN (
        -- Boundaries are looked at once, not for each plot and cell.
        WITH standing AS MATERIALIZED (
            SELECT b.id FROM district_boundary b JOIN district d ON d.code = b.code
            WHERE d.level = 'county'
              AND held_on(b.id, coalesce(borders_on, beijing_day(moment)))
        ), changed AS MATERIALIZED (
            SELECT b.id FROM district_boundary b JOIN district d ON d.code = b.code
            WHERE d.level = 'county' AND borders_on IS NOT NULL
              AND held_on(b.id, borders_on) <> coalesce(held_on(b.id, beijing_day(moment)), false)
        ), noted AS MATERIALIZED (
            SELECT outside.plot_id FROM coverage_outside outside
            UNION
            -- Where boundaries of another day hold, plots may lie outside that never did.
            SELECT h.plot_id
            FROM changed JOIN district_cell ground ON ground.boundary_id = changed.id
            JOIN plot_history h ON h.geom && ground.geom AND ST_Intersects(h.geom, ground.geom)
                AND h.slot = 'approved'
        ), plot AS MATERIALIZED (
            -- These first: else cells are looked for around every plot that there is.
            SELECT p.plot_id, p.geom, p.area_m2
            FROM noted CROSS JOIN LATERAL (
                SELECT * FROM plot_history h WHERE h.plot_id = noted.plot_id OFFSET 0) p
            WHERE p.slot = 'approved' AND p.stage IN ('planted', 'accepted', 'existing')
              AND p.valid_from <= at AND (p.valid_to IS NULL OR p.valid_to > at)
              AND p.district IN (
                  SELECT mine.code FROM codes_in_scope(codes, of_units) AS mine(code))
              AND (of_year IS NULL OR p.year = of_year)
              AND (of_kinds IS NULL OR p.kind = ANY(of_kinds))
              AND (of_programmes IS NULL OR p.programme = ANY(of_programmes))
              AND (of_themes IS NULL OR p.theme = ANY(of_themes))
              AND (of_work_types IS NULL OR p.work_type = ANY(of_work_types))
              AND (of_units IS NULL OR p.unit = ANY(of_units))
        )
        SELECT coalesce(sum(plot.area_m2 ORDER BY plot.plot_id), 0)
        FROM plot
        WHERE NOT EXISTS (
              SELECT 1 FROM district_cell c
              WHERE c.geom && plot.geom AND c.boundary_id IN (SELECT standing.id FROM standing)
                AND ST_Relate(c.geom, plot.geom, 'T********')));
END
$$;
COMMENT ON FUNCTION plots_outside_m2(text[], timestamp with time zone, integer, text[], text[], text[], text[], text[], date) IS
    'Own areas of the plots that lie in no known county, added up';
REVOKE ALL ON FUNCTION plots_outside_m2(text[], timestamp with time zone, integer, text[], text[], text[], text[], text[], date)
    FROM PUBLIC;
