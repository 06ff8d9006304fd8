-- Who holds credit in counties, from the kept pieces of the coverage.
--
-- codes: codes of counties; those out of scope are left out. Not NULL.
-- few:   up to so many marked cells are computed with the read; when there are more, none is.
-- Returns first a row without holder: plot_id NULL, area_m2 is the number of marked cells that are
-- left out. Then the columns of ledger_of_ground(), a row for each holder and set of further plots;
-- lon and lat only where the holder is beyond the scope. What the rows add up to is the green area
-- of the counties, within the rounding of cuts: nobody holds ground that layers refuse its plots
-- today.
-- The service may call it; the scope decides what it sees.
CREATE OR REPLACE FUNCTION ledger_of_counties(codes text[], few integer)
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
    extent record;
    blocking bigint[] := blocking_versions(NULL);
BEGIN
    SELECT * INTO extent FROM coverage_extent(codes, NULL, few);
    RETURN QUERY SELECT NULL::bigint, NULL::text, NULL::text, NULL::integer, NULL::text,
        extent.oldest, NULL::bigint[], extent.waiting::double precision, NULL::double precision,
        NULL::double precision;
    RETURN QUERY
    WITH kept AS MATERIALIZED (
        SELECT p.cell_id, p.plot_id, p.area_m2, p.refused_m2, p.overlapping_plot_ids, p.overlap_m2,
               p.overlap_refused_m2, p.cluster_id
        FROM coverage_piece p
        WHERE p.boundary_id = ANY(extent.kept) AND p.cell_id NOT IN (SELECT unnest(extent.fresh))
        UNION ALL
        SELECT p.cell_id, p.plot_id, p.area_m2, p.refused_m2, p.overlapping_plot_ids, p.overlap_m2,
               p.overlap_refused_m2, p.cluster_id
        FROM coverage_pieces(extent.fresh) p
    ), run AS MATERIALIZED (
        SELECT * FROM credited_since(ARRAY(SELECT DISTINCT kept.plot_id FROM kept))
    ), piece AS MATERIALIZED (
        -- What waits to be computed may be of a plot that is none any more.
        SELECT kept.cell_id, kept.plot_id, kept.area_m2 - kept.refused_m2 AS area_m2,
               kept.overlapping_plot_ids, kept.overlap_m2, kept.overlap_refused_m2, kept.cluster_id,
               run.since
        FROM kept JOIN run ON run.plot_id = kept.plot_id
    ), pair AS MATERIALIZED (
        -- Ground of two plots outside of clusters lies in no third one.
        SELECT piece.cell_id, piece.plot_id AS one, shared.other, shared.m2,
               coalesce(shared.refused_m2, 0) > 0 AS refused
        FROM piece
        CROSS JOIN LATERAL unnest(piece.overlapping_plot_ids, piece.overlap_m2,
                                  piece.overlap_refused_m2) AS shared(other, m2, refused_m2)
        WHERE piece.overlapping_plot_ids IS NOT NULL
    ), refused_pair AS MATERIALIZED (
        -- Where one of both is refused some of the ground, what each is allowed is cut into faces.
        SELECT ARRAY[pair.one, pair.other] AS plots,
               ARRAY[allowed_ground(common.ground, v.stage, v.kind, blocking),
                     allowed_ground(common.ground, w.stage, w.kind, blocking)] AS parts
        FROM pair
        JOIN plot_version v ON v.plot_id = pair.one AND v.slot = 'approved'
        JOIN plot_version w ON w.plot_id = pair.other AND w.slot = 'approved'
        JOIN district_cell cell ON cell.id = pair.cell_id
        CROSS JOIN LATERAL (
            SELECT ST_CollectionExtract(ST_Intersection(ST_CollectionExtract(
                ST_Intersection(v.geom, w.geom), 3), cell.geom), 3) AS ground OFFSET 0
        ) common
        WHERE pair.refused
    ), since_pair AS MATERIALIZED (
        SELECT two.one, two.other,
               CASE WHEN a.reshaped THEN credited_since_at(two.one, two.place)
                    ELSE a.since END AS one_since,
               CASE WHEN b.reshaped THEN credited_since_at(two.other, two.place)
                    ELSE b.since END AS other_since
        FROM (
            SELECT pair.one, pair.other,
                   CASE WHEN bool_or(x.reshaped OR y.reshaped) THEN (
                       SELECT ST_PointOnSurface(ST_Intersection(v.geom, w.geom))
                       FROM plot_version v, plot_version w
                       WHERE v.plot_id = pair.one AND v.slot = 'approved'
                         AND w.plot_id = pair.other AND w.slot = 'approved') END AS place
            FROM pair JOIN run x ON x.plot_id = pair.one JOIN run y ON y.plot_id = pair.other
            WHERE NOT pair.refused
            GROUP BY pair.one, pair.other
        ) two
        JOIN run a ON a.plot_id = two.one JOIN run b ON b.plot_id = two.other
    ), ranked AS MATERIALIZED (
        -- The lower id, one, comes first at equal moments.
        SELECT s.one, s.other, s.other_since < s.one_since AS other_first,
               least(s.one_since, s.other_since) AS since
        FROM since_pair s
    ), cluster AS MATERIALIZED (
        SELECT array_agg(piece.plot_id ORDER BY piece.plot_id) AS plots,
               array_agg(allowed_ground(
                   ST_CollectionExtract(ST_Intersection(v.geom, cell.geom), 3),
                   v.stage, v.kind, blocking) ORDER BY piece.plot_id) AS parts
        FROM piece
        JOIN plot_version v ON v.plot_id = piece.plot_id AND v.slot = 'approved'
        CROSS JOIN LATERAL (  -- few: else all cells there are are read through
            SELECT c.geom FROM district_cell c WHERE c.id = piece.cell_id OFFSET 0
        ) cell
        WHERE piece.cluster_id IS NOT NULL
        GROUP BY piece.cell_id, piece.cluster_id
    ), share AS (
        SELECT piece.plot_id AS holder, '{}'::bigint[] AS also,
               CASE WHEN piece.cluster_id IS NULL THEN piece.area_m2 ELSE 0 END AS m2,
               piece.since
        FROM piece
        UNION ALL
        SELECT side.id, '{}', -pair.m2, NULL
        FROM pair CROSS JOIN LATERAL (VALUES (pair.one), (pair.other)) side(id)
        WHERE NOT pair.refused
        UNION ALL
        SELECT side.id, '{}', -ST_Area(side.part::geography), NULL
        FROM refused_pair CROSS JOIN LATERAL unnest(plots, parts) AS side(id, part)
        UNION ALL
        SELECT f.holders[1], f.holders[2:], f.area_m2, f.since
        FROM refused_pair CROSS JOIN LATERAL credited_faces(plots, parts) f
        UNION ALL
        SELECT CASE WHEN ranked.other_first THEN pair.other ELSE pair.one END,
               ARRAY[CASE WHEN ranked.other_first THEN pair.one ELSE pair.other END],
               pair.m2, ranked.since
        FROM pair JOIN ranked ON ranked.one = pair.one AND ranked.other = pair.other
        UNION ALL
        SELECT f.holders[1], f.holders[2:], f.area_m2, f.since
        FROM cluster CROSS JOIN LATERAL credited_faces(cluster.plots, cluster.parts) f
    ), total AS MATERIALIZED (
        SELECT share.holder, share.also, sum(share.m2) AS m2, min(share.since) AS since
        FROM share GROUP BY share.holder, share.also
        HAVING sum(share.m2) >= 0.01
    )
    SELECT CASE WHEN known.own THEN v.plot_id END, CASE WHEN known.own THEN v.plot_no END,
           v.district, CASE WHEN known.own THEN v.year END,
           CASE WHEN known.own THEN v.programme END, CASE WHEN known.own THEN total.since END,
           CASE WHEN total.also = '{}' OR scope = '{*}' THEN total.also ELSE ARRAY(
               SELECT other.id FROM unnest(total.also) WITH ORDINALITY other(id, n)
               JOIN plot_version w ON w.plot_id = other.id AND w.slot = 'approved'
               WHERE w.district = ANY (scope) OR 'unit:' || w.unit = ANY (scope)
               ORDER BY other.n) END,
           total.m2, ST_X(place.at), ST_Y(place.at)
    FROM total
    JOIN plot_version v ON v.plot_id = total.holder AND v.slot = 'approved'
    CROSS JOIN LATERAL (
        SELECT scope = '{*}' OR v.district = ANY (scope)
               OR coalesce('unit:' || v.unit = ANY (scope), false) AS own) known
    LEFT JOIN LATERAL (
        SELECT ST_PointOnSurface(ST_Intersection(v.geom, b.geom)) AS at
        FROM district_boundary b
        WHERE NOT known.own AND b.id = ANY(extent.kept) AND ST_Intersects(b.geom, v.geom)
        LIMIT 1
    ) place ON NOT known.own
    ORDER BY known.own DESC, total.holder, total.also;
END
$$;
COMMENT ON FUNCTION ledger_of_counties(text[], integer) IS
    'Who holds credit in counties of the scope, from the kept pieces; the first row counts what '
    'waits';
REVOKE ALL ON FUNCTION ledger_of_counties(text[], integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ledger_of_counties(text[], integer) TO :service_role;
