"""Plots in every county, at once."""

from sqlalchemy import text

from tests.service.conftest import Database

# One approved plot a county and a draft beside it, on a grid within the county's square.
FILL = """
WITH place AS (
    SELECT n, code, ST_XMin(geom) + 0.001 * (n % 90) AS west,
           ST_YMin(geom) + 0.001 * (n / 90) AS south
    FROM district_boundary JOIN district USING (code), generate_series(1, :each) AS n
    WHERE level = 'county' AND valid_to IS NULL
), made AS (
    INSERT INTO plot (id) SELECT row_number() OVER () FROM place RETURNING id
), placed AS (
    SELECT row_number() OVER () AS id, place.* FROM place
), number AS (
    INSERT INTO plot_number SELECT code, 2026, id::text, id FROM placed RETURNING plot_id
), count AS (
    INSERT INTO plot_counter SELECT DISTINCT code, 2026, 1 FROM placed RETURNING district
), accepted AS (
    INSERT INTO acceptance (plot_id, checked_on) SELECT id, '2026-05-01' FROM placed
    RETURNING plot_id
)
INSERT INTO plot_version
    (plot_id, slot, version, geom, district, stage, kind, year, plot_no, review)
SELECT id, slot, 1, ST_Multi(ST_MakeEnvelope(west, south, west + 0.0008, south + 0.0008, 4490)),
       code, 'planted', 'RGZL', 2026, id::text, review
FROM placed, (VALUES ('approved', 'approved'), ('working', 'draft')) AS one(slot, review)
"""


def fill(database: Database, each: int = 1) -> None:
    """Plots in every county, written by the owner."""
    with database.owner.begin() as connection:
        connection.execute(text(FILL), {"each": each})
