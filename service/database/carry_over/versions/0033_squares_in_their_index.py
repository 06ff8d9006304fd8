"""Sums of squares are read out of their index, in a row.

Bulk loads scatter the rows over a table that has grown, and do so with every load; the index stays
in order.
"""

from alembic import op

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None

INDEX = "CREATE INDEX plot_square_sum_block_idx ON plot_square_sum (block, square)"
WHOLE = f"{INDEX} INCLUDE (district, shown, stage, plots, area_cm2)"


def upgrade() -> None:
    """Forward."""
    op.execute("DROP INDEX plot_square_sum_block_idx")
    op.execute(WHOLE)


def downgrade() -> None:
    """Back."""
    op.execute("DROP INDEX plot_square_sum_block_idx")
    op.execute(INDEX)
