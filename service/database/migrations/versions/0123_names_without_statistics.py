"""ANALYZE computes the grams of names for 30 000 rows of which no plan makes any use: no more."""

from alembic import op

revision = "0123"
down_revision = "0122"
branch_labels = None
depends_on = None

# The search names its grams exactly, and the index is right for it whatever is how frequent.
TO = "ALTER INDEX plot_version_name_idx ALTER COLUMN 1 SET STATISTICS 0"
BACK = "ALTER INDEX plot_version_name_idx ALTER COLUMN 1 SET STATISTICS -1"


def upgrade() -> None:
    """Forward."""
    op.execute(TO)


def downgrade() -> None:
    """Back."""
    op.execute(BACK)
