"""Parts that one border cut, of which a rebuild told too much or too little common ground."""

from alembic import op

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None

# Which of them are wrong is not to be seen without computing them.
AGAIN = """
INSERT INTO coverage_dirty (boundary_id, cell_id)
SELECT DISTINCT p.boundary_id, p.cell_id FROM coverage_piece p
WHERE p.mates IS NOT NULL AND NOT p.whole;
"""


def upgrade() -> None:
    """Forward."""
    op.execute(AGAIN)


def downgrade() -> None:
    """Back: what was computed stays right."""
