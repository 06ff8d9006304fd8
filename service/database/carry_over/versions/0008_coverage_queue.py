"""Coverage kept by the database: what each cell holds, and which cells a write has touched."""

from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

TABLES = """
CREATE TABLE coverage_piece (
    cell_id     bigint  NOT NULL,
    plot_id     bigint  NOT NULL,
    boundary_id bigint  NOT NULL,
    area_m2     double precision NOT NULL,
    whole       boolean NOT NULL,
    counted     boolean NOT NULL,
    mates       bigint[],
    lost_m2     double precision[],
    crowd       integer,
    crowd_m2    double precision,
    crowd_plots integer,
    CONSTRAINT coverage_piece_pkey PRIMARY KEY (cell_id, plot_id)
);
CREATE INDEX coverage_piece_boundary_id_idx ON coverage_piece (boundary_id);
COMMENT ON TABLE coverage_piece IS '图斑在切块内的部分。What each green plot has in each cell, as of the last time that the cell was drained.';
COMMENT ON COLUMN coverage_piece.cell_id IS 'Cell';
COMMENT ON COLUMN coverage_piece.plot_id IS 'Plot, by its approved version';
COMMENT ON COLUMN coverage_piece.boundary_id IS 'Boundary that the cell is a piece of';
COMMENT ON COLUMN coverage_piece.area_m2 IS 'Area of the part in the cell, square metres on the ellipsoid';
COMMENT ON COLUMN coverage_piece.whole IS 'The plot lies in this cell with all of itself';
COMMENT ON COLUMN coverage_piece.counted IS 'The plot is counted here: in the first cell of the boundary that shares ground with it';
COMMENT ON COLUMN coverage_piece.mates IS 'Plots of greater number that share ground with this one in the cell, where no three do';
COMMENT ON COLUMN coverage_piece.lost_m2 IS 'How much each of them shares with it';
COMMENT ON COLUMN coverage_piece.crowd IS 'Plots of one number share ground in the cell, three or more of them the same; else empty';
COMMENT ON COLUMN coverage_piece.crowd_m2 IS 'Area of the union of the whole crowd';
COMMENT ON COLUMN coverage_piece.crowd_plots IS 'How many the crowd are';

CREATE TABLE coverage_cell (
    cell_id     bigint NOT NULL,
    boundary_id bigint NOT NULL,
    grouping    text   NOT NULL,
    grp         text   NOT NULL,
    green_m2    double precision NOT NULL,
    sum_m2      double precision NOT NULL,
    plot_count  bigint NOT NULL,
    CONSTRAINT coverage_cell_pkey PRIMARY KEY (cell_id, grouping, grp)
);
CREATE INDEX coverage_cell_boundary_id_idx ON coverage_cell (boundary_id);
COMMENT ON TABLE coverage_cell IS '切块绿化面积。Figures of a cell as of the last time that it was drained; no row is zero.';
COMMENT ON COLUMN coverage_cell.cell_id IS 'Cell';
COMMENT ON COLUMN coverage_cell.boundary_id IS 'Boundary that the cell is a piece of';
COMMENT ON COLUMN coverage_cell.grouping IS 'all, green_class or stage';
COMMENT ON COLUMN coverage_cell.grp IS 'Group; empty for all';
COMMENT ON COLUMN coverage_cell.green_m2 IS 'Area of the union of the plots of the group';
COMMENT ON COLUMN coverage_cell.sum_m2 IS 'Their areas added up';
COMMENT ON COLUMN coverage_cell.plot_count IS 'Plots that are counted in this cell';

CREATE TABLE coverage_district (
    boundary_id bigint NOT NULL,
    grouping    text   NOT NULL,
    grp         text   NOT NULL,
    code        text   NOT NULL,
    green_m2    double precision NOT NULL,
    sum_m2      double precision NOT NULL,
    plot_count  bigint NOT NULL,
    CONSTRAINT coverage_district_pkey PRIMARY KEY (boundary_id, grouping, grp)
);
CREATE INDEX coverage_district_grouping_idx ON coverage_district (grouping);
COMMENT ON TABLE coverage_district IS '行政区绿化面积。The cells of a boundary added up.';
COMMENT ON COLUMN coverage_district.boundary_id IS 'Boundary that holds now';
COMMENT ON COLUMN coverage_district.grouping IS 'all, green_class or stage';
COMMENT ON COLUMN coverage_district.grp IS 'Group; empty for all';
COMMENT ON COLUMN coverage_district.code IS 'District of the boundary';
COMMENT ON COLUMN coverage_district.green_m2 IS '绿化面积，平方米';
COMMENT ON COLUMN coverage_district.sum_m2 IS 'Areas of the plots inside it added up';
COMMENT ON COLUMN coverage_district.plot_count IS 'Plots that share ground with it';

CREATE TABLE coverage_dirty (
    id          bigint GENERATED ALWAYS AS IDENTITY,
    boundary_id bigint NOT NULL,
    cell_id     bigint NOT NULL,
    since       timestamptz NOT NULL DEFAULT clock_timestamp(),
    CONSTRAINT coverage_dirty_pkey PRIMARY KEY (id)
) WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000);
CREATE INDEX coverage_dirty_boundary_id_idx ON coverage_dirty (boundary_id);
COMMENT ON TABLE coverage_dirty IS '待重算切块。Cells that a write has touched; only added to by writers, so that they never wait for each other.';
COMMENT ON COLUMN coverage_dirty.id IS 'Grows with time';
COMMENT ON COLUMN coverage_dirty.boundary_id IS 'Boundary that the cell is a piece of';
COMMENT ON COLUMN coverage_dirty.cell_id IS 'Cell; may stand here many times, and may be gone';
COMMENT ON COLUMN coverage_dirty.since IS 'When it was written';

-- Read and written by functions of the owner only: for everybody else there is no policy.
ALTER TABLE coverage_piece ENABLE ROW LEVEL SECURITY;
ALTER TABLE coverage_cell ENABLE ROW LEVEL SECURITY;
ALTER TABLE coverage_district ENABLE ROW LEVEL SECURITY;
ALTER TABLE coverage_dirty ENABLE ROW LEVEL SECURITY;
"""

