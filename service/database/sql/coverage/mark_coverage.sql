-- Marks the cells in which approved green plots lie or lay: whoever writes plots calls this
-- unawares.
--
-- Trigger of plot_version, once a statement. `fresh` are the new rows and `gone` the old ones.
-- After an UPDATE only plots count whose shape, stage or kind changed, so a new note marks nothing.
-- A plot smaller than 0.005 degrees marks each cell that its box meets; of larger ones the shape is
-- asked, for their boxes meet many cells that they do not. Marks are only added, so writers never
-- wait for each other. A plot that shares ground with no known county has no cell: it is noted in
-- coverage_outside.
-- Refused outside READ COMMITTED: see below.
CREATE OR REPLACE FUNCTION mark_coverage()
RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER
SET search_path TO 'pg_catalog', 'public', 'pg_temp'
AS $$
BEGIN
    -- In REPEATABLE READ a writer might not see a boundary that holds already, and leave its cells
    -- unmarked.
    IF current_setting('transaction_isolation') NOT IN ('read committed', 'read uncommitted') THEN
        RAISE feature_not_supported USING
            MESSAGE = 'plots are written in READ COMMITTED transactions',
            HINT = 'coverage is kept current by what a writer sees when it writes';
    END IF;
    IF TG_OP = 'INSERT' THEN
        INSERT INTO coverage_dirty (boundary_id, cell_id)
        SELECT near.boundary_id, near.id FROM (
        SELECT DISTINCT cell.boundary_id, cell.id
        FROM fresh one CROSS JOIN LATERAL (
            SELECT c.id, c.boundary_id FROM district_cell c
            WHERE c.geom && one.geom AND (
                (ST_XMax(one.geom) - ST_XMin(one.geom) < 0.005
                 AND ST_YMax(one.geom) - ST_YMin(one.geom) < 0.005)
                OR ST_Intersects(c.geom, one.geom)) OFFSET 0
        ) cell
        WHERE one.slot = 'approved' AND one.stage IN ('planted', 'accepted', 'existing')
        ) near
        WHERE (SELECT b.valid_to IS NULL FROM district_boundary b WHERE b.id = near.boundary_id);
        INSERT INTO coverage_outside (plot_id, district, area_m2)
        SELECT one.plot_id, one.district, one.area_m2 FROM fresh one
        WHERE one.slot = 'approved' AND one.stage IN ('planted', 'accepted', 'existing')
          AND NOT EXISTS (  -- quick: most middles lie in a county
              SELECT 1 FROM (SELECT ST_PointOnSurface(one.geom) AS point OFFSET 0) middle
              JOIN district_cell c ON c.geom && middle.point AND ST_Intersects(c.geom, middle.point)
              JOIN district_boundary b ON b.id = c.boundary_id AND b.valid_to IS NULL
              JOIN district d ON d.code = c.code AND d.level = 'county')
          AND NOT EXISTS (
              SELECT 1 FROM district_cell c
              JOIN district_boundary b ON b.id = c.boundary_id AND b.valid_to IS NULL
              JOIN district d ON d.code = c.code AND d.level = 'county'
              WHERE c.geom && one.geom AND ST_Relate(c.geom, one.geom, 'T********'))
        ON CONFLICT (plot_id) DO UPDATE SET
            district = excluded.district, area_m2 = excluded.area_m2;
    ELSIF TG_OP = 'DELETE' THEN
        UPDATE coverage_outside noted SET area_m2 = NULL
        WHERE noted.area_m2 IS NOT NULL AND EXISTS (
            SELECT 1 FROM gone WHERE gone.plot_id = noted.plot_id AND gone.slot = 'approved');
        INSERT INTO coverage_dirty (boundary_id, cell_id)
        SELECT near.boundary_id, near.id FROM (
        SELECT DISTINCT cell.boundary_id, cell.id
        FROM gone one CROSS JOIN LATERAL (
            SELECT c.id, c.boundary_id FROM district_cell c
            WHERE c.geom && one.geom AND (
                (ST_XMax(one.geom) - ST_XMin(one.geom) < 0.005
                 AND ST_YMax(one.geom) - ST_YMin(one.geom) < 0.005)
                OR ST_Intersects(c.geom, one.geom)) OFFSET 0
        ) cell
        WHERE one.slot = 'approved' AND one.stage IN ('planted', 'accepted', 'existing')
        ) near
        WHERE (SELECT b.valid_to IS NULL FROM district_boundary b WHERE b.id = near.boundary_id);
    ELSE
        -- Where the plot was and where it is; not when what changed tells nothing of its ground.
        -- Both rows of a plot are put side by side by a sort: a join of transition tables, whose
        -- size the planner does not know, compares all with all.
        INSERT INTO coverage_dirty (boundary_id, cell_id)
        SELECT near.boundary_id, near.id FROM (
        SELECT DISTINCT cell.boundary_id, cell.id
        FROM (
            SELECT both_rows.geom
            FROM (
                SELECT two.stage, two.kind, two.geom,
                       coalesce(lag(two.stage) OVER plot, lead(two.stage) OVER plot) AS other_stage,
                       coalesce(lag(two.kind) OVER plot, lead(two.kind) OVER plot) AS other_kind,
                       coalesce(lag(two.geom) OVER plot, lead(two.geom) OVER plot) AS other_geom
                FROM (
                    SELECT -1 AS step, plot_id, stage, kind, geom FROM gone
                    WHERE slot = 'approved' AND stage IN ('planted', 'accepted', 'existing')
                    UNION ALL
                    SELECT 1, plot_id, stage, kind, geom FROM fresh
                    WHERE slot = 'approved' AND stage IN ('planted', 'accepted', 'existing')
                ) two
                WINDOW plot AS (PARTITION BY two.plot_id ORDER BY two.step)
            ) both_rows
            WHERE both_rows.other_geom IS NULL OR NOT both_rows.geom = both_rows.other_geom
               OR both_rows.stage <> both_rows.other_stage OR both_rows.kind <> both_rows.other_kind
        ) one CROSS JOIN LATERAL (
            SELECT c.id, c.boundary_id FROM district_cell c
            WHERE c.geom && one.geom AND (
                (ST_XMax(one.geom) - ST_XMin(one.geom) < 0.005
                 AND ST_YMax(one.geom) - ST_YMin(one.geom) < 0.005)
                OR ST_Intersects(c.geom, one.geom)) OFFSET 0
        ) cell
        ) near
        WHERE (SELECT b.valid_to IS NULL FROM district_boundary b WHERE b.id = near.boundary_id);
        UPDATE coverage_outside noted SET area_m2 = NULL
        WHERE noted.area_m2 IS NOT NULL AND EXISTS (
            SELECT 1 FROM gone WHERE gone.plot_id = noted.plot_id AND gone.slot = 'approved');
        -- Plots that kept their ground are left out first: a border writes thousands of them.
        WITH placed AS MATERIALIZED (
            SELECT both_rows.* FROM (
                SELECT two.*, lag(two.geom) OVER plot AS former
                FROM (
                    SELECT -1 AS step, plot_id, district, area_m2, geom FROM gone
                    WHERE slot = 'approved' AND stage IN ('planted', 'accepted', 'existing')
                    UNION ALL
                    SELECT 1, plot_id, district, area_m2, geom FROM fresh
                    WHERE slot = 'approved' AND stage IN ('planted', 'accepted', 'existing')
                ) two
                WINDOW plot AS (PARTITION BY two.plot_id ORDER BY two.step)
            ) both_rows
            WHERE both_rows.step = 1
              AND (both_rows.former IS NULL OR NOT both_rows.geom = both_rows.former
                   OR (SELECT true FROM coverage_outside noted
                       WHERE noted.plot_id = both_rows.plot_id))
        )
        INSERT INTO coverage_outside (plot_id, district, area_m2)
        SELECT one.plot_id, one.district, one.area_m2 FROM placed one
        WHERE NOT EXISTS (  -- quick: most middles lie in a county
              SELECT 1 FROM (SELECT ST_PointOnSurface(one.geom) AS point OFFSET 0) middle
              JOIN district_cell c ON c.geom && middle.point AND ST_Intersects(c.geom, middle.point)
              JOIN district_boundary b ON b.id = c.boundary_id AND b.valid_to IS NULL
              JOIN district d ON d.code = c.code AND d.level = 'county')
          AND NOT EXISTS (
              SELECT 1 FROM district_cell c
              JOIN district_boundary b ON b.id = c.boundary_id AND b.valid_to IS NULL
              JOIN district d ON d.code = c.code AND d.level = 'county'
              WHERE c.geom && one.geom AND ST_Relate(c.geom, one.geom, 'T********'))
        ON CONFLICT (plot_id) DO UPDATE SET
            district = excluded.district, area_m2 = excluded.area_m2;
    END IF;
    RETURN NULL;
END
$$;
COMMENT ON FUNCTION mark_coverage() IS
    'Marks the cells in which an approved plot lies or lay';
REVOKE ALL ON FUNCTION mark_coverage() FROM PUBLIC;

CREATE OR REPLACE TRIGGER plot_version_deleted_coverage
    AFTER DELETE ON plot_version
    REFERENCING OLD TABLE AS gone
    FOR EACH STATEMENT
    EXECUTE FUNCTION mark_coverage();

CREATE OR REPLACE TRIGGER plot_version_inserted_coverage
    AFTER INSERT ON plot_version
    REFERENCING NEW TABLE AS fresh
    FOR EACH STATEMENT
    EXECUTE FUNCTION mark_coverage();

CREATE OR REPLACE TRIGGER plot_version_updated_coverage
    AFTER UPDATE ON plot_version
    REFERENCING OLD TABLE AS gone NEW TABLE AS fresh
    FOR EACH STATEMENT
    EXECUTE FUNCTION mark_coverage();
