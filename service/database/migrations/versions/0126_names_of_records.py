"""Records and zones are found by a part of their name, in Chinese or pinyin, out of an index."""

from alembic import op

revision = "0126"
down_revision = "0125"
branch_labels = None
depends_on = None

# No statistics: the search names its grams exactly, as for plots.
TO = """
CREATE INDEX record_name_idx ON record
    USING gin (name_grams(county, unit, name || coalesce(number, '')));
COMMENT ON INDEX record_name_idx IS 'What names and numbers have in them, for the search';
ALTER INDEX record_name_idx ALTER COLUMN 1 SET STATISTICS 0;
CREATE INDEX zone_version_name_idx ON zone_version USING gin (name_grams('', NULL, name));
COMMENT ON INDEX zone_version_name_idx IS 'What names of zones have in them, for the search';
ALTER INDEX zone_version_name_idx ALTER COLUMN 1 SET STATISTICS 0;
"""


def upgrade() -> None:
    """Forward."""
    op.execute(TO)


def downgrade() -> None:
    """Back."""
    op.execute("DROP INDEX zone_version_name_idx, record_name_idx")
