-- The ground of a shape that counts as green, by the rules of the layers.
--
-- Arguments are those of refused_ground().
-- Returns the shape without what is refused: the shape itself where nothing is, and an empty
-- polygon where all is.
-- Every role may call it: layers are read by every account.
CREATE OR REPLACE FUNCTION allowed_ground(
    shape geometry,
    stage text,
    kind text,
    versions bigint[],
    moment timestamp with time zone DEFAULT NULL
)
RETURNS geometry
LANGUAGE sql STABLE
SET search_path TO 'pg_catalog', 'public', 'pg_temp'
AS $$
SELECT CASE WHEN refused.ground IS NULL THEN shape
            ELSE ST_CollectionExtract(ST_Difference(shape, refused.ground), 3) END
FROM (SELECT refused_ground(shape, stage, kind, versions, moment) AS ground OFFSET 0) refused
$$;
COMMENT ON FUNCTION allowed_ground(geometry, text, text, bigint[], timestamp with time zone) IS
    'A shape without the ground that layers refuse to a plot of the stage and kind';
