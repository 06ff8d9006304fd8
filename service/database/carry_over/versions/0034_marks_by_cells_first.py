"""Cells of plots are found first, and each asked once whether its boundary holds.

Before anybody counted a fresh table of districts the planner takes a handful of boundaries to hold
now, began there, and asked the cells of two thousand boundaries for every plot.
"""

import re
from importlib import import_module

from alembic import op

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None

OLD = import_module("service.database.carry_over.versions.0031_marks_by_box").NEW

_JOINED = """
            JOIN district_boundary b ON b.id = c.boundary_id AND b.valid_to IS NULL"""
_NEAR = r"(SELECT DISTINCT cell\.boundary_id, cell\.id\s.*?);"
# A scalar subquery stays where it stands: no planner makes a join of it.
_HELD = r"""SELECT near.boundary_id, near.id FROM (
        \1
        ) near
        WHERE (SELECT b.valid_to IS NULL FROM district_boundary b WHERE b.id = near.boundary_id);"""
assert OLD.count(_JOINED) == 3
NEW, _found = re.subn(_NEAR, _HELD, OLD.replace(_JOINED, ""), flags=re.DOTALL)
assert _found == 3


def upgrade() -> None:
    """Forward."""
    op.execute(NEW)


def downgrade() -> None:
    """Back."""
    op.execute(OLD)
