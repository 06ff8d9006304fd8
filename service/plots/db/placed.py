"""In which county plots have their largest part since a border moved."""

from collections.abc import Sequence
from typing import NamedTuple

import shapely
from sqlalchemy import Connection, text

from gis.crs import CGCS2000
from service.database.sent_shapes import as_hex

__all__ = ["MovedBorders", "PlacedPlot", "placed_plots"]


class MovedBorders(NamedTuple):
    """Counties whose present boundaries are new, and what that changes."""

    counties: Sequence[str]
    """All their codes."""
    first: Sequence[str]
    """Those of them that had no boundary before."""
    ground: Sequence[tuple[shapely.Geometry, str | None]]
    """Polygons in degrees of CGCS2000 that changed their county, each with the one that got it.

    None where it is in no such county now.
    """


class PlacedPlot(NamedTuple):
    """A version of a plot, and the county in which its largest part lies now."""

    plot_id: int
    slot: str
    before: str
    """The county that it has."""
    after: str
    """The one of its largest part; the same where it lies in no county."""
    year: int
    plot_no: str
    in_counties: float
    """How much of it lies in any county, by area."""


# Plots on ground that changed its county, those of counties that had no boundary, and those that
# lie in such ones now, each slot by the index of its own. Most lie within one piece of such ground
# in which no other county has a share: they are of the county that has it. Of the others a version
# that one cell of its county covers stays, and is no row; one that a cell of another county covers,
# and whose box meets none of its own, lies there; of the few that are left the parts are measured.
# Of two equal parts the one in the county that it has decides. Cells and plots are asked for by
# their place: left to itself the planner reads all plots there are. The answer is one value: to
# fetch thousands of rows takes longer than to read it.
_PLACED = text("""
WITH border AS MATERIALIZED (
    SELECT b.id, b.code FROM district_boundary b
    JOIN district d ON d.code = b.code AND d.level = 'county'
    WHERE b.valid_to IS NULL
), ground AS MATERIALIZED (
    SELECT c.geom, border.code FROM border JOIN district_cell c ON c.boundary_id = border.id
    WHERE border.code = ANY(CAST(:first AS text[]))
    UNION ALL
    SELECT part, changed.code
    FROM unnest(CAST(:ground AS text[]), CAST(:codes AS text[])) changed(shape, code)
    CROSS JOIN LATERAL cells_of(ST_GeomFromWKB(decode(changed.shape, 'hex'), :srid)) part
), piece AS MATERIALIZED (
    SELECT ground.geom, CASE WHEN NOT EXISTS (
        SELECT FROM (
            SELECT cell.* FROM district_cell cell WHERE cell.geom && ground.geom OFFSET 0
        ) other
        WHERE other.code <> ground.code
          AND other.boundary_id = ANY(ARRAY(SELECT border.id FROM border))
          AND ST_Relate(other.geom, ground.geom, 'T********')
    ) THEN ground.code END AS code
    FROM ground
), near AS MATERIALIZED (
    SELECT DISTINCT ON (v.plot_id, v.slot)
           v.plot_id, v.slot, v.district, v.year, v.plot_no, v.inside
    FROM (
        SELECT p.plot_id, p.slot, p.district, p.year, p.plot_no, NULL AS inside
        FROM plot_version p WHERE p.plot_id = ANY(CAST(:ids AS bigint[]))
        UNION ALL
        SELECT p.plot_id, p.slot, p.district, p.year, p.plot_no, NULL
        FROM plot_version p WHERE p.district = ANY(CAST(:first AS text[]))
        UNION ALL
        SELECT met.plot_id, met.slot, met.district, met.year, met.plot_no,
               CASE WHEN met.covered THEN piece.code END
        FROM piece
        CROSS JOIN LATERAL (
            SELECT p.*, lies_in_cell(p.geom, piece.geom) AS covered FROM plot_version p
            WHERE p.slot = 'approved' AND p.geom && piece.geom
            UNION ALL
            SELECT p.*, lies_in_cell(p.geom, piece.geom) FROM plot_version p
            WHERE p.slot = 'working' AND p.geom && piece.geom
            OFFSET 0
        ) met
        WHERE met.covered OR ST_Intersects(met.geom, piece.geom)
    ) v
    ORDER BY v.plot_id, v.slot, v.inside
), looked_at AS MATERIALIZED (
    SELECT near.plot_id, near.slot, near.district, near.year, near.plot_no,
           CASE WHEN inside.code = near.district OR NOT inside.beside_own THEN inside.code END
               AS inside
    FROM near
    CROSS JOIN LATERAL (
        SELECT p.geom FROM plot_version p
        WHERE p.plot_id = near.plot_id AND p.slot = near.slot OFFSET 0
    ) v
    CROSS JOIN LATERAL (
        SELECT (array_agg(c.code ORDER BY c.code <> near.district, c.code)
                FILTER (WHERE c.covers))[1] AS code,
               bool_or(c.code = near.district) AS beside_own
        FROM (SELECT cell.code, lies_in_cell(v.geom, cell.geom) AS covers
              FROM district_cell cell
              WHERE cell.geom && v.geom
                AND cell.boundary_id = ANY(ARRAY(SELECT border.id FROM border)) OFFSET 0) c
    ) inside
    WHERE near.inside IS NULL
), part AS (
    SELECT v.plot_id, v.slot, v.district, v.year, v.plot_no, c.code,
           ST_Area(v.geom) AS whole,
           CASE WHEN c.covers THEN ST_Area(v.geom)
                WHEN c.geom IS NULL THEN 0
                ELSE ST_Area(ST_Intersection(v.geom, c.geom)) END AS size
    FROM looked_at
    CROSS JOIN LATERAL (
        SELECT p.* FROM plot_version p
        WHERE p.plot_id = looked_at.plot_id AND p.slot = looked_at.slot OFFSET 0
    ) v
    LEFT JOIN LATERAL (
        SELECT cell.code, cell.geom, lies_in_cell(v.geom, cell.geom) AS covers
        FROM district_cell cell
        WHERE cell.geom && v.geom AND cell.boundary_id = ANY(ARRAY(SELECT border.id FROM border))
          AND ST_Intersects(cell.geom, v.geom) OFFSET 0
    ) c ON true
    WHERE looked_at.inside IS NULL
), share AS (
    SELECT part.plot_id, part.slot, part.district, part.year, part.plot_no, part.code, part.whole,
           sum(part.size) AS size
    FROM part
    GROUP BY part.plot_id, part.slot, part.district, part.year, part.plot_no, part.code, part.whole
), measured AS (
    SELECT DISTINCT ON (share.plot_id, share.slot)
           share.plot_id, share.slot, share.district AS before,
           CASE WHEN share.size > 0 THEN share.code ELSE share.district END AS after,
           share.year, share.plot_no, sum(share.size) OVER one / share.whole AS in_counties
    FROM share
    WINDOW one AS (PARTITION BY share.plot_id, share.slot)
    ORDER BY share.plot_id, share.slot, share.size DESC, share.code <> share.district, share.code
)
SELECT json_agg(json_build_array(plot_id, slot, before, after, year, plot_no, in_counties)
                ORDER BY plot_id, slot)
FROM (
    SELECT plot_id, slot, before, after, year, plot_no, in_counties FROM measured
    UNION ALL
    SELECT plot_id, slot, district, inside, year, plot_no, 1 FROM looked_at WHERE inside <> district
    UNION ALL
    SELECT plot_id, slot, district, inside, year, plot_no, 1 FROM near WHERE inside <> district
) placed
""")


def placed_plots(
    connection: Connection, borders: MovedBorders, plot_ids: Sequence[int] | None = None
) -> list[PlacedPlot]:
    """Where the plots on ground that changed its county have their largest part now.

    Both versions of a plot are looked at, each by its own shape. Those that one cell of their
    county covers are left out: they stay. Of a county that had no boundary all plots are looked at.

    Parameters
    ----------
    plot_ids
        Look at these plots, wherever they lie; None: at all that the borders change.
    """
    one_by_one = plot_ids is not None
    values = {
        "first": [] if one_by_one else list(borders.first),
        "ground": [] if one_by_one else as_hex([shape for shape, _ in borders.ground]),
        "codes": [] if one_by_one else [code for _, code in borders.ground],
        "ids": list(plot_ids or ()),
        "srid": CGCS2000,
    }
    return [PlacedPlot(*row) for row in connection.scalar(_PLACED, values) or ()]
