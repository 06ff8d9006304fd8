"""Whether a plot has a working version is read from an index of those alone.

Every list, count and search leaves an approved version out where there is a newer one. Without it
PostgreSQL went through the whole primary key for that, also for a page of fifty.
"""

from alembic import op

revision = "0124"
down_revision = "0123"
branch_labels = None
depends_on = None

TO = """
CREATE INDEX plot_version_working_idx ON plot_version (plot_id) INCLUDE (district, unit)
    WHERE slot = 'working';
COMMENT ON INDEX plot_version_working_idx IS 'Which plots somebody is changing';
"""


def upgrade() -> None:
    """Forward."""
    op.execute(TO)


def downgrade() -> None:
    """Back."""
    op.execute("DROP INDEX plot_version_working_idx")
