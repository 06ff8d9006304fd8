"""Count anew where plots lie beyond every county or on layers that block.

Across borders that were cut apart all of a plot was taken for lying beyond, and on fields that meet
nothing of it was refused.
"""

from alembic import op

revision = "0135"
down_revision = "0134"
branch_labels = None
depends_on = None

FORWARD = """
INSERT INTO coverage_dirty (boundary_id, cell_id)
SELECT c.boundary_id, c.id FROM district_cell c
WHERE EXISTS (SELECT FROM coverage_piece p WHERE p.cell_id = c.id AND p.outside_m2 > 0)
   OR (EXISTS (SELECT FROM coverage_piece p WHERE p.cell_id = c.id)
       AND EXISTS (
           SELECT FROM layer_cell field
           JOIN layer_version v ON v.id = field.version_id
           JOIN layer l ON l.code = v.layer AND l.role = 'block'
           WHERE field.geom && c.geom));
"""


def upgrade() -> None:
    """Forward."""
    op.execute(FORWARD)


def downgrade() -> None:
    """Back: what was counted right stays."""
