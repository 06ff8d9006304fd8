"""Two doors to ground beyond the scope that nothing goes through any more."""

from importlib import import_module

from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

# Coverage is kept per cell, and what lies around a plot is told by ground_around.
UP = """
DROP FUNCTION foreign_overlaps(geometry, bigint[]);
DROP FUNCTION ground_of(text, text[], integer, text[]);
"""

_DOORS: str = import_module("service.database.carry_over.versions.0005_row_security").DOORS
DOWN = _DOORS[: _DOORS.index("CREATE FUNCTION snapping_shapes")]


def upgrade() -> None:
    """Forward."""
    op.execute(UP)


def downgrade() -> None:
    """Back."""
    op.execute(DOWN)
