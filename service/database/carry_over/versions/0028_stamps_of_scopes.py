"""Stamps of coverage for accounts with a scope: most people at a bureau have one."""

from importlib import import_module

from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None

# The scope is in the stamp: figures that were kept for one scope never serve another.
SCOPED = """
CREATE OR REPLACE FUNCTION coverage_stamp(at_level text, by_grouping text) RETURNS bigint
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
SET jit = off
AS $$
DECLARE
    seen text[] := current_scope();
BEGIN
    IF seen = '{}' OR EXISTS (SELECT 1 FROM coverage_dirty) THEN
        RETURN NULL;
    END IF;
    RETURN hashtextextended(array_to_string(seen, ','), 0)
        # (SELECT coalesce(bit_xor(uuid_hash_extended(f.stamp, 0)), 0) FROM coverage_district f
           WHERE f.grouping = by_grouping AND f.level = at_level);
END
$$;
COMMENT ON FUNCTION coverage_stamp IS
    'Two moments with the same stamp have the same scope, and in it the same figures of all districts of the level; null where cells are marked or nothing is in scope';
"""
# The same as migration 0017 has it.
_WHOLE: str = import_module("service.database.carry_over.versions.0017_coverage_reads").STAMP


def upgrade() -> None:
    """Forward."""
    op.execute(SCOPED)


def downgrade() -> None:
    """Back."""
    before = _WHOLE.replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION", 1)
    op.execute(before)
