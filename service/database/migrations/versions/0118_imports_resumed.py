"""Imports that were cut off are begun again, a few times at most."""

from alembic import op

revision = "0118"
down_revision = "0117"
branch_labels = None
depends_on = None

COLUMN = """
ALTER TABLE import ADD COLUMN resumed integer DEFAULT 0 NOT NULL;
COMMENT ON COLUMN import.resumed IS 'How often it was begun again after the service had ended';
"""
BACK = """
DROP FUNCTION IF EXISTS take_up_unfinished_imports(integer);
ALTER TABLE import DROP COLUMN resumed;
"""


def upgrade() -> None:
    """Forward."""
    op.execute(COLUMN)


def downgrade() -> None:
    """Back."""
    op.execute(BACK)
