"""Green area of each county, its ground counted once.

Counties are cut into cells of at most 64 vertices; within a cell the plots are merged before they
are measured. A cell is small, so merging is quick, and a plot that lies in one cell is never cut.
"""

from collections.abc import Sequence
from typing import Literal, NamedTuple

from sqlalchemy import Connection, text

from service.db.plots import GREEN_STAGES

By = Literal["kind", "green_class"]


class CoverageRow(NamedTuple):
    """What the plots of a group cover in one district; square metres on the ellipsoid."""

    code: str
    group: str | None
    green_m2: float
    sum_m2: float
    plot_count: int


# The joins are on ST_Intersects, which the GiST indexes serve; only what crosses a cell's edge is
# cut, and only plots that meet are united: most plots keep the area that they were stored with.
# A united area can exceed the plain sum by rounding, never by ground.
_STATEMENT = """
WITH part AS MATERIALIZED (
    SELECT cell.code, cell.id AS cell, plot.plot_id, {group} AS grp, plot.area_m2 AS whole_m2,
           CASE WHEN NOT ST_CoveredBy(plot.geom, cell.geom)
                THEN ST_CollectionExtract(ST_Intersection(plot.geom, cell.geom), 3) END AS cut,
           plot.geom AS whole
    FROM district_cell cell
    JOIN district_boundary boundary
      ON boundary.id = cell.boundary_id AND boundary.valid_to IS NULL
    JOIN district ON district.code = cell.code AND district.level = :level
    JOIN plot_version plot ON plot.slot = 'approved' AND ST_Intersects(plot.geom, cell.geom)
    JOIN kind ON kind.code = plot.kind
    WHERE plot.stage = ANY(:stages)
      AND (CAST(:year AS integer) IS NULL OR plot.year = :year)
      AND (CAST(:codes AS text[]) IS NULL OR cell.code = ANY(:codes))
), measured AS MATERIALIZED (
    SELECT code, cell, plot_id, grp, coalesce(cut, whole) AS geom,
           CASE WHEN cut IS NULL THEN whole_m2 ELSE ST_Area(cut::geography) END AS area_m2
    FROM part
    WHERE cut IS NULL OR NOT ST_IsEmpty(cut)
), met AS (
    SELECT code, cell, grp, geom, area_m2,
           ST_ClusterDBSCAN(geom, 0, 1) OVER (PARTITION BY code, cell, grp) AS cluster
    FROM measured
), united AS (
    SELECT code, grp, sum(area_m2) AS sum_m2,
           CASE WHEN count(*) = 1 THEN sum(area_m2)
                ELSE ST_Area(ST_Union(geom)::geography) END AS green_m2
    FROM met
    GROUP BY code, grp, cell, cluster
), added AS (
    SELECT code, grp, sum(green_m2) AS green_m2, sum(sum_m2) AS sum_m2
    FROM united
    GROUP BY code, grp
), counted AS (
    SELECT code, grp, count(DISTINCT plot_id) AS plot_count
    FROM measured
    GROUP BY code, grp
)
SELECT added.code, added.grp, added.green_m2, greatest(added.sum_m2, added.green_m2) AS sum_m2,
       counted.plot_count
FROM added
JOIN counted ON counted.code = added.code AND counted.grp IS NOT DISTINCT FROM added.grp
ORDER BY added.code, added.grp
"""

_GROUPS: dict[By | None, str] = {
    None: "CAST(NULL AS text)",
    "kind": "plot.kind",
    "green_class": "kind.green_class",
}

_STATEMENTS = {by: text(_STATEMENT.format(group=group)) for by, group in _GROUPS.items()}


def coverage_rows(
    connection: Connection,
    *,
    level: str = "county",
    codes: Sequence[str] | None = None,
    year: int | None = None,
    by: By | None = None,
) -> list[CoverageRow]:
    """One row per district (and group) that any plot covers; districts without plots are left out.

    ``codes`` narrows to some districts of the level, ``year`` to the plots of one task year.
    """
    rows = connection.execute(
        _STATEMENTS[by],
        {
            "level": level,
            "codes": None if codes is None else list(codes),
            "year": year,
            "stages": list(GREEN_STAGES),
        },
    )
    return [CoverageRow._make(row) for row in rows]
