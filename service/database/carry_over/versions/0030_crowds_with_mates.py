"""Pieces of crowds that a rebuild wrote without those outside whom they share ground with."""

from alembic import op

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None

# Which of them miss somebody is not to be seen without computing them.
AGAIN = """
INSERT INTO coverage_dirty (boundary_id, cell_id)
SELECT DISTINCT p.boundary_id, p.cell_id FROM coverage_piece p
WHERE p.crowd IS NOT NULL AND p.mates IS NULL;
"""


def upgrade() -> None:
    """Forward."""
    op.execute(AGAIN)


def downgrade() -> None:
    """Back: what was computed stays right."""
