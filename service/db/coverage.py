"""Green area of each county, its ground counted once.

Counties are cut into cells of at most 64 vertices; within a cell the plots are merged before they
are measured. A cell is small, so merging is quick, and a plot that lies in one cell is never cut.
"""

from collections.abc import Sequence
from typing import Literal, NamedTuple

from sqlalchemy import Connection, text

from service.db.plots import GREEN_STAGES

By = Literal["kind", "green_class", "stage"]


class CoverageRow(NamedTuple):
    """What the plots of a group cover in one district; square metres on the ellipsoid."""

    code: str
    group: str | None
    green_m2: float
    sum_m2: float
    plot_count: int


# ground_of (migration 0005) finds the approved ground of each cell, a neighbour's plots that reach
# across the border included: row security would hide those. Only plots that meet are united here:
# most keep the area that they were stored with.
# A united area can exceed the plain sum by rounding, never by ground.
_STATEMENT = """
WITH measured AS MATERIALIZED (
    SELECT ground.code, ground.cell, ground.plot_id, {group} AS grp, ground.geom, ground.area_m2
    FROM ground_of(:level, CAST(:codes AS text[]), CAST(:year AS integer), :stages) ground
    JOIN kind ON kind.code = ground.kind
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
    "kind": "ground.kind",
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
