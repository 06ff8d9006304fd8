-- How much of some ground is refused, as a ratio.
--
-- refused: the refused part of the ground, a polygon in degrees; NULL for none.
-- allowed: the rest of it; NULL or empty for none.
-- Returns area of the refused part / area of both on the ellipsoid: 0 and 1 are exact, whatever
-- vertices the cut between them added. 0 when both are empty.
-- Only functions of the owner call it.
CREATE OR REPLACE FUNCTION refused_share(refused geometry, allowed geometry)
RETURNS double precision
LANGUAGE sql IMMUTABLE PARALLEL SAFE
SET search_path TO 'pg_catalog', 'public', 'pg_temp'
AS $$
SELECT coalesce(part.refused_m2 / nullif(part.refused_m2 + part.allowed_m2, 0), 0)
FROM (SELECT coalesce(ST_Area(ST_CollectionExtract(refused, 3)::geography), 0) AS refused_m2,
             coalesce(ST_Area(ST_CollectionExtract(allowed, 3)::geography), 0) AS allowed_m2) part
$$;
COMMENT ON FUNCTION refused_share(geometry, geometry) IS
    'Area of the refused part of some ground / area of all of it';
REVOKE ALL ON FUNCTION refused_share(geometry, geometry) FROM PUBLIC;
