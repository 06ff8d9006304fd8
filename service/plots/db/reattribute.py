"""Plots whose county is another one since a border moved: by their largest part, numbers kept."""

import json
from collections import Counter
from collections.abc import Sequence
from itertools import groupby
from typing import Any, NamedTuple

import shapely
from sqlalchemy import Connection, text

from gis.crs import CGCS2000
from service.accounts.db.accounts import Account
from service.accounts.db.change_author import set_change_author
from service.database.sent_shapes import as_hex
from service.plots.db.numbers import next_numbers

__all__ = [
    "MovedBorders",
    "MovedPlots",
    "PlacedPlot",
    "first_unseen",
    "placed_plots",
    "reattribute_plots",
    "written_since",
]


class MovedBorders(NamedTuple):
    """Counties whose present boundaries are new, and what that changes."""

    counties: Sequence[str]
    """All their codes."""
    first: Sequence[str]
    """Those of them that had no boundary before."""
    ground: Sequence[shapely.Geometry]
    """Polygons in degrees of CGCS2000: what one of the others got or lost."""


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


class MovedPlots(NamedTuple):
    """How many plots went from one county to another, and how many of them got another number."""

    before: str
    after: str
    plots: int
    renumbered: int


# Plots on ground that changed its county, those of counties that had no boundary, and those that
# lie in such ones now, each slot by the index of its own. A version that one cell of its county
# covers stays, and is no row; one that a cell of another county covers, and whose box meets none of
# its own, lies there; of the few others the parts are measured. Of two equal parts the one in the
# county that it has decides. Cells and plots are asked for by their place: left to itself the
# planner reads all plots there are. The answer is one value: to fetch thousands of rows takes
# longer than to read it.
_PLACED = text("""
WITH border AS MATERIALIZED (
    SELECT b.id, b.code FROM district_boundary b
    JOIN district d ON d.code = b.code AND d.level = 'county'
    WHERE b.valid_to IS NULL
), ground AS MATERIALIZED (
    SELECT c.geom FROM border JOIN district_cell c ON c.boundary_id = border.id
    WHERE border.code = ANY(CAST(:first AS text[]))
    UNION ALL
    SELECT part FROM unnest(CAST(:ground AS text[])) changed
    CROSS JOIN LATERAL cells_of(ST_GeomFromWKB(decode(changed, 'hex'), :srid)) part
), near AS MATERIALIZED (
    SELECT v.plot_id, v.slot FROM plot_version v WHERE v.plot_id = ANY(CAST(:ids AS bigint[]))
    UNION
    SELECT v.plot_id, v.slot FROM plot_version v WHERE v.district = ANY(CAST(:first AS text[]))
    UNION
    SELECT v.plot_id, v.slot
    FROM ground
    CROSS JOIN LATERAL (
        SELECT p.plot_id, p.slot FROM plot_version p
        WHERE p.slot = 'approved' AND p.geom && ground.geom AND ST_Intersects(p.geom, ground.geom)
        UNION ALL
        SELECT p.plot_id, p.slot FROM plot_version p
        WHERE p.slot = 'working' AND p.geom && ground.geom AND ST_Intersects(p.geom, ground.geom)
        OFFSET 0
    ) v
), looked_at AS MATERIALIZED (
    SELECT v.plot_id, v.slot, v.district, v.year, v.plot_no,
           CASE WHEN inside.code = v.district OR NOT inside.beside_own THEN inside.code END
               AS inside
    FROM near
    CROSS JOIN LATERAL (
        SELECT p.* FROM plot_version p
        WHERE p.plot_id = near.plot_id AND p.slot = near.slot OFFSET 0
    ) v
    CROSS JOIN LATERAL (
        SELECT (array_agg(c.code ORDER BY c.code <> v.district, c.code)
                FILTER (WHERE c.covers))[1] AS code,
               bool_or(c.code = v.district) AS beside_own
        FROM (SELECT cell.code, lies_in_cell(v.geom, cell.geom) AS covers
              FROM district_cell cell
              WHERE cell.geom && v.geom
                AND cell.boundary_id = ANY(ARRAY(SELECT border.id FROM border)) OFFSET 0) c
    ) inside
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
) placed
""")

