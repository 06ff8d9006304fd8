"""Every version of every plot ever stored, kept by triggers, whoever writes."""

from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

# What a version consists of, in the order of plot_version.
_CONTENT = (
    "plot_id, slot, version, geom, area_m2, district, stage, kind, year, plot_no, name, category,"
    " programme, method, species, density_per_ha, planted_on, evidence, compartment_no,"
    " subcompartment_no, town, village, land_ownership, tree_ownership, declared_m2, plan_ids,"
    " note, extra, review, return_reason, submitted_by, changed_by, changed_at"
)
_OF_ROW = ", ".join(f"one.{name.strip()}" for name in _CONTENT.split(","))

TABLE = """
CREATE TABLE plot_history (
    id                bigint GENERATED ALWAYS AS IDENTITY,
    operation         text        NOT NULL,
    valid_from        timestamptz NOT NULL,
    valid_to          timestamptz,
    account_id        bigint,
    actor             text        NOT NULL,
    db_user           text        NOT NULL,
    reason            text,
    transaction       bigint      NOT NULL,
    demo              boolean     NOT NULL,
    plot_id           bigint      NOT NULL,
    slot              text        NOT NULL,
    version           integer     NOT NULL,
    geom              geometry(MultiPolygon, 4490) NOT NULL,
    area_m2           double precision NOT NULL,
    district          text        NOT NULL,
    stage             text        NOT NULL,
    kind              text        NOT NULL,
    year              integer     NOT NULL,
    plot_no           text        NOT NULL,
    name              text,
    category          text,
    programme         text,
    method            text,
    species           jsonb       NOT NULL,
    density_per_ha    double precision,
    planted_on        date,
    evidence          jsonb       NOT NULL,
    compartment_no    text,
    subcompartment_no text,
    town              text,
    village           text,
    land_ownership    text,
    tree_ownership    text,
    declared_m2       double precision,
    plan_ids          bigint[]    NOT NULL,
    note              text,
    extra             jsonb       NOT NULL,
    review            text        NOT NULL,
    return_reason     text,
    submitted_by      bigint,
    changed_by        bigint,
    changed_at        timestamptz NOT NULL,
    CONSTRAINT plot_history_pkey PRIMARY KEY (id),
    CONSTRAINT plot_history_operation_check
        CHECK (operation IN ('existing', 'insert', 'update', 'delete')),
    CONSTRAINT plot_history_valid_check CHECK (valid_to >= valid_from)
);
CREATE UNIQUE INDEX plot_history_open_key ON plot_history (plot_id, slot) WHERE valid_to IS NULL;
CREATE INDEX plot_history_plot_id_idx ON plot_history (plot_id, id);
CREATE INDEX plot_history_district_idx ON plot_history (district, valid_from);
CREATE INDEX plot_history_transaction_idx ON plot_history (transaction, valid_from);
COMMENT ON TABLE plot_history IS '图斑历史：每一版，何时有效，谁、为何所改。Every version ever stored; written by triggers only. A row of operation delete stood for no time: it says who took the version away.';
COMMENT ON COLUMN plot_history.id IS 'Grows with time';
COMMENT ON COLUMN plot_history.operation IS 'insert, update, delete; existing: was there when the history began';
COMMENT ON COLUMN plot_history.valid_from IS '生效时间; one moment for all that a transaction writes';
COMMENT ON COLUMN plot_history.valid_to IS '失效时间; empty while the version stands';
COMMENT ON COLUMN plot_history.account_id IS '操作账号; empty when somebody wrote by SQL. No foreign key: the history outlives accounts';
COMMENT ON COLUMN plot_history.actor IS '操作人：name of the account as it was, or sql: and the database user';
COMMENT ON COLUMN plot_history.db_user IS 'Database user of the connection';
COMMENT ON COLUMN plot_history.reason IS '原因';
COMMENT ON COLUMN plot_history.transaction IS 'Which changes were made together';
COMMENT ON COLUMN plot_history.demo IS '虚构示例：came with the demo';
COMMENT ON COLUMN plot_history.plot_id IS 'Plot; no foreign key: the history outlives plots';
COMMENT ON COLUMN plot_history.slot IS 'As in plot_version, like all that follows';
"""
# Below plot_id every column means what it means in plot_version.
_COMMENTS = "\n".join(
    f"COMMENT ON COLUMN plot_history.{name.strip()} IS 'As in plot_version';"
    for name in _CONTENT.split(",")[2:]
)

