"""A plot has a theme and a type of work."""

from alembic import op

revision = "0105"
down_revision = "0104"
branch_labels = None
depends_on = None

COLUMNS = {
    "theme": "Theme of the planting: list theme",
    "work_type": "Whether it is new, an upgrade, a renewal …: list work_type",
}
TABLES = ("plot_version", "plot_history")


def upgrade() -> None:
    """Forward."""
    for table in TABLES:
        for column, comment in COLUMNS.items():
            op.execute(f"ALTER TABLE {table} ADD COLUMN {column} text")
            op.execute(f"COMMENT ON COLUMN {table}.{column} IS '{comment}'")


def downgrade() -> None:
    """Back."""
    for table in TABLES:
        for column in COLUMNS:
            op.execute(f"ALTER TABLE {table} DROP COLUMN {column}")