_LOCK = text("""
SELECT id FROM plot WHERE id = ANY(CAST(:ids AS bigint[])) ORDER BY id FOR NO KEY UPDATE
""")

# What stands in braces below is this text of our own.
_ROWS = """jsonb_to_recordset(CAST(:rows AS jsonb))
    AS moved(plot_id bigint, slot text, after text, year integer, plot_no text)"""

_REGISTER = text(
    f"""
INSERT INTO plot_number (district, year, plot_no, plot_id)
SELECT DISTINCT after, year, plot_no, plot_id FROM {_ROWS}
ON CONFLICT (district, year, plot_no) DO NOTHING
"""  # noqa: S608
)

_TAKEN = text(
    f"""
SELECT DISTINCT moved.plot_id, moved.after, moved.year, moved.plot_no
FROM {_ROWS}
JOIN plot_number n ON n.district = moved.after AND n.year = moved.year
    AND n.plot_no = moved.plot_no AND n.plot_id <> moved.plot_id
ORDER BY moved.after, moved.year, moved.plot_id
"""  # noqa: S608
)

# Version numbers are given here for all rows at once: a trigger gives them one by one.
_WRITE = text(
    f"""
WITH moved AS MATERIALIZED (
    SELECT moved.*, row_number() OVER one AS step, count(*) OVER (PARTITION BY plot_id) AS steps
    FROM {_ROWS}
    WINDOW one AS (PARTITION BY plot_id ORDER BY slot)
), counted AS (
    UPDATE plot p SET last_version = greatest(p.last_version, own.version) + own.steps
    FROM (SELECT v.plot_id, max(v.version) AS version, min(moved.steps) AS steps
          FROM moved JOIN plot_version v ON v.plot_id = moved.plot_id GROUP BY v.plot_id) own
    WHERE p.id = own.plot_id
    RETURNING p.id, p.last_version - own.steps AS before
)
UPDATE plot_version v
SET district = moved.after, plot_no = moved.plot_no, version = counted.before + moved.step,
    changed_by = :changed_by, changed_at = now()
FROM moved JOIN counted ON counted.id = moved.plot_id
WHERE v.plot_id = moved.plot_id AND v.slot = moved.slot
"""  # noqa: S608
)

# A number that was ever approved stays the plot's: printed papers quote it.
_RELEASE = text("""
DELETE FROM plot_number n
USING (SELECT DISTINCT plot_id, before, year, old_no
       FROM jsonb_to_recordset(CAST(:rows AS jsonb))
           AS moved(plot_id bigint, before text, year integer, old_no text)) moved
WHERE n.plot_id = moved.plot_id AND n.district = moved.before AND n.year = moved.year
  AND n.plot_no = moved.old_no
  AND NOT EXISTS (
    SELECT 1 FROM plot_history h
    WHERE h.plot_id = n.plot_id AND h.slot = 'approved' AND h.district = n.district
      AND h.year = n.year AND h.plot_no = n.plot_no)
  AND NOT EXISTS (
    SELECT 1 FROM plot_version v
    WHERE v.plot_id = n.plot_id AND v.district = n.district AND v.year = n.year
      AND v.plot_no = n.plot_no)
""")


# A claim stands in the county of the plot that makes it; what is being drawn decides.
_MOVE_CLAIMS = text("""
UPDATE plot_claim c SET district = v.district
FROM (SELECT DISTINCT ON (plot_id) plot_id, district FROM plot_version
      WHERE plot_id = ANY(CAST(:ids AS bigint[])) ORDER BY plot_id, slot DESC) v
WHERE c.plot_id = v.plot_id AND c.district <> v.district
""")

_FIRST_UNSEEN = text("SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint")

_WRITTEN_SINCE = text("""
SELECT DISTINCT plot_id FROM plot_history
WHERE transaction >= :first_unseen
  AND transaction <> pg_current_xact_id()::text::bigint AND valid_to IS NULL
ORDER BY plot_id
""")


