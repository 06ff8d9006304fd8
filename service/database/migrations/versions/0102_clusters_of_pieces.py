"""Columns of the coverage's pieces are named after what they hold: overlaps and clusters."""

from alembic import op

revision = "0102"
down_revision = "0101"
branch_labels = None
depends_on = None

NAMES = {
    "mates": "overlapping_plot_ids",
    "lost_m2": "overlap_m2",
    "crowd": "cluster_id",
    "crowd_m2": "cluster_m2",
    "crowd_plots": "cluster_plots",
}
COMMENTS = """
COMMENT ON COLUMN coverage_piece.overlapping_plot_ids IS
    'Plots with a greater id that overlap this one in the cell and are not in its cluster; '
    'empty when there are none';
COMMENT ON COLUMN coverage_piece.overlap_m2 IS
    'For each of overlapping_plot_ids the area that both plots share in the cell, square metres';
COMMENT ON COLUMN coverage_piece.cluster_id IS
    'Number, within the cell, of the cluster: plots of which three overlap each other, with all '
    'such plots that touch them; empty when the plot is in none';
COMMENT ON COLUMN coverage_piece.cluster_m2 IS
    'Area of the union of the whole cluster in the cell, square metres';
COMMENT ON COLUMN coverage_piece.cluster_plots IS 'How many plots the cluster has';
"""
OLD_COMMENTS = """
COMMENT ON COLUMN coverage_piece.mates IS
    'Plots of greater number that share ground with this one in the cell, and are not of its crowd';
COMMENT ON COLUMN coverage_piece.lost_m2 IS 'How much each of them shares with it';
COMMENT ON COLUMN coverage_piece.crowd IS
    'Plots of one number touch in the cell, and each shares ground with two that share ground; '
    'else empty';
COMMENT ON COLUMN coverage_piece.crowd_m2 IS 'Area of the union of the whole crowd';
COMMENT ON COLUMN coverage_piece.crowd_plots IS 'How many the crowd are';
"""


def upgrade() -> None:
    """Forward."""
    for old, new in NAMES.items():
        op.execute(f"ALTER TABLE coverage_piece RENAME COLUMN {old} TO {new}")
    op.execute(COMMENTS)


def downgrade() -> None:
    """Back."""
    for old, new in NAMES.items():
        op.execute(f"ALTER TABLE coverage_piece RENAME COLUMN {new} TO {old}")
    op.execute(OLD_COMMENTS)
