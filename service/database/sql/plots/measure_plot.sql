-- Measures the area of a plot where whoever wrote it did not.
--
-- Trigger of plot_version, for each row that gives no area, that changes the shape and leaves the
-- area as it was, or that gives an area more than a thousandth off that of a plane at the middle of
-- its box. The area is that on the ellipsoid, square metres. The conditions stand at the triggers,
-- so that rows with their areas cost no call.
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
    'Measures a plot whose area was not given, or cannot be the given one';
REVOKE ALL ON FUNCTION measure_plot() FROM PUBLIC;

-- A square degree at latitude B has 12309072079 cos B / (1 - e² sin² B)² square metres.
CREATE OR REPLACE TRIGGER plot_version_measured
    BEFORE INSERT ON plot_version
    FOR EACH ROW WHEN (
        coalesce(new.area_m2 / nullif(st_area(new.geom) * 12309072079
            * cos(radians((st_ymin(new.geom) + st_ymax(new.geom)) / 2))
            / (1 - 0.00669438 * sin(radians((st_ymin(new.geom) + st_ymax(new.geom)) / 2)) ^ 2) ^ 2,
        0), 0) NOT BETWEEN 0.999 AND 1.001)
    EXECUTE FUNCTION measure_plot();

CREATE OR REPLACE TRIGGER plot_version_measured_anew
    BEFORE UPDATE OF geom, area_m2 ON plot_version
    FOR EACH ROW WHEN (
        (new.area_m2 = old.area_m2 AND NOT new.geom = old.geom)
        OR (new.area_m2 IS DISTINCT FROM old.area_m2
            AND coalesce(new.area_m2 / nullif(st_area(new.geom) * 12309072079
            * cos(radians((st_ymin(new.geom) + st_ymax(new.geom)) / 2))
            / (1 - 0.00669438 * sin(radians((st_ymin(new.geom) + st_ymax(new.geom)) / 2)) ^ 2) ^ 2,
        0), 0) NOT BETWEEN 0.999 AND 1.001))
    EXECUTE FUNCTION measure_plot();