_CHANGED = text("""
SELECT DISTINCT plot_id FROM plot_history
WHERE transaction >= :first_unseen
  AND transaction <> pg_current_xact_id()::text::bigint AND plot_id = ANY(CAST(:ids AS bigint[]))
""")


def first_unseen(connection: Connection) -> int:
    """The first transaction that may not be seen yet; later ones are not."""
    return int(connection.scalar(_FIRST_UNSEEN))


def written_since(connection: Connection, transaction: int) -> list[int]:
    """Ids of plots that others changed from a transaction on, and committed."""
    return list(connection.scalars(_WRITTEN_SINCE, {"first_unseen": transaction}))


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
        "ground": [] if one_by_one else as_hex(borders.ground),
        "ids": list(plot_ids or ()),
        "srid": CGCS2000,
    }
    return [PlacedPlot(*row) for row in connection.scalar(_PLACED, values) or ()]


def reattribute_plots(
    connection: Connection,
    account: Account,
    borders: MovedBorders,
    placed: Sequence[PlacedPlot],
    reason: str,
    first_to_see: int,
) -> list[MovedPlots]:
    """Give plots at the borders of counties that moved the county of their largest part.

    A plot keeps its 图斑号; where another plot of the new county and year has it, it gets the next
    free one. Plots that lie in no county keep the one that they have. Only plots that change are
    locked. Their claims go along.

    Parameters
    ----------
    placed
        What `placed_plots` found; what somebody changed since is looked at again.
    reason
        Kept in the history.
    first_to_see
        As `first_unseen` told it before ``placed`` was read.

    Returns
    -------
    list[MovedPlots]
        By county before and after; empty when every plot stays.
    """
    ids = sorted({plot.plot_id for plot in placed if plot.before != plot.after})
    if not ids:
        return []
    there = set(connection.scalars(_LOCK, {"ids": ids}))
    values = {"ids": ids, "first_unseen": first_to_see}
    changed = set(connection.scalars(_CHANGED, values)) | (set(ids) - there)
    again = placed_plots(connection, borders, sorted(changed)) if changed else []
    rows = [
        plot._asdict() | {"old_no": plot.plot_no}
        for plot in [*(plot for plot in placed if plot.plot_id not in changed), *again]
        if plot.before != plot.after
    ]
    connection.execute(_REGISTER, {"rows": json.dumps(rows)})
    renumbered = _renumber(connection, rows)
    set_change_author(connection, account, reason)
    connection.execute(_WRITE, {"rows": json.dumps(rows), "changed_by": account.id})
    connection.execute(_RELEASE, {"rows": json.dumps(rows)})
    connection.execute(_MOVE_CLAIMS, {"ids": ids})
    plots = Counter((row["before"], row["after"]) for row in _each_plot_once(rows))
    return [
        MovedPlots(before, after, count, renumbered[before, after])
        for (before, after), count in sorted(plots.items())
    ]


def _renumber(connection: Connection, rows: list[dict[str, Any]]) -> Counter[tuple[str, str]]:
    """Give a free number to each plot whose own is taken in its new county; counts them."""
    fresh: dict[tuple[int, str, int, str], str] = {}
    taken = connection.execute(_TAKEN, {"rows": json.dumps(rows)}).all()
    for (after, year), group in groupby(taken, lambda row: (row.after, row.year)):
        of_year = list(group)
        numbers = next_numbers(connection, after, year, len(of_year))
        for plot, number in zip(of_year, numbers, strict=True):
            fresh[plot.plot_id, after, year, plot.plot_no] = number
    changed = []
    for row in rows:
        key = row["plot_id"], row["after"], row["year"], row["plot_no"]
        if key in fresh:
            row["plot_no"] = fresh[key]
            changed.append(row)
    if changed:
        connection.execute(_REGISTER, {"rows": json.dumps(changed)})
    return Counter((row["before"], row["after"]) for row in _each_plot_once(changed))


def _each_plot_once(rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    return list({row["plot_id"]: row for row in rows}.values())
