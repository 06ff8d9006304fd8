-- What shapes share with layers, by the rules of the layers.
--
-- shapes:   polygons in EPSG:4490, valid; NULL and empty ones share nothing.
-- stages, kinds: of each shape, in the same order; a kind of NULL is any kind.
-- day:      a day in Beijing; versions that hold on it are looked at.
-- versions: only these; NULL is all.
-- Returns a row for each shape (its number from 1) and layer, of info and report layers also for
-- each class: the shared area in square metres and its share of the shape, a spot on it, the
-- feature that has the most of it, and how many there are. A layer of role block beyond the
-- tolerance of its rule (1 square metre unless given) is severe as block, within it as info. A rule
-- without kinds or classes holds for all of them; without stages it holds for planned, planted and
-- accepted plots. Layers of role base are passed over, and so is less than 0.01 square metres.
-- A shape of many vertices that may meet many cells is cut into the boxes of a grid first, and
-- cells are compared with the pieces: an overlay reads all vertices of what it cuts.
-- Every role may call it: layers are read by every account.
CREATE OR REPLACE FUNCTION ground_on_layers(
    shapes geometry[],
    stages text[],
    kinds text[],
    day date,
    versions bigint[] DEFAULT NULL
)
RETURNS TABLE (
    shape_no integer,
    layer text,
    version_id bigint,
    severity text,
    class text,
    area_m2 double precision,
    share double precision,
    longitude double precision,
    latitude double precision,
    feature_code text,
    feature_name text,
    features integer
)
LANGUAGE plpgsql
STABLE
SET search_path TO 'pg_catalog', 'public', 'pg_temp'
-- To plan it takes longer than to compare one shape.
SET plan_cache_mode TO 'force_generic_plan'
AS $$
#variable_conflict use_column
DECLARE
    in_force bigint[];
    many CONSTANT integer := 1000;  -- vertices of a shape that is cut into pieces
    sides CONSTANT integer := 8;  -- of the grid
    few CONSTANT integer := 32;  -- cells that do not pay for it
