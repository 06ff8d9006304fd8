-- Who holds credit on some ground.
--
-- ground:    polygons in EPSG:4490.
-- max_plots: when more plots than this have credit there, nothing is computed.
-- Returns a row for each holder and set of further plots:
--   plot_id:  the holder; NULL for one beyond the scope, of which only county, ground and place are
--             told, and only within 200 m of the scope;
--   plot_no, year, programme, since: of the holder; NULL beyond the scope;
--   district: county of the holder;
--   also:     further plots of the scope that cover it, who has had it longest first;
--   area_m2:  square metres on the ellipsoid;
--   lon, lat: a point of it.
-- Nobody holds ground that layers refuse its plots today.
-- With too many plots there is one row, of NULL alone.
-- The service may call it; the scope decides what it sees.
CREATE OR REPLACE FUNCTION ledger_of_ground(ground geometry, max_plots integer)
RETURNS TABLE(
    plot_id bigint,
    plot_no text,
    district text,
    year integer,
    programme text,
    since timestamp with time zone,
    also bigint[],
    area_m2 double precision,
    lon double precision,
    lat double precision
)
LANGUAGE plpgsql
STABLE SECURITY DEFINER
SET search_path TO 'pg_catalog', 'public', 'pg_temp'
SET jit TO 'off'
SET plan_cache_mode TO 'force_custom_plan'
AS $$
#variable_conflict use_column
DECLARE
    scope text[] := current_scope();
    near geometry;
    blocking bigint[] := blocking_versions(NULL);
    ids bigint[];
    held record;
    run record;
    found record;
BEGIN
    IF scope = '{}' THEN
        RETURN;
    END IF;
    SELECT array_agg(met.plot_id) INTO ids
    FROM (
        SELECT v.plot_id FROM plot_version v
        WHERE v.slot = 'approved' AND v.stage IN ('planted', 'accepted', 'existing')
          AND v.geom && ground AND ST_Relate(v.geom, ground, 'T********')
        LIMIT max_plots + 1
    ) met;
    IF ids IS NULL THEN
        RETURN;
    END IF;
    IF cardinality(ids) > max_plots THEN
        RETURN QUERY SELECT NULL::bigint, NULL::text, NULL::text, NULL::integer, NULL::text,
            NULL::timestamptz, NULL::bigint[], NULL::double precision, NULL::double precision,
            NULL::double precision;
        RETURN;
    END IF;
    IF scope <> '{*}' THEN
        near := ground_near_scope(ground);
    END IF;
    -- Most ground has one holder: its parts are the faces.
    IF cardinality(ids) = 1 THEN
        SELECT v.plot_no, v.district, v.year, v.programme,
               scope = '{*}' OR v.district = ANY (scope)
                   OR coalesce('unit:' || v.unit = ANY (scope), false) AS own,
               allowed_ground(ST_CollectionExtract(ST_Intersection(v.geom, ground), 3),
                              v.stage, v.kind, blocking) AS part
        INTO held FROM plot_version v WHERE v.slot = 'approved' AND v.plot_id = ids[1];
        IF NOT held.own THEN
            held.part := ST_CollectionExtract(ST_Intersection(held.part, near), 3);
        END IF;
        SELECT s.since, s.reshaped INTO run FROM credited_since(ids) s;
        SELECT sum(face.area_m2) AS area_m2,
               (array_agg(face.place ORDER BY face.area_m2 DESC))[1] AS place,
               min(CASE WHEN run.reshaped THEN credited_since_at(ids[1], face.place)
                        ELSE run.since END) AS since
        INTO found FROM (
            SELECT ST_PointOnSurface(piece.geom) AS place, ST_Area(piece.geom::geography) AS area_m2
            FROM ST_Dump(held.part) piece OFFSET 0
        ) face;
        IF found.area_m2 >= 0.01 AND run.since IS NOT NULL THEN
            RETURN QUERY SELECT
                CASE WHEN held.own THEN ids[1] END, CASE WHEN held.own THEN held.plot_no END,
                held.district, CASE WHEN held.own THEN held.year END,
                CASE WHEN held.own THEN held.programme END, CASE WHEN held.own THEN found.since END,
                '{}'::bigint[], found.area_m2, ST_X(found.place), ST_Y(found.place);
        END IF;
        RETURN;
    END IF;
    RETURN QUERY
    WITH plot AS MATERIALIZED (
        SELECT v.plot_id, v.plot_no, v.district, v.year, v.programme,
               scope = '{*}' OR v.district = ANY (scope)
                   OR coalesce('unit:' || v.unit = ANY (scope), false) AS own,
               allowed_ground(ST_CollectionExtract(ST_Intersection(v.geom, ground), 3),
                              v.stage, v.kind, blocking) AS part
        FROM plot_version v WHERE v.slot = 'approved' AND v.plot_id = ANY(ids)
    ), given AS (
        -- Foreign ground is told of within 200 m of the scope only.
        SELECT array_agg(plot.plot_id ORDER BY plot.plot_id) AS plots,
               array_agg(CASE WHEN plot.own THEN plot.part
                              ELSE ST_CollectionExtract(ST_Intersection(plot.part, near), 3) END
                         ORDER BY plot.plot_id) AS parts
        FROM plot WHERE plot.own OR near IS NOT NULL
    ), face AS MATERIALIZED (
        SELECT f.* FROM given CROSS JOIN LATERAL credited_faces(given.plots, given.parts) f
    ), mine AS (
        SELECT face.holders[1] AS holder, face.since, face.face, face.area_m2,
               ARRAY(SELECT other.id FROM unnest(face.holders[2:]) WITH ORDINALITY other(id, n)
                     JOIN plot ON plot.plot_id = other.id AND plot.own ORDER BY other.n) AS also
        FROM face
    ), total AS (
        SELECT mine.holder, mine.also, min(mine.since) AS since, sum(mine.area_m2) AS area_m2,
               (array_agg(ST_PointOnSurface(mine.face) ORDER BY mine.area_m2 DESC))[1] AS place
        FROM mine GROUP BY mine.holder, mine.also
    )
    SELECT CASE WHEN plot.own THEN plot.plot_id END, CASE WHEN plot.own THEN plot.plot_no END,
           plot.district, CASE WHEN plot.own THEN plot.year END,
           CASE WHEN plot.own THEN plot.programme END, CASE WHEN plot.own THEN total.since END,
           total.also, total.area_m2, ST_X(total.place), ST_Y(total.place)
    FROM total JOIN plot ON plot.plot_id = total.holder
    WHERE total.area_m2 >= 0.01
    ORDER BY plot.own DESC, total.holder, total.also;
END
$$;
COMMENT ON FUNCTION ledger_of_ground(geometry, integer) IS
    'Who holds credit on some ground; beyond the scope county, m² and place only';
REVOKE ALL ON FUNCTION ledger_of_ground(geometry, integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ledger_of_ground(geometry, integer) TO :service_role;
