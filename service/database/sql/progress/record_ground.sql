-- What each county has of the lines or the ground of records that count in a plan.
--
-- register, states: records of these states of it; without states those that its definition counts.
-- plan, first, after: records that name the plan, and of those that name none the ones that came to
--          their state from first on and before after.
-- moment:  the records of this moment, by the borders of its day; NULL means now.
-- dimension: 1 for lines, 2 for polygons.
-- Returns metres or square metres on the ellipsoid for each county of the scope that has some.
-- What records share counts once, and is cut at the borders, so that counties add up; a line that
-- runs along a border belongs to the lower code. Records of neighbours that reach into a county
-- count there whatever the scope: it hands out numbers, never records. The service may call it.
CREATE OR REPLACE FUNCTION record_ground(
    register text,
    states text[],
    plan text,
    first date,
    after date,
    moment timestamp with time zone,
    dimension integer
)
RETURNS TABLE(county text, quantity double precision)
LANGUAGE sql
STABLE SECURITY DEFINER
SET search_path TO 'pg_catalog', 'public', 'pg_temp'
SET jit TO 'off'
AS $$
WITH version AS (
    SELECT r.plan, r.state, r.since, r.geom FROM record r
    WHERE record_ground.moment IS NULL AND r.register = record_ground.register
    UNION ALL
    SELECT h.content ->> 'plan', h.content ->> 'state', CAST(h.content ->> 'since' AS date), h.geom
    FROM (
        SELECT DISTINCT ON (record_id) * FROM record_history
        WHERE record_history.register = record_ground.register AND at <= record_ground.moment
        ORDER BY record_id, id DESC
    ) h
    WHERE h.operation <> 'DELETE'
), united AS (
    -- What lies on each other is dissolved before it is cut: a cut moves ends a little.
    SELECT ST_UnaryUnion(ST_Collect(v.geom)) AS geom
    FROM version v
    JOIN register_state s ON s.register = record_ground.register AND s.code = v.state
    WHERE CASE WHEN cardinality(record_ground.states) > 0
               THEN v.state = ANY(record_ground.states) ELSE s.counts END
      AND (v.plan = record_ground.plan
           OR (v.plan IS NULL AND v.since >= record_ground.first AND v.since < record_ground.after))
      AND ST_Dimension(v.geom) = record_ground.dimension
), part AS MATERIALIZED (
    SELECT row_number() OVER () AS n, dumped.geom
    FROM united CROSS JOIN LATERAL ST_Dump(united.geom) dumped
), cut AS (
    SELECT part.n, c.code,
           ST_Union(CASE WHEN ST_CoveredBy(part.geom, c.geom) THEN part.geom
                         ELSE ST_CollectionExtract(ST_Intersection(part.geom, c.geom),
                                                   record_ground.dimension + 1) END) AS geom
    FROM part
    JOIN district_cell c ON ST_Intersects(part.geom, c.geom)
    JOIN district d ON d.code = c.code AND d.level = 'county'
    JOIN district_boundary b ON b.id = c.boundary_id
        AND CASE WHEN record_ground.moment IS NULL THEN b.valid_to IS NULL
                 ELSE held_on(b.id, beijing_day(record_ground.moment)) END
    GROUP BY part.n, c.code
), own AS (
    SELECT cut.code,
           CASE WHEN lower.geom IS NULL OR record_ground.dimension = 2 THEN cut.geom
                ELSE ST_Difference(cut.geom, lower.geom) END AS geom
    FROM cut
    LEFT JOIN LATERAL (
        SELECT ST_Union(other.geom) AS geom FROM cut other
        WHERE other.n = cut.n AND other.code < cut.code
    ) lower ON true
)
SELECT own.code,
       sum(CASE record_ground.dimension WHEN 1 THEN ST_Length(own.geom::geography)
                                        ELSE ST_Area(own.geom::geography) END)
FROM own
WHERE own.code IN (SELECT code FROM codes_in_scope(NULL, NULL) AS mine(code))
GROUP BY own.code
$$;
COMMENT ON FUNCTION record_ground(text, text[], text, date, date, timestamp with time zone, integer)
    IS 'Metres or square metres that each county has of the records that count in a plan';
REVOKE ALL ON FUNCTION record_ground(
    text, text[], text, date, date, timestamp with time zone, integer
) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION record_ground(
    text, text[], text, date, date, timestamp with time zone, integer
) TO :service_role;