# SECURITY DEFINER: the plain role has no right to write history, its triggers do. pg_temp stands
# last, so that no temporary table can stand in for one of ours.
RECORD = f"""
CREATE FUNCTION record_plot_history() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
DECLARE
    told   text := current_setting('luotu.account', true);
    given  bigint := CASE WHEN told ~ '^[0-9]{{1,18}}$' THEN told::bigint END;
    why    text := nullif(current_setting('luotu.reason', true), '');
    who    bigint;
    this   bigint := pg_current_xact_id()::text::bigint;
    moment timestamptz;
BEGIN
    -- A cascade from plot fires once a plot, also when nothing is left to go.
    IF TG_OP = 'DELETE' THEN
        IF NOT EXISTS (SELECT 1 FROM gone) THEN RETURN NULL; END IF;
    ELSIF NOT EXISTS (SELECT 1 FROM fresh) THEN
        RETURN NULL;
    END IF;
    SELECT id INTO who FROM account WHERE id = given;

    -- The clock, not the start of the transaction: who waited for a lock comes after who held it.
    -- Read once a transaction, so that no moment shows half of what it did. A number of a
    -- transaction comes again after a restore into another cluster, but not after now().
    SELECT valid_from INTO moment FROM plot_history
    WHERE transaction = this AND valid_from >= now()
    ORDER BY valid_from LIMIT 1;
    moment := coalesce(moment, clock_timestamp());

    IF TG_OP IN ('UPDATE', 'DELETE') THEN
        UPDATE plot_history h SET valid_to = greatest(moment, h.valid_from)
        FROM gone WHERE h.plot_id = gone.plot_id AND h.slot = gone.slot AND h.valid_to IS NULL;
    END IF;
    IF TG_OP = 'DELETE' THEN
        INSERT INTO plot_history (operation, valid_from, valid_to, account_id, actor, db_user,
                                  reason, transaction, demo, {_CONTENT})
        SELECT 'delete', moment, moment, who,
               coalesce((SELECT a.name FROM account a WHERE a.id = who), 'sql:' || session_user),
               session_user, why, this,
               -- The plot itself is gone when this comes from a cascade.
               coalesce((SELECT h.demo FROM plot_history h WHERE h.plot_id = one.plot_id
                         ORDER BY h.id DESC LIMIT 1), false),
               {_OF_ROW}
        FROM gone one;
        RETURN NULL;
    END IF;
    IF TG_OP = 'INSERT' THEN
        -- Whoever brought a version number along must not see it given again.
        UPDATE plot p SET last_version = one.version
        FROM fresh one WHERE p.id = one.plot_id AND p.last_version < one.version;
        INSERT INTO plot_history (operation, valid_from, account_id, actor, db_user, reason,
                                  transaction, demo, {_CONTENT})
        SELECT 'insert', moment, a.id, coalesce(a.name, 'sql:' || session_user), session_user, why,
               this, p.demo, {_OF_ROW}
        FROM fresh one JOIN plot p ON p.id = one.plot_id
        LEFT JOIN account a ON a.id = coalesce(who, one.changed_by);
        RETURN NULL;
    END IF;
    INSERT INTO plot_history (operation, valid_from, account_id, actor, db_user, reason,
                              transaction, demo, {_CONTENT})
    SELECT 'update',
           greatest(moment, (SELECT max(h.valid_to) FROM plot_history h
                             WHERE h.plot_id = one.plot_id)),
           a.id, coalesce(a.name, 'sql:' || session_user), session_user, why,
           this, p.demo, {_OF_ROW}
    FROM fresh one JOIN plot p ON p.id = one.plot_id
    LEFT JOIN account a ON a.id = coalesce(who, one.changed_by);
    RETURN NULL;
END
$$;
COMMENT ON FUNCTION record_plot_history IS 'Writes plot_history; the account comes from luotu.account, the reason from luotu.reason';
-- Else the plain role could hang it on a temporary table of its own and write what it likes.
REVOKE ALL ON FUNCTION record_plot_history FROM PUBLIC;

CREATE FUNCTION count_plot_version() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
DECLARE
    told  text := current_setting('luotu.account', true);
    given bigint := CASE WHEN told ~ '^[0-9]{{1,18}}$' THEN told::bigint END;
BEGIN
    UPDATE plot SET last_version = greatest(last_version, OLD.version) + 1
    WHERE id = NEW.plot_id RETURNING last_version INTO NEW.version;
    IF NEW.changed_at = OLD.changed_at THEN
        NEW.changed_at := now();
    END IF;
    IF NEW.changed_by IS NOT DISTINCT FROM OLD.changed_by THEN
        NEW.changed_by := (SELECT id FROM account WHERE id = given);
    END IF;
    RETURN NEW;
END
$$;
COMMENT ON FUNCTION count_plot_version IS 'A change by SQL gets a version number of its own, so that whoever edits on the web meets a 412 and overwrites nothing';
REVOKE ALL ON FUNCTION count_plot_version FROM PUBLIC;

CREATE FUNCTION record_plot_truncation() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
BEGIN
    WITH one AS (
        UPDATE plot_history SET valid_to = greatest(valid_from, clock_timestamp())
        WHERE valid_to IS NULL RETURNING *
    )
    INSERT INTO plot_history (operation, valid_from, valid_to, actor, db_user, reason,
                              transaction, demo, {_CONTENT})
    SELECT 'delete', one.valid_to, one.valid_to, 'sql:' || session_user, session_user, 'TRUNCATE',
           pg_current_xact_id()::text::bigint, one.demo, {_OF_ROW}
    FROM one;
    RETURN NULL;
END
$$;
COMMENT ON FUNCTION record_plot_truncation IS 'TRUNCATE takes every version away at once';
REVOKE ALL ON FUNCTION record_plot_truncation FROM PUBLIC;

CREATE TRIGGER plot_version_count BEFORE UPDATE ON plot_version
    FOR EACH ROW WHEN (NEW.version = OLD.version) EXECUTE FUNCTION count_plot_version();
CREATE TRIGGER plot_version_inserted AFTER INSERT ON plot_version
    REFERENCING NEW TABLE AS fresh
    FOR EACH STATEMENT EXECUTE FUNCTION record_plot_history();
CREATE TRIGGER plot_version_updated AFTER UPDATE ON plot_version
    REFERENCING OLD TABLE AS gone NEW TABLE AS fresh
    FOR EACH STATEMENT EXECUTE FUNCTION record_plot_history();
CREATE TRIGGER plot_version_deleted AFTER DELETE ON plot_version
    REFERENCING OLD TABLE AS gone
    FOR EACH STATEMENT EXECUTE FUNCTION record_plot_history();
CREATE TRIGGER plot_version_truncated BEFORE TRUNCATE ON plot_version
    FOR EACH STATEMENT EXECUTE FUNCTION record_plot_truncation();
"""  # noqa: S608 - the columns are constants of ours

