-- Cuts ground that several plots share into faces, and says who holds each.
--
-- plots: ids of plots.
-- parts: for each its ground, valid polygons in EPSG:4490; empty ones and NULL are passed over.
-- Returns a row for each face that lies in at least one part:
--   holders: the plots that cover it, who has had it longest first (then the lower id): the first
--            holds the credit;
--   since:   since when it does;
--   face, area_m2: the ground, and its square metres on the ellipsoid.
-- Only functions of the owner call it. In PL/pgSQL, which keeps what it has read: a function in SQL
-- is read and planned anew for each shape that is asked about.
CREATE OR REPLACE FUNCTION credited_faces(plots bigint[], parts geometry[])
RETURNS TABLE(
    holders bigint[],
    since timestamp with time zone,
    face geometry,
    area_m2 double precision
)
LANGUAGE plpgsql
STABLE SECURITY DEFINER
SET search_path TO 'pg_catalog', 'public', 'pg_temp'
SET jit TO 'off'
AS $$
#variable_conflict use_column
BEGIN
    RETURN QUERY
    WITH part AS MATERIALIZED (
        SELECT given.plot_id, given.geom
        FROM unnest(plots, parts) AS given(plot_id, geom)
        WHERE NOT ST_IsEmpty(given.geom)
    ), run AS MATERIALIZED (
        SELECT * FROM credited_since(plots)
    ), face AS MATERIALIZED (
        SELECT piece.path[1] AS n, piece.geom, ST_PointOnSurface(piece.geom) AS place
        FROM (SELECT ST_Union(ST_Boundary(part.geom)) AS lines FROM part) outline
        CROSS JOIN LATERAL ST_Dump(ST_Polygonize(ARRAY[outline.lines])) piece
    ), cover AS (
        SELECT face.n, part.plot_id,
               CASE WHEN run.reshaped THEN credited_since_at(part.plot_id, face.place)
                    ELSE run.since END AS since
        FROM face JOIN part ON ST_Intersects(part.geom, face.place)
        JOIN run ON run.plot_id = part.plot_id
    )
    SELECT array_agg(cover.plot_id ORDER BY cover.since, cover.plot_id), min(cover.since),
           face.geom, ST_Area(face.geom::geography)
    FROM cover JOIN face ON face.n = cover.n
    GROUP BY face.n, face.geom;
END
$$;
COMMENT ON FUNCTION credited_faces(bigint[], geometry[]) IS
    'Ground of several plots cut into faces, each with the plots that cover it, the holder first';
REVOKE ALL ON FUNCTION credited_faces(bigint[], geometry[]) FROM PUBLIC;