BEGIN
    SELECT array_agg(v.id) INTO in_force
    FROM layer_version v JOIN layer l ON l.code = v.layer
    WHERE l.role <> 'base' AND v.valid_from <= day AND (v.valid_to IS NULL OR v.valid_to > day)
      AND (versions IS NULL OR v.id = ANY (versions));
    IF in_force IS NULL THEN
        RETURN;
    END IF;
    RETURN QUERY
    WITH given AS MATERIALIZED (
        SELECT s.*, ST_NPoints(s.shape) > many AND (
            SELECT count(*) FROM (
                SELECT FROM layer_cell cell
                WHERE cell.geom && s.shape AND cell.version_id = ANY (in_force) LIMIT few + 1
            ) near) > few AS in_pieces
        FROM unnest(shapes, stages, kinds) WITH ORDINALITY s(shape, stage, kind, n)
    ), strip AS MATERIALIZED (
        SELECT g.n, g.stage, g.kind, box.south, box.north,
               ST_Intersection(g.shape, ST_MakeEnvelope(
                   ST_XMin(g.shape), box.south, ST_XMax(g.shape), box.north,
                   ST_SRID(g.shape))) AS shape
        FROM given g CROSS JOIN generate_series(0, sides - 1) row_no
        CROSS JOIN LATERAL (
            SELECT ST_YMin(g.shape) + row_no * step AS south,
                   ST_YMin(g.shape) + (row_no + 1) * step AS north
            FROM (SELECT (ST_YMax(g.shape) - ST_YMin(g.shape)) / sides AS step) height
        ) box
        WHERE g.in_pieces
    ), s AS MATERIALIZED (
        SELECT given.n, given.stage, given.kind, given.in_pieces, given.shape FROM given
        WHERE NOT given.in_pieces
        UNION ALL
        SELECT strip.n, strip.stage, strip.kind, true,
               ST_CollectionExtract(ST_Intersection(strip.shape, ST_MakeEnvelope(
                   west + column_no * step, strip.south, west + (column_no + 1) * step, strip.north,
                   ST_SRID(strip.shape))), 3)
        FROM strip CROSS JOIN generate_series(0, sides - 1) column_no
        CROSS JOIN LATERAL (
            SELECT ST_XMin(strip.shape) AS west,
                   (ST_XMax(strip.shape) - ST_XMin(strip.shape)) / sides AS step
        ) width
        WHERE NOT ST_IsEmpty(strip.shape)
    ), met AS MATERIALIZED (
        -- Before the layers are joined: each cell is compared once, whatever order they come in.
        SELECT s.n, s.stage, s.kind, s.shape, s.in_pieces, c.feature_id, c.version_id, c.geom,
               ST_CoveredBy(s.shape, c.geom) AS whole
        FROM s
        JOIN layer_cell c ON c.geom && s.shape AND c.version_id = ANY (in_force)
            AND ST_Intersects(s.shape, c.geom)
    ), cut AS MATERIALIZED (
        SELECT met.n, v.id AS version_id, l.code AS layer, l.role, l.rule,
               CASE WHEN l.role IN ('info', 'report') THEN f.class END AS class,
               f.id AS feature_id, f.code, f.name,
               met.whole AND NOT met.in_pieces AS whole,
               CASE WHEN met.whole THEN met.shape
                    ELSE ST_CollectionExtract(ST_Intersection(met.shape, met.geom), 3) END AS geom
        FROM met
        JOIN layer_version v ON v.id = met.version_id
        JOIN layer l ON l.code = v.layer
        JOIN layer_feature f ON f.id = met.feature_id
        WHERE (NOT l.rule ? 'kinds' OR met.kind IS NULL OR l.rule -> 'kinds' ? met.kind)
          AND (NOT l.rule ? 'classes' OR l.rule -> 'classes' ? f.class)
          AND coalesce(l.rule -> 'stages', '["planned", "planted", "accepted"]') ? met.stage
    ), sized AS (
        SELECT cut.*, sum(ST_Area(cut.geom)) OVER (
                   PARTITION BY cut.n, cut.layer, cut.class, cut.feature_id) AS of_feature
        FROM cut WHERE NOT ST_IsEmpty(cut.geom)
    ), shared AS MATERIALIZED (
        SELECT sized.n, sized.layer, sized.class, min(sized.version_id) AS version_id,
               min(sized.role) AS role, (array_agg(sized.rule))[1] AS rule,
               count(DISTINCT sized.feature_id)::integer AS features,
               (array_agg(sized.code ORDER BY sized.of_feature DESC, sized.feature_id))[1] AS code,
               (array_agg(sized.name ORDER BY sized.of_feature DESC, sized.feature_id))[1] AS name,
               count(*) = 1 AND bool_and(sized.whole) AS whole,
               CASE count(*) WHEN 1 THEN (array_agg(sized.geom))[1]
                             ELSE ST_Union(sized.geom) END AS ground
        FROM sized GROUP BY sized.n, sized.layer, sized.class
    ),
    own AS MATERIALIZED (
        -- Measuring an area takes longest: that of a shape once for all layers.
        SELECT given.n, ST_Area(given.shape::geography) AS m2
        FROM given WHERE given.n IN (SELECT shared.n FROM shared)
    )
    SELECT shared.n::integer, shared.layer, shared.version_id,
           CASE shared.role
               WHEN 'block' THEN CASE
                   WHEN size.m2 > coalesce((shared.rule ->> 'tolerance_m2')::double precision, 1)
                   THEN 'block' ELSE 'info' END
               WHEN 'warn' THEN CASE
                   WHEN size.m2 > coalesce((shared.rule ->> 'tolerance_m2')::double precision, 1)
                   THEN 'warn' ELSE 'info' END
               ELSE 'info' END,
           shared.class, size.m2, size.m2 / own.m2,
           ST_X(size.spot), ST_Y(size.spot), shared.code, shared.name, shared.features
    FROM shared
    JOIN own ON own.n = shared.n
    CROSS JOIN LATERAL (
        SELECT CASE WHEN shared.whole THEN own.m2
                    ELSE ST_Area(shared.ground::geography) END AS m2,
               ST_PointOnSurface(shared.ground) AS spot
        OFFSET 0
    ) size
    WHERE size.m2 >= 0.01
    ORDER BY shared.n, shared.layer, shared.class;
END
$$;
COMMENT ON FUNCTION ground_on_layers(geometry[], text[], text[], date, bigint[]) IS
    'What shapes share with the layers in force, by the rules of the layers';
