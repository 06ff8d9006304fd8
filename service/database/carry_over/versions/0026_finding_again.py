"""What waits for somebody, and numbers by their beginning, are found in indexes of their own."""

from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

# Few versions are being worked on, and of a list the oldest are shown and all are counted: row
# security asks for the district, which lies beside. Numbers go by code points, so that a beginning
# is a range of them whatever the database sorts by.
UP = """
CREATE INDEX plot_version_drafts_idx
    ON plot_version (changed_by, changed_at, plot_id) INCLUDE (district)
    WHERE slot = 'working' AND review = 'draft';
CREATE INDEX plot_version_returned_idx
    ON plot_version (submitted_by, changed_at, plot_id) INCLUDE (district)
    WHERE slot = 'working' AND review = 'returned';
CREATE INDEX plot_version_waiting_idx
    ON plot_version (changed_at, plot_id) INCLUDE (district, submitted_by)
    WHERE slot = 'working' AND review = 'submitted';
DROP INDEX plot_version_plot_no_idx;
CREATE INDEX plot_version_plot_no_idx ON plot_version (plot_no COLLATE "C", plot_id);
"""

DOWN = """
DROP INDEX plot_version_plot_no_idx;
CREATE INDEX plot_version_plot_no_idx ON plot_version (plot_no, plot_id);
DROP INDEX plot_version_waiting_idx;
DROP INDEX plot_version_returned_idx;
DROP INDEX plot_version_drafts_idx;
"""


def upgrade() -> None:
    """Forward."""
    op.execute(UP)


def downgrade() -> None:
    """Back."""
    op.execute(DOWN)
