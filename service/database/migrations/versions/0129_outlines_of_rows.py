"""What was drawn of a row whose shape cannot be used: the map shows it, where its problem is."""

from alembic import op

revision = "0129"
down_revision = "0128"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward."""
    op.execute("ALTER TABLE import_row ADD COLUMN outline geometry(MultiLineString, 4490)")
    op.execute(
        "COMMENT ON COLUMN import_row.outline IS "
        "'Rings and lines of a shape that cannot be used; empty beside geom'"
    )


def downgrade() -> None:
    """Back."""
    op.execute("ALTER TABLE import_row DROP COLUMN outline")
