"""All that a read of the coverage needs stands in one row; and which tree of districts holds."""

from importlib import import_module

from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

_FIGURES = import_module("service.database.carry_over.versions.0009_coverage_figures")

# One row, changed before anything else by whoever changes districts: who comes second waits here
# and holds nothing yet. A transaction changes it once; to itself it says so (`changed_by`).
STATE = """
CREATE TABLE district_state (
    id         boolean NOT NULL DEFAULT true,
    version    uuid NOT NULL DEFAULT gen_random_uuid(),
    changed_by bigint NOT NULL DEFAULT pg_current_xact_id()::text::bigint,
    CONSTRAINT district_state_pkey PRIMARY KEY (id),
    CONSTRAINT district_state_id_check CHECK (id)
);
INSERT INTO district_state DEFAULT VALUES;
COMMENT ON TABLE district_state IS '行政区版本。Another version as soon as any district or boundary is another: who keeps the tree in memory asks here whether it still holds.';
COMMENT ON COLUMN district_state.id IS 'Always true: there is one row';
COMMENT ON COLUMN district_state.version IS 'Random: no two trees ever have the same';
COMMENT ON COLUMN district_state.changed_by IS 'Transaction that changed the districts last; it may go on changing them';

CREATE FUNCTION district_changing() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
BEGIN
    UPDATE district_state
    SET version = gen_random_uuid(), changed_by = pg_current_xact_id()::text::bigint
    WHERE changed_by <> pg_current_xact_id()::text::bigint;
    RETURN NULL;
END
$$;
COMMENT ON FUNCTION district_changing IS 'The tree of districts gets another version';
REVOKE ALL ON FUNCTION district_changing FROM PUBLIC;
CREATE TRIGGER district_changing BEFORE INSERT OR UPDATE OR DELETE OR TRUNCATE ON district
    FOR EACH STATEMENT EXECUTE FUNCTION district_changing();
CREATE TRIGGER district_boundary_changing
    BEFORE INSERT OR UPDATE OR DELETE OR TRUNCATE ON district_boundary
    FOR EACH STATEMENT EXECUTE FUNCTION district_changing();
"""

# Drainers hold the boundary while they write its figures: so does who changes its level.
LEVEL = """
ALTER TABLE coverage_district ADD COLUMN level text;
UPDATE coverage_district f SET level = d.level FROM district d WHERE d.code = f.code;
ALTER TABLE coverage_district ALTER COLUMN level SET NOT NULL;
COMMENT ON COLUMN coverage_district.level IS 'Level of the district';
ALTER TABLE coverage_district ADD COLUMN stamp uuid NOT NULL DEFAULT gen_random_uuid();
COMMENT ON COLUMN coverage_district.stamp IS 'Random, another one with every change: who keeps figures in memory asks here whether they still hold';
CREATE INDEX coverage_district_level_idx ON coverage_district (grouping, level);
CREATE INDEX coverage_district_code_idx ON coverage_district (code, grouping);
DROP INDEX coverage_district_grouping_idx;

CREATE FUNCTION level_coverage() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
BEGIN
    PERFORM 1 FROM district_boundary WHERE code = NEW.code AND valid_to IS NULL FOR NO KEY UPDATE;
    UPDATE coverage_district SET level = NEW.level, stamp = gen_random_uuid()
    WHERE code = NEW.code;
    RETURN NULL;
END
$$;
COMMENT ON FUNCTION level_coverage IS 'Figures of a district stand under its level';
REVOKE ALL ON FUNCTION level_coverage FROM PUBLIC;
CREATE TRIGGER district_level_coverage AFTER UPDATE OF level ON district
    FOR EACH ROW WHEN (NEW.level <> OLD.level) EXECUTE FUNCTION level_coverage();
"""

