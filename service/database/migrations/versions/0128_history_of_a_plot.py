"""Since when a plot has credit is read from an index: a ledger read three thousand pages for it.

Rows of the history hold shapes, and those of one plot lie far apart.
"""

from alembic import op

revision = "0128"
down_revision = "0127"
branch_labels = None
depends_on = None

TO = """
DROP INDEX plot_history_plot_id_idx;
CREATE INDEX plot_history_plot_id_idx ON plot_history (plot_id, id)
    INCLUDE (slot, operation, stage, valid_from, valid_to, area_m2);
"""
BACK = """
DROP INDEX plot_history_plot_id_idx;
CREATE INDEX plot_history_plot_id_idx ON plot_history (plot_id, id);
"""


def upgrade() -> None:
    """Forward."""
    op.execute(TO)


def downgrade() -> None:
    """Back."""
    op.execute(BACK)
