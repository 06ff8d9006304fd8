-- Cuts a boundary into cells: polygons of at most 64 vertices and 0.11 degrees to a side.
--
-- boundary: a polygon or multipolygon; NULL and empty give no row.
-- Returns polygons in the same reference system that cover the boundary once.
-- Every role may call it.
CREATE OR REPLACE FUNCTION cells_of(boundary geometry)
RETURNS SETOF geometry
LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT
AS $$
-- Into so many equal columns and rows; the outer ones reach beyond, so that nothing is lost.
SELECT part.geom
FROM ST_Subdivide(boundary, 64) AS piece
CROSS JOIN LATERAL (
    SELECT ST_XMin(piece) AS west, ST_YMin(piece) AS south,
           ST_XMax(piece) - ST_XMin(piece) AS wide, ST_YMax(piece) - ST_YMin(piece) AS tall
) box
CROSS JOIN LATERAL (
    SELECT ceil(wide / 0.11)::integer AS columns, ceil(tall / 0.11)::integer AS rows
) number
CROSS JOIN generate_series(0, columns - 1) x CROSS JOIN generate_series(0, rows - 1) y
CROSS JOIN LATERAL (
    SELECT CASE WHEN columns * rows = 1 THEN piece ELSE ST_Intersection(piece, ST_MakeEnvelope(
        CASE x WHEN 0 THEN west - 1 ELSE west + wide * x / columns END,
        CASE y WHEN 0 THEN south - 1 ELSE south + tall * y / rows END,
        CASE x WHEN columns - 1 THEN west + wide + 1 ELSE west + wide * (x + 1) / columns END,
        CASE y WHEN rows - 1 THEN south + tall + 1 ELSE south + tall * (y + 1) / rows END,
        ST_SRID(piece))) END AS geom
) cut
CROSS JOIN LATERAL ST_Dump(ST_CollectionExtract(cut.geom, 3)) part
$$;
COMMENT ON FUNCTION cells_of(geometry) IS
    'Cuts a boundary into polygons of at most 64 vertices and 0.11 degrees to a side';
