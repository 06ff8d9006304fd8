"""Locks on ground: taken in the order in which they are given, within a time of their own."""

from alembic import op

revision = "0039"
down_revision = "0038"
branch_labels = None
depends_on = None

UP = """
CREATE FUNCTION take_ground(keys bigint[], alone boolean[], wait_ms integer) RETURNS void
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    before text := current_setting('lock_timeout');
BEGIN
    PERFORM set_config('lock_timeout', wait_ms || 'ms', true);
    FOR n IN 1 .. cardinality(keys) LOOP
        IF alone[n] THEN
            PERFORM pg_advisory_xact_lock(keys[n]);
        ELSE
            PERFORM pg_advisory_xact_lock_shared(keys[n]);
        END IF;
    END LOOP;
    PERFORM set_config('lock_timeout', before, true);
END
$$;
COMMENT ON FUNCTION take_ground IS
    'Locks the cells of ground that a transaction is about to write, in the order of the keys; lock_not_available after wait_ms. See service/plots/db/ground_lock.py';
"""

DOWN = "DROP FUNCTION take_ground(bigint[], boolean[], integer);"


def upgrade() -> None:
    """Forward."""
    op.execute(UP)


def downgrade() -> None:
    """Back."""
    op.execute(DOWN)
