-- The ground that counties lost or gained between two days, to whom, and what plots cover there.
--
-- since, until: days in Beijing; the boundaries that held on each are compared.
-- Returns a row for each pair of counties: from_code is the county that lost the ground, NULL where
-- it belonged to none; to_code the one that has it on the second day, NULL where it belongs to
-- none; ground_m2 its area; green_m2 what approved green plots of now cover of it, counted once and
-- without what layers refuse today; plots their number. Areas are square metres on the ellipsoid.
-- The service may call it; rows of which neither county is in the scope are left out. It hands out
-- ground, never plots.
CREATE OR REPLACE FUNCTION ground_between_borders(since date, until date)
RETURNS TABLE (
    from_code text,
    to_code text,
    ground_m2 double precision,
    green_m2 double precision,
    plots bigint
)
LANGUAGE plpgsql
STABLE SECURITY DEFINER
SET search_path TO 'pg_catalog', 'public', 'pg_temp'
SET jit TO 'off'
AS $$
#variable_conflict use_column
DECLARE
    blocking bigint[] := blocking_versions(NULL);
BEGIN
    RETURN QUERY
    WITH held AS MATERIALIZED (
        SELECT d.code, former.id AS old_id, later.id AS new_id
        FROM district d
        LEFT JOIN LATERAL (
            SELECT b.id FROM district_boundary b
            WHERE b.code = d.code AND (b.valid_to IS NULL OR b.valid_to > since)
            ORDER BY b.valid_from LIMIT 1
        ) former ON true
        LEFT JOIN LATERAL (
            SELECT b.id FROM district_boundary b
            WHERE b.code = d.code AND (b.valid_to IS NULL OR b.valid_to > until)
            ORDER BY b.valid_from LIMIT 1
        ) later ON true
        WHERE d.level = 'county'
    ), changed AS MATERIALIZED (
        SELECT * FROM held WHERE held.old_id IS DISTINCT FROM held.new_id
    ), lost AS MATERIALIZED (
        SELECT changed.code, part.geom
        FROM changed JOIN district_cell o ON o.boundary_id = changed.old_id
        CROSS JOIN LATERAL (
            SELECT ST_Union(n.geom) AS geom FROM district_cell n
            WHERE n.boundary_id = changed.new_id AND n.geom && o.geom
        ) own
        CROSS JOIN LATERAL ST_Dump(ST_CollectionExtract(
            CASE WHEN own.geom IS NULL THEN o.geom ELSE ST_Difference(o.geom, own.geom) END, 3)) part
    ), gained AS MATERIALIZED (
        SELECT changed.code, part.geom
        FROM changed JOIN district_cell n ON n.boundary_id = changed.new_id
        CROSS JOIN LATERAL (
            SELECT ST_Union(o.geom) AS geom FROM district_cell o
            WHERE o.boundary_id = changed.old_id AND o.geom && n.geom
        ) own
        CROSS JOIN LATERAL ST_Dump(ST_CollectionExtract(
            CASE WHEN own.geom IS NULL THEN n.geom ELSE ST_Difference(n.geom, own.geom) END, 3)) part
    ), moved AS MATERIALIZED (
        SELECT lost.code AS from_code, held.code AS to_code,
               ST_CollectionExtract(ST_Intersection(lost.geom, n.geom), 3) AS geom
        FROM lost
        JOIN district_cell n ON n.geom && lost.geom AND ST_Relate(n.geom, lost.geom, 'T********')
        JOIN held ON held.new_id = n.boundary_id AND held.code <> lost.code
        UNION ALL
        SELECT lost.code, NULL, rest.geom
        FROM lost
        CROSS JOIN LATERAL (
            -- Cut first, united then: see beyond_cells.
            SELECT ST_Union(ST_CollectionExtract(ST_Intersection(lost.geom, n.geom), 3)) AS geom
            FROM district_cell n JOIN held ON held.new_id = n.boundary_id
            WHERE n.geom && lost.geom
        ) every
        CROSS JOIN LATERAL (
            SELECT CASE WHEN every.geom IS NULL THEN lost.geom
                        ELSE ST_CollectionExtract(ST_Difference(lost.geom, every.geom), 3) END AS geom
        ) rest
        UNION ALL
        SELECT NULL, gained.code, rest.geom
        FROM gained
        CROSS JOIN LATERAL (
            SELECT ST_Union(ST_CollectionExtract(ST_Intersection(gained.geom, o.geom), 3)) AS geom
            FROM district_cell o JOIN held ON held.old_id = o.boundary_id
            WHERE o.geom && gained.geom
        ) every
        CROSS JOIN LATERAL (
            SELECT CASE WHEN every.geom IS NULL THEN gained.geom
                        ELSE ST_CollectionExtract(ST_Difference(gained.geom, every.geom), 3)
                        END AS geom
        ) rest
    ), piece AS MATERIALIZED (
        SELECT row_number() OVER () AS n, moved.*, ST_Area(moved.geom::geography) AS m2
        FROM moved
        WHERE NOT ST_IsEmpty(moved.geom) AND (
            moved.from_code IN (SELECT mine.code FROM codes_in_scope(NULL) AS mine(code))
            OR moved.to_code IN (SELECT mine.code FROM codes_in_scope(NULL) AS mine(code)))
    ), part AS MATERIALIZED (
        SELECT piece.n, piece.from_code, piece.to_code, v.plot_id,
               allowed_ground(ST_CollectionExtract(ST_Intersection(v.geom, piece.geom), 3),
                              v.stage, v.kind, blocking) AS geom
        FROM piece JOIN plot_version v ON v.slot = 'approved'
            AND v.stage IN ('planted', 'accepted', 'existing')
            AND v.geom && piece.geom AND ST_Relate(v.geom, piece.geom, 'T********')
    ), united AS (
        SELECT part.n, ST_Area(ST_Union(part.geom ORDER BY part.plot_id)::geography) AS m2
        FROM part GROUP BY part.n
    ), counted AS (
        SELECT part.from_code, part.to_code, count(DISTINCT part.plot_id) AS plots
        FROM part GROUP BY part.from_code, part.to_code
    ), total AS (
        SELECT piece.from_code, piece.to_code, sum(piece.m2) AS ground_m2,
               coalesce(sum(united.m2), 0) AS green_m2
        FROM piece LEFT JOIN united ON united.n = piece.n
        GROUP BY piece.from_code, piece.to_code
    )
    SELECT total.from_code, total.to_code, total.ground_m2, total.green_m2,
           coalesce(counted.plots, 0)
    FROM total LEFT JOIN counted
        ON counted.from_code IS NOT DISTINCT FROM total.from_code
        AND counted.to_code IS NOT DISTINCT FROM total.to_code
    WHERE total.ground_m2 > 0.01
    ORDER BY total.from_code, total.to_code;
END
$$;
COMMENT ON FUNCTION ground_between_borders(date, date) IS
    'What counties lost and gained between two days, to whom, and what plots cover of it';
REVOKE ALL ON FUNCTION ground_between_borders(date, date) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ground_between_borders(date, date) TO :service_role;
