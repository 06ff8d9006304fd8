-- How much of a shape lies in none of some cells.
--
-- shape: a polygon or multipolygon in degrees of CGCS2000.
-- cells: polygons in degrees; an empty array leaves all of the shape.
-- Returns one row:
--   m2:             square metres on the ellipsoid. Gaps whose mean width is less than a hundred
--                   millionth of a degree, a millimetre, are the rounding of coordinates between
--                   neighbours and count nothing;
--   square_degrees: area in the plane, of all gaps.
-- Only functions of the owner call it.
CREATE OR REPLACE FUNCTION beyond_cells(shape geometry, cells geometry[])
RETURNS TABLE (m2 double precision, square_degrees double precision)
LANGUAGE sql IMMUTABLE PARALLEL SAFE
SET search_path TO 'pg_catalog', 'public', 'pg_temp'
AS $$
SELECT coalesce(sum(ST_Area(gap.geom::geography) ORDER BY gap.path)
                FILTER (WHERE 2 * ST_Area(gap.geom) >= 1e-8 * ST_Perimeter(gap.geom)), 0),
       coalesce(sum(ST_Area(gap.geom)), 0)
-- Cells of two districts, whose borders were cut apart, make a union with holes narrower than a
-- double can tell, with which GEOS takes all of the shape for lying beyond: they are cut first.
FROM ST_Dump(ST_CollectionExtract(CASE WHEN cardinality(cells) = 0 THEN shape
    ELSE ST_Difference(shape, (
        SELECT ST_Union(ST_CollectionExtract(ST_Intersection(shape, cell.geom), 3)
                        ORDER BY cell.n)
        FROM unnest(cells) WITH ORDINALITY AS cell(geom, n))) END, 3)) gap
$$;
COMMENT ON FUNCTION beyond_cells(geometry, geometry[]) IS
    'How much of a shape lies in none of the cells; gaps below a millimetre are rounding';
REVOKE ALL ON FUNCTION beyond_cells(geometry, geometry[]) FROM PUBLIC;
