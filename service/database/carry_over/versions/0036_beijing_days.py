"""Days are Beijing's days in the database too: a border's default day, and the day of a moment.

The session's time zone is UTC, so ``CURRENT_DATE`` is yesterday until eight in the morning.
"""

from importlib import import_module

from alembic import op

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None

DAYS = """
CREATE FUNCTION beijing_day(moment timestamptz) RETURNS date
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
AS $$ SELECT (moment AT TIME ZONE interval '08:00')::date $$;
COMMENT ON FUNCTION beijing_day IS 'The day in Beijing (UTC+8) of a moment';
CREATE FUNCTION beijing_today() RETURNS date
LANGUAGE sql STABLE PARALLEL SAFE
AS $$ SELECT beijing_day(statement_timestamp()) $$;
COMMENT ON FUNCTION beijing_today IS 'Today in Beijing; in the place of CURRENT_DATE';
ALTER TABLE district_boundary ALTER COLUMN valid_from SET DEFAULT beijing_today();
"""
NO_DAYS = """
ALTER TABLE district_boundary ALTER COLUMN valid_from SET DEFAULT CURRENT_DATE;
DROP FUNCTION beijing_today();
DROP FUNCTION beijing_day(timestamptz);
"""

_UTC = "(moment AT TIME ZONE 'UTC')::date"
_WHOLE: str = import_module("service.database.carry_over.versions.0012_coverage_on_demand").EXTENT
_HEAD = "CREATE FUNCTION coverage_extent("
_FROM = _WHOLE[_WHOLE.index(_HEAD) :]
OLD = _FROM[: _FROM.index("COMMENT ON FUNCTION coverage_extent")].replace(
    _HEAD, _HEAD.replace("CREATE", "CREATE OR REPLACE")
)
assert OLD.count(_UTC) == 1
NEW = OLD.replace(_UTC, "beijing_day(moment)")


def upgrade() -> None:
    """Forward."""
    op.execute(DAYS)
    op.execute(NEW)


def downgrade() -> None:
    """Back."""
    op.execute(OLD)
    op.execute(NO_DAYS)
