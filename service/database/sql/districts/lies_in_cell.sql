-- Whether a cell covers a shape: of most cells, which are boxes, only corners are compared.
--
-- shape: a polygon or multipolygon in EPSG:4490.
-- cell:  a polygon in EPSG:4490, of district_cell or layer_cell.
-- NULL where either is NULL. Every role may call it; it is written out in the query that calls it.
CREATE OR REPLACE FUNCTION lies_in_cell(shape geometry, cell geometry)
RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$
SELECT CASE
    WHEN NOT cell ~ shape THEN false
    WHEN ST_NPoints(cell) = 5 AND ST_Area(cell) >= ST_Area(ST_Envelope(cell)) * (1 - 1e-12)
         AND ST_XMin(shape) >= ST_XMin(cell) AND ST_XMax(shape) <= ST_XMax(cell)
         AND ST_YMin(shape) >= ST_YMin(cell) AND ST_YMax(shape) <= ST_YMax(cell)
    THEN true
    ELSE ST_CoveredBy(shape, cell) END
$$;
COMMENT ON FUNCTION lies_in_cell(geometry, geometry) IS
    'Whether a cell covers a shape: of a cell that is a box only corners are compared';