ROLL_UP = """
CREATE FUNCTION roll_up_coverage(boundaries bigint[]) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
SET jit = off
AS $$
BEGIN
    WITH fresh AS MATERIALIZED (
        SELECT b.id AS boundary_id, c.grouping, c.grp, b.code, d.level,
               sum(c.green_m2 ORDER BY c.cell_id) AS green_m2,
               sum(c.sum_m2 ORDER BY c.cell_id) AS sum_m2, sum(c.plot_count)::bigint AS plot_count
        FROM district_boundary b JOIN district d ON d.code = b.code
        JOIN coverage_cell c ON c.boundary_id = b.id
        WHERE b.id = ANY(boundaries)
        GROUP BY b.id, c.grouping, c.grp, b.code, d.level
    ), gone AS (
        DELETE FROM coverage_district kept WHERE kept.boundary_id = ANY(boundaries)
            AND NOT EXISTS (SELECT 1 FROM fresh WHERE fresh.boundary_id = kept.boundary_id
                            AND fresh.grouping = kept.grouping AND fresh.grp = kept.grp)
    )
    INSERT INTO coverage_district AS kept
        (boundary_id, grouping, grp, code, level, green_m2, sum_m2, plot_count)
    SELECT boundary_id, grouping, grp, code, level, green_m2, sum_m2, plot_count FROM fresh
    ON CONFLICT (boundary_id, grouping, grp) DO UPDATE SET
        code = excluded.code, level = excluded.level, green_m2 = excluded.green_m2,
        sum_m2 = excluded.sum_m2, plot_count = excluded.plot_count, stamp = excluded.stamp
    WHERE (kept.code, kept.level, kept.green_m2, kept.sum_m2, kept.plot_count) IS DISTINCT FROM
          (excluded.code, excluded.level, excluded.green_m2, excluded.sum_m2, excluded.plot_count);
END
$$;
COMMENT ON FUNCTION roll_up_coverage IS
    'Adds the cells of boundaries up; the caller holds the boundaries';
REVOKE ALL ON FUNCTION roll_up_coverage FROM PUBLIC;
"""

_OLD_SUM = "    DELETE FROM coverage_district WHERE boundary_id = boundary;\n"
_AGAIN = _FIGURES.KEEP.replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION")
_HEAD, _, _TAIL = _AGAIN.partition(_OLD_SUM)
_TAIL = _TAIL[_TAIL.index("END\n$$;") :]
REFRESH = f"{_HEAD}    PERFORM roll_up_coverage(ARRAY[boundary]);\n{_TAIL}"

