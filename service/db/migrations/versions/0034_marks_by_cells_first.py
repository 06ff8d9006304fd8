"""Cells of a plot are found first, and each asked whether its boundary holds.

Before anybody counted a fresh table of districts the planner takes a handful of boundaries to hold
now, began there, and asked the cells of two thousand boundaries for every plot.
"""

from importlib import import_module

from alembic import op

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None

OLD = import_module("service.db.migrations.versions.0031_marks_by_box").NEW

# A scalar subquery stays where it stands: no planner makes a join of it.
_JOINED = """SELECT c.id, c.boundary_id FROM district_cell c
            JOIN district_boundary b ON b.id = c.boundary_id AND b.valid_to IS NULL
            WHERE"""
_ASKED = """SELECT c.id, c.boundary_id FROM district_cell c
            WHERE (SELECT b.valid_to IS NULL FROM district_boundary b WHERE b.id = c.boundary_id)
              AND"""
assert OLD.count(_JOINED) == 3
NEW = OLD.replace(_JOINED, _ASKED)


def upgrade() -> None:
    """Forward."""
    op.execute(NEW)


def downgrade() -> None:
    """Back."""
    op.execute(OLD)