# A cell is marked by whoever changes a plot, in the same transaction: what is committed is either
# in the figures or marked. Nothing here refers to another row: two writers never meet.
# From each plot the cells are looked for one by one (OFFSET 0 keeps the planner at it): the plan is
# kept for the session, and must serve one plot and a hundred thousand.
MARK = """
CREATE FUNCTION mark_coverage() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
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
        SELECT DISTINCT cell.boundary_id, cell.id
        FROM fresh one CROSS JOIN LATERAL (
            SELECT c.id, c.boundary_id FROM district_cell c
            JOIN district_boundary b ON b.id = c.boundary_id AND b.valid_to IS NULL
            WHERE c.geom && one.geom AND ST_Intersects(c.geom, one.geom) OFFSET 0
        ) cell
        WHERE one.slot = 'approved' AND one.stage IN ('planted', 'accepted', 'existing');
    ELSIF TG_OP = 'DELETE' THEN
        INSERT INTO coverage_dirty (boundary_id, cell_id)
        SELECT DISTINCT cell.boundary_id, cell.id
        FROM gone one CROSS JOIN LATERAL (
            SELECT c.id, c.boundary_id FROM district_cell c
            JOIN district_boundary b ON b.id = c.boundary_id AND b.valid_to IS NULL
            WHERE c.geom && one.geom AND ST_Intersects(c.geom, one.geom) OFFSET 0
        ) cell
        WHERE one.slot = 'approved' AND one.stage IN ('planted', 'accepted', 'existing');
    ELSE
        -- Where the plot was and where it is; not when what changed tells nothing of its ground.
        INSERT INTO coverage_dirty (boundary_id, cell_id)
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
            JOIN district_boundary b ON b.id = c.boundary_id AND b.valid_to IS NULL
            WHERE c.geom && one.geom AND ST_Intersects(c.geom, one.geom) OFFSET 0
        ) cell;
    END IF;
    RETURN NULL;
END
$$;
COMMENT ON FUNCTION mark_coverage IS 'Marks the cells in which an approved plot lies or lay';
REVOKE ALL ON FUNCTION mark_coverage FROM PUBLIC;

CREATE FUNCTION mark_all_coverage() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
BEGIN
    INSERT INTO coverage_dirty (boundary_id, cell_id)
    SELECT c.boundary_id, c.id FROM district_cell c
    JOIN district_boundary b ON b.id = c.boundary_id AND b.valid_to IS NULL;
    RETURN NULL;
END
$$;
COMMENT ON FUNCTION mark_all_coverage IS 'Marks every cell: all plots went, or a kind of plots changed its class';
REVOKE ALL ON FUNCTION mark_all_coverage FROM PUBLIC;

CREATE TRIGGER plot_version_inserted_coverage AFTER INSERT ON plot_version
    REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION mark_coverage();
CREATE TRIGGER plot_version_updated_coverage AFTER UPDATE ON plot_version
    REFERENCING OLD TABLE AS gone NEW TABLE AS fresh
    FOR EACH STATEMENT EXECUTE FUNCTION mark_coverage();
CREATE TRIGGER plot_version_deleted_coverage AFTER DELETE ON plot_version
    REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION mark_coverage();
CREATE TRIGGER plot_version_truncated_coverage BEFORE TRUNCATE ON plot_version
    FOR EACH STATEMENT EXECUTE FUNCTION mark_all_coverage();
CREATE TRIGGER kind_coverage AFTER UPDATE OF green_class ON kind
    FOR EACH ROW WHEN (NEW.green_class IS DISTINCT FROM OLD.green_class)
    EXECUTE FUNCTION mark_all_coverage();
"""