# What is invented goes with the demo. A plot that ever stood as a real one never does.
FORGET = """
CREATE FUNCTION forget_demo_history() RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
    DELETE FROM plot_history h
    WHERE h.demo AND NOT EXISTS (SELECT 1 FROM plot p WHERE p.id = h.plot_id)
      AND NOT EXISTS (SELECT 1 FROM plot_history o WHERE o.plot_id = h.plot_id AND NOT o.demo)
$$;
COMMENT ON FUNCTION forget_demo_history IS 'Takes the history of invented plots out that are gone';
REVOKE ALL ON FUNCTION forget_demo_history FROM PUBLIC;
"""

# What there is begins its history with the moment of its last change.
EXISTING = f"""
INSERT INTO plot_history (operation, valid_from, account_id, actor, db_user, transaction, demo,
                          {_CONTENT})
SELECT 'existing', one.changed_at, a.id, coalesce(a.name, 'unknown'), session_user,
       pg_current_xact_id()::text::bigint, p.demo, {_OF_ROW}
FROM plot_version one JOIN plot p ON p.id = one.plot_id
LEFT JOIN account a ON a.id = one.changed_by;
"""  # noqa: S608 - the columns are constants of ours

DOWN = """
DROP TRIGGER plot_version_truncated ON plot_version;
DROP TRIGGER plot_version_deleted ON plot_version;
DROP TRIGGER plot_version_updated ON plot_version;
DROP TRIGGER plot_version_inserted ON plot_version;
DROP TRIGGER plot_version_count ON plot_version;
DROP FUNCTION record_plot_truncation();
DROP FUNCTION count_plot_version();
DROP FUNCTION record_plot_history();
DROP FUNCTION forget_demo_history();
DROP TABLE plot_history;
"""


def upgrade() -> None:
    """Forward."""
    for part in (TABLE, _COMMENTS, EXISTING, RECORD, FORGET):
        op.execute(part)


def downgrade() -> None:
    """Back: the history goes, the plots stay."""
    op.execute(DOWN)
