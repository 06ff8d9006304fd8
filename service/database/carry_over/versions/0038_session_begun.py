"""How a session was begun: whoever came by a fresh one-time link needs no old password."""

from alembic import op

revision = "0038"
down_revision = "0037"
branch_labels = None
depends_on = None

UP = """
ALTER TABLE credential ADD COLUMN begun text;
ALTER TABLE credential ADD CONSTRAINT credential_begun_check CHECK (begun ~ '^[a-z_]{1,32}$');
COMMENT ON COLUMN credential.begun IS
    'How a session was begun: link, password, oidc; empty for tokens and links';
"""

DOWN = "ALTER TABLE credential DROP COLUMN begun;"


def upgrade() -> None:
    """Forward."""
    op.execute(UP)


def downgrade() -> None:
    """Back."""
    op.execute(DOWN)