# Only boundaries that hold now have figures of their own; others are computed when asked for.
BOUNDARIES = """
CREATE FUNCTION mark_new_cells() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
BEGIN
    INSERT INTO coverage_dirty (boundary_id, cell_id)
    SELECT one.boundary_id, one.id FROM fresh one
    JOIN district_boundary b ON b.id = one.boundary_id AND b.valid_to IS NULL;
    RETURN NULL;
END
$$;
COMMENT ON FUNCTION mark_new_cells IS 'Cells of a new boundary have no figures yet';
REVOKE ALL ON FUNCTION mark_new_cells FROM PUBLIC;

CREATE FUNCTION forget_cells() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
BEGIN
    DELETE FROM coverage_piece WHERE cell_id IN (SELECT id FROM gone);
    DELETE FROM coverage_cell WHERE cell_id IN (SELECT id FROM gone);
    DELETE FROM coverage_dirty WHERE boundary_id IN (SELECT boundary_id FROM gone)
        AND cell_id IN (SELECT id FROM gone);
    DELETE FROM coverage_district WHERE boundary_id IN (SELECT boundary_id FROM gone);
    RETURN NULL;
END
$$;
COMMENT ON FUNCTION forget_cells IS 'What was known of cells goes with them';
REVOKE ALL ON FUNCTION forget_cells FROM PUBLIC;

CREATE FUNCTION end_coverage() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
BEGIN
    DELETE FROM coverage_piece WHERE boundary_id = NEW.id;
    DELETE FROM coverage_cell WHERE boundary_id = NEW.id;
    DELETE FROM coverage_dirty WHERE boundary_id = NEW.id;
    DELETE FROM coverage_district WHERE boundary_id = NEW.id;
    IF NEW.valid_to IS NULL THEN
        INSERT INTO coverage_dirty (boundary_id, cell_id)
        SELECT boundary_id, id FROM district_cell WHERE boundary_id = NEW.id;
    END IF;
    RETURN NULL;
END
$$;
COMMENT ON FUNCTION end_coverage IS 'A boundary that ended has no live figures; one that holds again is computed anew';
REVOKE ALL ON FUNCTION end_coverage FROM PUBLIC;

CREATE FUNCTION await_writers() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
BEGIN
    LOCK TABLE plot_version IN SHARE MODE;
    RETURN NULL;
END
$$;
COMMENT ON FUNCTION await_writers IS 'A plot written without seeing the new boundary is committed before the boundary is: so whoever computes its cells sees the plot. Deferred, so that writers wait for a commit only';
REVOKE ALL ON FUNCTION await_writers FROM PUBLIC;

CREATE TRIGGER district_cell_inserted AFTER INSERT ON district_cell
    REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION mark_new_cells();
CREATE TRIGGER district_cell_deleted AFTER DELETE ON district_cell
    REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION forget_cells();
CREATE TRIGGER district_boundary_ended AFTER UPDATE OF valid_to ON district_boundary
    FOR EACH ROW WHEN ((NEW.valid_to IS NULL) <> (OLD.valid_to IS NULL))
    EXECUTE FUNCTION end_coverage();
CREATE CONSTRAINT TRIGGER district_boundary_writers AFTER INSERT OR UPDATE OF geom, valid_to
    ON district_boundary DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW WHEN (NEW.valid_to IS NULL) EXECUTE FUNCTION await_writers();

-- What there is already begins unknown.
INSERT INTO coverage_dirty (boundary_id, cell_id)
SELECT c.boundary_id, c.id FROM district_cell c
JOIN district_boundary b ON b.id = c.boundary_id AND b.valid_to IS NULL;
"""

DOWN = """
DROP TRIGGER district_boundary_writers ON district_boundary;
DROP TRIGGER district_boundary_ended ON district_boundary;
DROP TRIGGER district_cell_deleted ON district_cell;
DROP TRIGGER district_cell_inserted ON district_cell;
DROP TRIGGER kind_coverage ON kind;
DROP TRIGGER plot_version_truncated_coverage ON plot_version;
DROP TRIGGER plot_version_deleted_coverage ON plot_version;
DROP TRIGGER plot_version_updated_coverage ON plot_version;
DROP TRIGGER plot_version_inserted_coverage ON plot_version;
DROP FUNCTION await_writers();
DROP FUNCTION end_coverage();
DROP FUNCTION forget_cells();
DROP FUNCTION mark_new_cells();
DROP FUNCTION mark_all_coverage();
DROP FUNCTION mark_coverage();
DROP TABLE coverage_dirty;
DROP TABLE coverage_district;
DROP TABLE coverage_cell;
DROP TABLE coverage_piece;
"""


def upgrade() -> None:
    """Forward."""
    for part in (TABLES, MARK, BOUNDARIES):
        op.execute(part)


def downgrade() -> None:
    """Back: figures are computed anew whenever they are asked for."""
    op.execute(DOWN)
