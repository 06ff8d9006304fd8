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
        SELECT given.n, given.stage, given.kind, given.shape FROM given
        WHERE NOT given.in_pieces
        UNION ALL
        SELECT strip.n, strip.stage, strip.kind,
               ST_CollectionExtract(ST_Intersection(strip.shape, ST_MakeEnvelope(
                   west + column_no * step, strip.south, west + (column_no + 1) * step, strip.north,
                   ST_SRID(strip.shape))), 3)
        FROM strip CROSS JOIN generate_series(0, sides - 1) column_no
        CROSS JOIN LATERAL (
            SELECT ST_XMin(strip.shape) AS west,
                   (ST_XMax(strip.shape) - ST_XMin(strip.shape)) / sides AS step
        ) width
        WHERE NOT ST_IsEmpty(strip.shape)
    ), cut AS MATERIALIZED (
        SELECT s.n, v.id AS version_id, l.code AS layer, l.role, l.rule,
               CASE WHEN l.role IN ('info', 'report') THEN f.class END AS class,
               f.id AS feature_id, f.code, f.name,
               c.whole,
               CASE WHEN c.whole THEN s.shape
                    ELSE ST_CollectionExtract(ST_Intersection(s.shape, c.geom), 3) END AS geom
        FROM s
        CROSS JOIN LATERAL (
            SELECT cell.feature_id, cell.version_id, cell.geom,
                   ST_CoveredBy(s.shape, cell.geom) AS whole
            FROM layer_cell cell
            WHERE cell.geom && s.shape AND cell.version_id = ANY (in_force)
              AND ST_Intersects(s.shape, cell.geom) OFFSET 0
        ) c
        JOIN layer_version v ON v.id = c.version_id
        JOIN layer l ON l.code = v.layer
        JOIN layer_feature f ON f.id = c.feature_id
        WHERE (NOT l.rule ? 'kinds' OR s.kind IS NULL OR l.rule -> 'kinds' ? s.kind)
          AND (NOT l.rule ? 'classes' OR l.rule -> 'classes' ? f.class)
          AND coalesce(l.rule -> 'stages', '["planned", "planted", "accepted"]') ? s.stage
    ),
    shared AS MATERIALIZED (
        SELECT cut.n, cut.layer, cut.class, min(cut.version_id) AS version_id,
               min(cut.role) AS role, (array_agg(cut.rule))[1] AS rule,
               count(DISTINCT cut.feature_id)::integer AS features,
               (array_agg(cut.code))[1] AS code, (array_agg(cut.name))[1] AS name,
               count(*) = 1 AND bool_and(cut.whole AND NOT given.in_pieces) AS whole,
               CASE count(*) WHEN 1 THEN (array_agg(cut.geom))[1]
                             ELSE ST_Union(cut.geom) END AS ground
        FROM cut JOIN given ON given.n = cut.n WHERE NOT ST_IsEmpty(cut.geom)
        GROUP BY cut.n, cut.layer, cut.class
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
           ST_X(size.spot), ST_Y(size.spot),
           CASE shared.features WHEN 1 THEN shared.code ELSE most.code END,
           CASE shared.features WHEN 1 THEN shared.name ELSE most.name END, shared.features
    FROM shared
    JOIN own ON own.n = shared.n
    CROSS JOIN LATERAL (
        SELECT CASE WHEN shared.whole THEN own.m2
                    ELSE ST_Area(shared.ground::geography) END AS m2,
               ST_PointOnSurface(shared.ground) AS spot
        OFFSET 0
    ) size
    LEFT JOIN LATERAL (
        SELECT cut.code, cut.name FROM cut
        WHERE shared.features > 1 AND cut.n = shared.n AND cut.layer = shared.layer
          AND cut.class IS NOT DISTINCT FROM shared.class
        GROUP BY cut.feature_id, cut.code, cut.name
        ORDER BY sum(ST_Area(cut.geom)) DESC, cut.feature_id LIMIT 1
    ) most ON true
    WHERE size.m2 >= 0.01
    ORDER BY shared.n, shared.layer, shared.class;
END
$$;
COMMENT ON FUNCTION ground_on_layers(geometry[], text[], text[], date, bigint[]) IS
    'What shapes share with the layers in force, by the rules of the layers';
