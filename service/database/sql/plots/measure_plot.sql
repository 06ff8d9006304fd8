-- Measures the area of a plot on the ellipsoid, square metres.
--
-- Trigger of plot_version, for each row that is new or whose shape or area changes. A new row keeps
-- the area that it brings where the setting luotu.areas is `measured` (the service measured it on
-- the ellipsoid) and it is within a thousandth of that of a plane at the middle of its box. What
-- any other writer gives is measured: a plane map's area looks as likely, and is off by as much as
-- a thousandth. The conditions stand at the triggers, so that rows with their areas cost no call.
CREATE OR REPLACE FUNCTION measure_plot()
RETURNS trigger
LANGUAGE plpgsql
SET search_path TO 'pg_catalog', 'public', 'pg_temp'
AS $$
BEGIN
    NEW.area_m2 := ST_Area(NEW.geom::geography);
    RETURN NEW;
END
$$;
COMMENT ON FUNCTION measure_plot() IS
    'Measures a plot, whatever area was given, unless luotu.areas says that the service measured it';
REVOKE ALL ON FUNCTION measure_plot() FROM PUBLIC;

-- A square degree at latitude B has 12309072079 cos B / (1 - e² sin² B)² square metres.
CREATE OR REPLACE TRIGGER plot_version_measured
    BEFORE INSERT ON plot_version
    FOR EACH ROW WHEN (
        current_setting('luotu.areas', true) IS DISTINCT FROM 'measured'
        OR coalesce(new.area_m2 / nullif(st_area(new.geom) * 12309072079
            * cos(radians((st_ymin(new.geom) + st_ymax(new.geom)) / 2))
            / (1 - 0.00669438 * sin(radians((st_ymin(new.geom) + st_ymax(new.geom)) / 2)) ^ 2) ^ 2,
        0), 0) NOT BETWEEN 0.999 AND 1.001)
    EXECUTE FUNCTION measure_plot();

CREATE OR REPLACE TRIGGER plot_version_measured_anew
    BEFORE UPDATE OF geom, area_m2 ON plot_version
    FOR EACH ROW WHEN (new.area_m2 IS DISTINCT FROM old.area_m2 OR NOT new.geom = old.geom)
    EXECUTE FUNCTION measure_plot();
