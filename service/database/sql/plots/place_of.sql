-- The town and the village in which a plot stands: where a point on its largest part lies.
--
-- shape:  a polygon or multipolygon in EPSG:4490.
-- county: code of its county; only towns and villages below it are looked for.
-- Returns codes, NULL where no boundary of that level is known there, and the point. A village is
-- one of the town; where only the village is known, its code tells the town. Boundaries that lie on
-- each other give the lowest code.
-- Every role may call it.
CREATE OR REPLACE FUNCTION place_of(
    shape geometry,
    county text,
    OUT town text,
    OUT village text,
    OUT middle geometry
)
LANGUAGE sql STABLE
AS $$
WITH largest AS (
    SELECT ST_PointOnSurface(part.geom) AS point
    FROM ST_Dump(shape) part ORDER BY ST_Area(part.geom) DESC, part.path LIMIT 1
), here AS MATERIALIZED (
    SELECT d.level, c.code
    FROM largest
    JOIN district_cell c ON c.geom && largest.point AND ST_Intersects(c.geom, largest.point)
    JOIN district_boundary b ON b.id = c.boundary_id AND b.valid_to IS NULL
    JOIN district d ON d.code = c.code AND d.level IN ('town', 'village')
    WHERE left(c.code, 6) = county
), place AS (
    SELECT coalesce(
        (SELECT min(code) FROM here WHERE level = 'town'),
        (SELECT left(min(code), 9) FROM here WHERE level = 'village')) AS town
)
SELECT place.town,
       (SELECT min(code) FROM here WHERE level = 'village' AND left(code, 9) = place.town),
       largest.point
FROM place LEFT JOIN largest ON true
$$;
COMMENT ON FUNCTION place_of(geometry, text) IS
    'Town and village at a point on the largest part of a plot';
