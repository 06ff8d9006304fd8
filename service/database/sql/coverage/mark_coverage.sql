-- Marks the cells in which approved green plots lie or lay: whoever writes plots calls this
-- unawares.
--
-- Trigger of plot_version, once a statement. `fresh` are the new rows and `gone` the old ones.
-- After an UPDATE only plots count whose shape, stage or kind changed, so a new note marks nothing.
-- A plot smaller than 0.005 degrees marks each cell that its box meets; of larger ones the shape is
-- asked, for their boxes meet many cells that they do not. Marks are only added, so writers never
-- wait for each other.
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
    ELSIF TG_OP = 'DELETE' THEN
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
        INSERT INTO coverage_dirty (boundary_id, cell_id)
        SELECT near.boundary_id, near.id FROM (
        SELECT DISTINCT cell.boundary_id, cell.id
        FROM (
            SELECT two.geom
            FROM (
                SELECT -1 AS step, plot_id, stage, kind, geom FROM gone
                WHERE slot = 'approved' AND stage IN ('planted', 'accepted', 'existing')
                UNION ALL
                SELECT 1, plot_id, stage, kind, geom FROM fresh
                WHERE slot = 'approved' AND stage IN ('planted', 'accepted', 'existing')
            ) two
            GROUP BY two.plot_id, two.stage, two.kind, two.geom
            HAVING sum(two.step) <> 0
        ) one CROSS JOIN LATERAL (
            SELECT c.id, c.boundary_id FROM district_cell c
            WHERE c.geom && one.geom AND (
                (ST_XMax(one.geom) - ST_XMin(one.geom) < 0.005
                 AND ST_YMax(one.geom) - ST_YMin(one.geom) < 0.005)
                OR ST_Intersects(c.geom, one.geom)) OFFSET 0
        ) cell
        ) near
        WHERE (SELECT b.valid_to IS NULL FROM district_boundary b WHERE b.id = near.boundary_id);
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
