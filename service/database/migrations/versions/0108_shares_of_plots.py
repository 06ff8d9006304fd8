"""What a plot has in a cell is its share of its own area; the rest lies in no known district."""

from alembic import op

revision = "0108"
down_revision = "0107"
branch_labels = None
depends_on = None

COLUMNS = """
ALTER TABLE coverage_piece
    ADD COLUMN factor double precision NOT NULL DEFAULT 1,
    ADD COLUMN outside_m2 double precision NOT NULL DEFAULT 0;
ALTER TABLE coverage_cell ADD COLUMN outside_m2 double precision NOT NULL DEFAULT 0;
ALTER TABLE coverage_district ADD COLUMN outside_m2 double precision NOT NULL DEFAULT 0;
COMMENT ON COLUMN coverage_piece.area_m2 IS
    'Share of the plot''s own area: the area of its part in the cell times factor, square metres';
COMMENT ON COLUMN coverage_piece.factor IS
    'Own area of the plot / what its parts in the cells of the level, and its ground in none of '
    'them, add up to';
COMMENT ON COLUMN coverage_piece.outside_m2 IS
    'Part of what of the plot lies in no known district of the level, divided among its pieces as '
    'they are large, square metres';
COMMENT ON COLUMN coverage_piece.overlap_m2 IS
    'For each of overlapping_plot_ids the area that both plots share in the cell, times the mean '
    'of their factors, square metres';
COMMENT ON COLUMN coverage_piece.cluster_m2 IS
    'What the plots of the cluster have in the cell, ground counted once, square metres: their '
    'shares less what their parts have more than their union, times the mean of their factors';
COMMENT ON COLUMN coverage_cell.outside_m2 IS
    'What of its plots lies in no known district of the level, square metres';
COMMENT ON COLUMN coverage_district.outside_m2 IS
    'What of its plots lies in no known district of the level, square metres';

CREATE TABLE coverage_outside (
    plot_id bigint NOT NULL,
    district text NOT NULL,
    area_m2 double precision,
    CONSTRAINT coverage_outside_pkey PRIMARY KEY (plot_id)
);
COMMENT ON TABLE coverage_outside IS
    'Green plots that share ground with no known county, or did: kept by triggers.';
COMMENT ON COLUMN coverage_outside.plot_id IS
    'Number of the plot; no foreign key: a past moment may show a plot that is gone';
COMMENT ON COLUMN coverage_outside.district IS 'County that the plot belongs to';
COMMENT ON COLUMN coverage_outside.area_m2 IS
    'Its own area, square metres; empty when it is gone, not green or in a county by now';
-- Only functions of the owner read and write it.
ALTER TABLE coverage_outside ENABLE ROW LEVEL SECURITY;
"""
# Every figure is computed anew.
MARKS = """
INSERT INTO coverage_dirty (boundary_id, cell_id)
SELECT c.boundary_id, c.id FROM district_cell c
JOIN district_boundary b ON b.id = c.boundary_id AND b.valid_to IS NULL
"""
OUTSIDE = """
INSERT INTO coverage_outside (plot_id, district, area_m2)
SELECT p.plot_id, p.district, p.area_m2 FROM plot_version p
WHERE p.slot = 'approved' AND p.stage IN ('planted', 'accepted', 'existing')
AND NOT EXISTS (  -- quick: most middles lie in a county
    SELECT 1 FROM (SELECT ST_PointOnSurface(p.geom) AS point OFFSET 0) middle
    JOIN district_cell c ON c.geom && middle.point AND ST_Intersects(c.geom, middle.point)
    JOIN district_boundary b ON b.id = c.boundary_id AND b.valid_to IS NULL
    JOIN district d ON d.code = c.code AND d.level = 'county')
AND NOT EXISTS (
    SELECT 1 FROM district_cell c
    JOIN district_boundary b ON b.id = c.boundary_id AND b.valid_to IS NULL
    JOIN district d ON d.code = c.code AND d.level = 'county'
    WHERE c.geom && p.geom AND ST_Relate(c.geom, p.geom, 'T********'))
"""
BACK = """
DROP TABLE coverage_outside;
ALTER TABLE coverage_district DROP COLUMN outside_m2;
ALTER TABLE coverage_cell DROP COLUMN outside_m2;
ALTER TABLE coverage_piece DROP COLUMN outside_m2, DROP COLUMN factor;
"""


def upgrade() -> None:
    """Forward."""
    op.execute(COLUMNS)
    op.execute(MARKS)
    op.execute(OUTSIDE)


def downgrade() -> None:
    """Back."""
    op.execute(BACK)
    op.execute(MARKS)
