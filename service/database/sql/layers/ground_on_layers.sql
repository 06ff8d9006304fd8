-- What shapes share with layers, by the rules of the layers.
--
-- shapes:   polygons in EPSG:4490, valid; NULL and empty ones share nothing.
-- stages, kinds: of each shape, in the same order; a kind of NULL is any kind.
-- day:      a day in Beijing; versions that hold on it are looked at.
-- versions: only these; NULL is all.
-- own_m2:   areas of the shapes on the ellipsoid, of a caller who has them; NULL: measured here.
-- Returns a row for each shape (its number from 1) and layer, of info and report layers also for
-- each class: the shared area in square metres and its share of the shape, a spot on it, the
-- feature that has the most of it, and how many there are. A layer of role block beyond the
-- tolerance of its rule (1 square metre unless given) is severe as block, within it as info. A rule
-- without kinds or classes holds for all of them; without stages it holds for planned, planted and
-- accepted plots. Layers of role base are passed over, and so is less than 0.01 square metres.
-- A shape of many vertices that may meet many cells is cut into pieces of few first, and cells are
-- compared with the pieces: an overlay reads all vertices of what it cuts. Cells of one
-- feature share no ground, so only what several features have is united. Inner cells are boxes: of
-- a shape within one nothing else is asked. Whether it lies within another cell is told by what it
-- shares with it.
-- Every role may call it: layers are read by every account.
CREATE OR REPLACE FUNCTION ground_on_layers(
    shapes geometry[],
    stages text[],
    kinds text[],
    day date,
    versions bigint[] DEFAULT NULL,
    own_m2 double precision[] DEFAULT NULL
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
    asked_stages text[];  -- by their rules; a shape of another stage is compared with nothing
    many CONSTANT integer := 1000;  -- vertices of a shape that is cut into pieces
    pieces_of CONSTANT integer := 128;  -- vertices at most
    few CONSTANT integer := 32;  -- cells that do not pay for it
BEGIN
    SELECT array_agg(DISTINCT v.id), array_agg(DISTINCT asked.stage) INTO in_force, asked_stages
    FROM layer_version v JOIN layer l ON l.code = v.layer
    CROSS JOIN LATERAL jsonb_array_elements_text(
        coalesce(l.rule -> 'stages', '["planned", "planted", "accepted"]')) asked(stage)
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
        FROM unnest(shapes, stages, kinds, own_m2) WITH ORDINALITY s(shape, stage, kind, m2, n)
        WHERE s.stage = ANY (asked_stages)
    ), s AS MATERIALIZED (
        SELECT given.n, given.stage, given.kind, given.in_pieces, given.shape FROM given
        WHERE NOT given.in_pieces
        UNION ALL
        SELECT given.n, given.stage, given.kind, true, piece
        FROM given CROSS JOIN LATERAL ST_Subdivide(given.shape, pieces_of) piece
        WHERE given.in_pieces
    ), met AS MATERIALIZED (
        -- Before the layers are joined: each cell is compared once, whatever order they come in.
        SELECT s.n, s.stage, s.kind, s.shape, s.in_pieces, c.feature_id, c.version_id, c.geom,
               inside.whole
        FROM s
        JOIN layer_cell c ON c.geom && s.shape AND c.version_id = ANY (in_force)
        CROSS JOIN LATERAL (
            SELECT c.geom ~ s.shape AND ST_NPoints(c.geom) = 5
                   AND ST_XMin(s.shape) >= ST_XMin(c.geom) AND ST_XMax(s.shape) <= ST_XMax(c.geom)
                   AND ST_YMin(s.shape) >= ST_YMin(c.geom) AND ST_YMax(s.shape) <= ST_YMax(c.geom)
                   AND ST_Area(c.geom) >= (ST_XMax(c.geom) - ST_XMin(c.geom))
                       * (ST_YMax(c.geom) - ST_YMin(c.geom)) * (1 - 1e-12) AS whole OFFSET 0
        ) inside
        WHERE inside.whole OR ST_Intersects(s.shape, c.geom)
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
        CROSS JOIN LATERAL (
            -- Of what was met only: a join compares every row with every feature there is.
            SELECT one.id, one.class, one.code, one.name FROM layer_feature one
            WHERE one.id = met.feature_id OFFSET 0
        ) f
        WHERE (NOT l.rule ? 'kinds' OR met.kind IS NULL OR l.rule -> 'kinds' ? met.kind)
          AND (NOT l.rule ? 'classes' OR l.rule -> 'classes' ? f.class)
          AND coalesce(l.rule -> 'stages', '["planned", "planted", "accepted"]') ? met.stage
    ), sized AS (
        SELECT cut.*, ST_Area(cut.geom) AS plane FROM cut WHERE NOT ST_IsEmpty(cut.geom)
    ), ranked AS (
        SELECT sized.*, sum(sized.plane) OVER (
                   PARTITION BY sized.n, sized.layer, sized.class, sized.feature_id) AS of_feature
        FROM sized
    ), shared AS MATERIALIZED (
        SELECT ranked.n, ranked.layer, ranked.class, min(ranked.version_id) AS version_id,
               min(ranked.role) AS role, (array_agg(ranked.rule))[1] AS rule,
               count(DISTINCT ranked.feature_id)::integer AS features,
               (array_agg(ranked.code ORDER BY ranked.of_feature DESC, ranked.feature_id))[1]
                   AS code,
               (array_agg(ranked.name ORDER BY ranked.of_feature DESC, ranked.feature_id))[1]
                   AS name,
               bool_or(ranked.whole) AS whole, sum(ranked.plane) AS plane,
               max(ranked.plane) AS most,
               (array_agg(ranked.geom ORDER BY ranked.plane DESC))[1] AS largest,
               ST_Collect(ranked.geom) AS ground
        FROM ranked GROUP BY ranked.n, ranked.layer, ranked.class
    ),
    own AS MATERIALIZED (
        -- Measuring an area takes longest: that of a shape once for all layers.
        SELECT given.n, ST_Area(given.shape) AS plane,
               coalesce(given.m2, ST_Area(given.shape::geography)) AS m2
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
        SELECT CASE
                   WHEN shared.whole OR shared.most >= own.plane * (1 - 1e-10)
                        OR shared.features = 1 AND shared.plane >= own.plane * (1 - 1e-10)
                   THEN own.m2
                   WHEN shared.features = 1 THEN ST_Area(shared.ground::geography)
                   ELSE ST_Area(ST_UnaryUnion(shared.ground)::geography) END AS m2,
               ST_PointOnSurface(shared.largest) AS spot
        OFFSET 0
    ) size
    WHERE size.m2 >= 0.01
    ORDER BY shared.n, shared.layer, shared.class;
END
$$;
COMMENT ON FUNCTION ground_on_layers(
    geometry[], text[], text[], date, bigint[], double precision[]) IS
    'What shapes share with the layers in force, by the rules of the layers';
