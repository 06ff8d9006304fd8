"""Cells are small inside a district too, where no border has vertices to count."""

from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

# A cell is computed as a whole, whichever of its plots changed: in the middle of a county one held
# fifteen hundred.
CUT = """
CREATE FUNCTION cells_of(boundary geometry) RETURNS SETOF geometry
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
AS $$
    -- Into so many equal columns and rows; the outer ones reach beyond, so that nothing is lost.
    SELECT part.geom
    FROM ST_Subdivide(boundary, 64) AS piece
    CROSS JOIN LATERAL (
        SELECT ST_XMin(piece) AS west, ST_YMin(piece) AS south,
               ST_XMax(piece) - ST_XMin(piece) AS wide, ST_YMax(piece) - ST_YMin(piece) AS tall
    ) box
    CROSS JOIN LATERAL (
        SELECT ceil(wide / 0.11)::integer AS columns, ceil(tall / 0.11)::integer AS rows
    ) number
    CROSS JOIN generate_series(0, columns - 1) x CROSS JOIN generate_series(0, rows - 1) y
    CROSS JOIN LATERAL (
        SELECT CASE WHEN columns * rows = 1 THEN piece ELSE ST_Intersection(piece, ST_MakeEnvelope(
            CASE x WHEN 0 THEN west - 1 ELSE west + wide * x / columns END,
            CASE y WHEN 0 THEN south - 1 ELSE south + tall * y / rows END,
            CASE x WHEN columns - 1 THEN west + wide + 1 ELSE west + wide * (x + 1) / columns END,
            CASE y WHEN rows - 1 THEN south + tall + 1 ELSE south + tall * (y + 1) / rows END,
            ST_SRID(piece))) END AS geom
    ) cut
    CROSS JOIN LATERAL ST_Dump(ST_CollectionExtract(cut.geom, 3)) part
$$;
COMMENT ON FUNCTION cells_of IS
    'Cuts a boundary into polygons of at most 64 vertices and 0.11 degrees to a side';
COMMENT ON COLUMN district_cell.geom IS 'At most 64 vertices, and 0.11 degrees to a side (cells_of)';
"""

CELLS = """
CREATE OR REPLACE FUNCTION district_boundary_cells() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM district_cell WHERE boundary_id = NEW.id;
    INSERT INTO district_cell (boundary_id, code, geom)
    SELECT NEW.id, NEW.code, piece
    FROM district d, {cut} AS piece
    WHERE d.code = NEW.code AND d.level NOT IN ('province', 'city');
    RETURN NULL;
END $$;
DELETE FROM district_cell;
INSERT INTO district_cell (boundary_id, code, geom)
SELECT b.id, b.code, piece
FROM district_boundary b JOIN district d USING (code) CROSS JOIN LATERAL {cut_kept} AS piece
WHERE d.level NOT IN ('province', 'city');
"""


def upgrade() -> None:
    """Forward."""
    op.execute(CUT + CELLS.format(cut="cells_of(NEW.geom)", cut_kept="cells_of(b.geom)"))


def downgrade() -> None:
    """Back."""
    op.execute(
        CELLS.format(cut="ST_Subdivide(NEW.geom, 64)", cut_kept="ST_Subdivide(b.geom, 64)")
        + "DROP FUNCTION cells_of(geometry);"
        " COMMENT ON COLUMN district_cell.geom IS 'At most 64 vertices (ST_Subdivide)';"
    )
