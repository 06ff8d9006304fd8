"""Ground on layers that block is no green area: what is refused stands beside it."""

from alembic import op

revision = "0109"
down_revision = "0108"
branch_labels = None
depends_on = None

COLUMNS = """
ALTER TABLE coverage_piece
    ADD COLUMN refused_m2 double precision NOT NULL DEFAULT 0,
    ADD COLUMN overlap_refused_m2 double precision[],
    ADD COLUMN cluster_refused_m2 double precision;
ALTER TABLE coverage_cell ADD COLUMN refused_m2 double precision NOT NULL DEFAULT 0;
ALTER TABLE coverage_district ADD COLUMN refused_m2 double precision NOT NULL DEFAULT 0;
COMMENT ON COLUMN coverage_piece.refused_m2 IS
    'What of area_m2 lies on layers that refuse the plot, square metres';
COMMENT ON COLUMN coverage_piece.overlap_refused_m2 IS
    'For each of overlapping_plot_ids what of the overlap at least one of both plots is refused, '
    'square metres; empty when it is nothing of any';
COMMENT ON COLUMN coverage_piece.cluster_refused_m2 IS
    'What of cluster_m2 every plot that covers it is refused, square metres';
COMMENT ON COLUMN coverage_cell.green_m2 IS
    'Area of the union of the plots of the group, without refused ground';
COMMENT ON COLUMN coverage_cell.refused_m2 IS
    'Area of their union that layers refuse, square metres';
COMMENT ON COLUMN coverage_district.refused_m2 IS
    'Area of the union of its plots that layers refuse, square metres';

CREATE TABLE coverage_layer_day (
    day date NOT NULL,
    CONSTRAINT coverage_layer_day_pkey PRIMARY KEY (day)
);
COMMENT ON TABLE coverage_layer_day IS
    'One row: the day whose layers the stored figures stand on; layers that began or ended since '
    'are marked by the next drain.';
COMMENT ON COLUMN coverage_layer_day.day IS 'A day in Beijing';
-- Only functions of the owner read and write it.
ALTER TABLE coverage_layer_day ENABLE ROW LEVEL SECURITY;
INSERT INTO coverage_layer_day VALUES ((now() AT TIME ZONE interval '08:00')::date);
"""
# What lies on layers that block is computed anew.
MARKS = """
INSERT INTO coverage_dirty (boundary_id, cell_id)
SELECT DISTINCT c.boundary_id, c.id
FROM layer l JOIN layer_version v ON v.layer = l.code AND l.role = 'block'
JOIN layer_cell ground ON ground.version_id = v.id
JOIN district_cell c ON c.geom && ground.geom
JOIN district_boundary b ON b.id = c.boundary_id AND b.valid_to IS NULL
"""
BACK = """
DROP TABLE coverage_layer_day;
ALTER TABLE coverage_district DROP COLUMN refused_m2;
ALTER TABLE coverage_cell DROP COLUMN refused_m2;
ALTER TABLE coverage_piece
    DROP COLUMN refused_m2, DROP COLUMN overlap_refused_m2, DROP COLUMN cluster_refused_m2;
COMMENT ON COLUMN coverage_cell.green_m2 IS 'Area of the union of the plots of the group';
"""


def upgrade() -> None:
    """Forward."""
    op.execute(COLUMNS)
    op.execute(MARKS)


def downgrade() -> None:
    """Back."""
    op.execute(MARKS)
    op.execute(BACK)
