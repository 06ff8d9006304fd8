"""Kinds have further columns, as other lists have, and may be a bureau's own."""

from alembic import op

revision = "0104"
down_revision = "0103"
branch_labels = None
depends_on = None

COMMENTS = """
COMMENT ON COLUMN kind.properties IS
    'Further columns of the list, by name; local: a row of the bureau, which no migrate replaces';
COMMENT ON COLUMN code.properties IS
    'Further columns of the list, by name; local: a row of the bureau, which no migrate replaces';
COMMENT ON COLUMN kind.green_class IS
    'What its ground counts as: forest, urban (never forest land), grass, wetland, sand or karst';
"""
OLD_COMMENTS = """
COMMENT ON COLUMN code.properties IS 'Further columns of the list, by name';
COMMENT ON COLUMN kind.green_class IS
    '绿地大类：forest 林, urban 城乡绿地 (never counted as forest land)';
"""


def upgrade() -> None:
    """Forward."""
    op.execute("ALTER TABLE kind ADD COLUMN properties jsonb NOT NULL DEFAULT '{}'")
    op.execute("ALTER TABLE kind DROP CONSTRAINT kind_green_class_check")
    op.execute(
        "ALTER TABLE kind ADD CONSTRAINT kind_green_class_check CHECK "
        "(green_class IN ('forest', 'urban', 'grass', 'wetland', 'sand', 'karst'))"
    )
    op.execute(COMMENTS)


def downgrade() -> None:
    """Back; kinds of grass, wetland, sand and karst must have gone before."""
    op.execute(OLD_COMMENTS)
    op.execute("ALTER TABLE kind DROP CONSTRAINT kind_green_class_check")
    op.execute(
        "ALTER TABLE kind ADD CONSTRAINT kind_green_class_check CHECK "
        "(green_class IN ('forest', 'urban'))"
    )
    op.execute("ALTER TABLE kind DROP COLUMN properties")