# As before, but a read of a whole level looks at no boundary: a figure has all that it needs.
READ = f"""
DROP FUNCTION live_coverage(text[], text, integer);
CREATE FUNCTION live_coverage(codes text[], at_level text, by_grouping text, few integer)
RETURNS TABLE (code text, grp text, green_m2 double precision, sum_m2 double precision,
               plot_count bigint, pending_cells bigint, pending_since timestamptz)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
SET jit = off
AS $$
#variable_conflict use_column
DECLARE
    level_whole boolean :=
        codes IS NULL AND at_level IS NOT NULL AND current_scope() = '{{*}}';
    mine    bigint[];
    marked  bigint[];
    stale   bigint[] := '{{}}';
    waiting bigint := 0;
    oldest  timestamptz;
BEGIN
    IF NOT level_whole THEN
        SELECT array_agg(these.boundary_id) INTO mine
        FROM coverage_boundaries(codes) these JOIN district d ON d.code = these.code
        WHERE at_level IS NULL OR d.level = at_level;
    END IF;
    IF EXISTS (SELECT 1 FROM coverage_dirty) THEN
        IF level_whole THEN
            SELECT array_agg(DISTINCT d.cell_id), array_agg(DISTINCT d.boundary_id), min(d.since)
            INTO marked, stale, oldest
            FROM coverage_dirty d JOIN district_boundary b ON b.id = d.boundary_id
            JOIN district t ON t.code = b.code
            WHERE b.valid_to IS NULL AND t.level = at_level;
        ELSE
            SELECT array_agg(DISTINCT d.cell_id), array_agg(DISTINCT d.boundary_id), min(d.since)
            INTO marked, stale, oldest
            FROM coverage_dirty d WHERE d.boundary_id = ANY(mine);
        END IF;
        IF marked IS NULL OR cardinality(marked) > few THEN
            waiting := coalesce(cardinality(marked), 0);
            stale := '{{}}';
            marked := NULL;
        ELSE
            oldest := NULL;
        END IF;
    END IF;
    -- The first row tells what is not in the figures.
    RETURN QUERY SELECT NULL::text, NULL::text, NULL::double precision, NULL::double precision,
                        NULL::bigint, waiting, oldest;
    IF level_whole THEN
        RETURN QUERY
        SELECT f.code, f.grp, f.green_m2, f.sum_m2, f.plot_count, NULL::bigint, NULL::timestamptz
        FROM coverage_district f
        WHERE f.grouping = by_grouping AND f.level = at_level AND NOT f.boundary_id = ANY(stale);
    ELSE
        RETURN QUERY
        SELECT f.code, f.grp, f.green_m2, f.sum_m2, f.plot_count, NULL::bigint, NULL::timestamptz
        FROM unnest(mine) AS one(id) JOIN coverage_district f ON f.boundary_id = one.id
        WHERE f.grouping = by_grouping AND NOT f.boundary_id = ANY(stale);
    END IF;
    IF marked IS NULL THEN
        RETURN;
    END IF;
    RETURN QUERY
    WITH piece AS MATERIALIZED (
        SELECT p.*, g.grouping, g.grp FROM coverage_pieces(marked) p JOIN kind k ON k.code = p.kind
        {_FIGURES.GROUPS}
        WHERE g.grouping = by_grouping
    ), {_FIGURES.SUMS.format(moment="NULL")}, cell AS (
        SELECT boundary_id, cell_id, grp, green_m2, sum_m2, plot_count FROM figure
        UNION ALL
        SELECT kept.boundary_id, kept.cell_id, kept.grp, kept.green_m2, kept.sum_m2,
               kept.plot_count
        FROM coverage_cell kept
        WHERE kept.boundary_id = ANY(stale) AND kept.grouping = by_grouping
          AND NOT kept.cell_id = ANY(marked)
    )
    SELECT b.code, cell.grp, sum(cell.green_m2 ORDER BY cell.cell_id),
           sum(cell.sum_m2 ORDER BY cell.cell_id), sum(cell.plot_count)::bigint,
           NULL::bigint, NULL::timestamptz
    FROM cell JOIN district_boundary b ON b.id = cell.boundary_id
    GROUP BY b.code, cell.grp;
END
$$;
COMMENT ON FUNCTION live_coverage IS
    'Figures at this moment of the districts in the scope that are among the codes and of the level (null: any); the first row has no code and tells how many marked cells are left out (more than few) and since when';
REVOKE ALL ON FUNCTION live_coverage FROM PUBLIC;
"""  # noqa: S608 - the parts are constants of ours

STAMP = """
CREATE FUNCTION coverage_stamp(at_level text, by_grouping text) RETURNS bigint
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
SET jit = off
AS $$
BEGIN
    IF current_scope() <> '{*}' OR EXISTS (SELECT 1 FROM coverage_dirty) THEN
        RETURN NULL;
    END IF;
    RETURN (SELECT coalesce(bit_xor(uuid_hash_extended(f.stamp, 0)), 0) FROM coverage_district f
            WHERE f.grouping = by_grouping AND f.level = at_level);
END
$$;
COMMENT ON FUNCTION coverage_stamp IS
    'Two moments with the same stamp have the same figures of all districts of the level; null where cells are marked or something is out of scope';
REVOKE ALL ON FUNCTION coverage_stamp FROM PUBLIC;
"""

_OLD_READ = _FIGURES.READ[_FIGURES.READ.index("CREATE FUNCTION live_coverage") :]
DOWN = f"""
DROP FUNCTION coverage_stamp(text, text);
DROP FUNCTION live_coverage(text[], text, text, integer);
{_OLD_READ}
{_AGAIN}
DROP FUNCTION roll_up_coverage(bigint[]);
DROP TRIGGER district_level_coverage ON district;
DROP FUNCTION level_coverage();
CREATE INDEX coverage_district_grouping_idx ON coverage_district (grouping);
ALTER TABLE coverage_district DROP COLUMN level, DROP COLUMN stamp;
DROP INDEX coverage_district_code_idx;
DROP TRIGGER district_boundary_changing ON district_boundary;
DROP TRIGGER district_changing ON district;
DROP FUNCTION district_changing();
DROP TABLE district_state;
"""


def upgrade() -> None:
    """Forward."""
    for part in (STATE, LEVEL, ROLL_UP, REFRESH, READ, STAMP):
        op.execute(part)


def downgrade() -> None:
    """Back."""
    op.execute(DOWN)
