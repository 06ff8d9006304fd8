"""Orders in which plots are listed: an index each, so that a page of a million is one short walk."""

from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

UP = """
CREATE INDEX plot_version_plot_no_idx ON plot_version (plot_no, plot_id);
CREATE INDEX plot_version_year_idx ON plot_version (year, plot_id);
CREATE INDEX plot_version_area_m2_idx ON plot_version (area_m2, plot_id);
CREATE INDEX plot_version_changed_at_idx ON plot_version (changed_at, plot_id);
"""

DOWN = """
DROP INDEX plot_version_changed_at_idx;
DROP INDEX plot_version_area_m2_idx;
DROP INDEX plot_version_year_idx;
DROP INDEX plot_version_plot_no_idx;
"""


def upgrade() -> None:
    """Forward."""
    op.execute(UP)


def downgrade() -> None:
    """Back."""
    op.execute(DOWN)
