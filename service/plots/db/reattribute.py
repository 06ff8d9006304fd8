"""Plots whose county is another one since a border moved: by their largest part, numbers kept."""

import json
from collections import Counter
from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlalchemy import Connection, text

from service.accounts.db.accounts import Account
from service.accounts.db.change_author import set_change_author
from service.plots.db.insert import next_numbers

__all__ = ["MovedPlots", "first_unseen", "reattribute_plots", "written_since"]


class MovedPlots(NamedTuple):
    """How many plots went from one county to another, and how many of them got another number."""

    before: str
    after: str
    plots: int
    renumbered: int


# A version that one cell of its county covers stays; of the few others the parts are measured.
# Of two equal parts the one in the county that it has decides.
_MOVED = text("""
WITH near AS MATERIALIZED (
    SELECT v.plot_id, v.slot FROM plot_version v
    WHERE v.district = ANY(CAST(:counties AS text[]))
    UNION
    SELECT v.plot_id, v.slot
    FROM district_boundary b
    JOIN district_cell c ON c.boundary_id = b.id
    JOIN plot_version v ON v.geom && c.geom AND ST_Intersects(v.geom, c.geom)
    WHERE b.valid_to IS NULL AND b.code = ANY(CAST(:counties AS text[])) AND v.district <> b.code
), open AS MATERIALIZED (
    SELECT v.plot_id, v.slot, v.district, v.year, v.plot_no, v.geom
    FROM near JOIN plot_version v ON v.plot_id = near.plot_id AND v.slot = near.slot
    WHERE (CAST(:ids AS bigint[]) IS NULL OR v.plot_id = ANY(CAST(:ids AS bigint[])))
      AND NOT EXISTS (
          SELECT FROM district_cell c
          JOIN district_boundary b ON b.id = c.boundary_id AND b.valid_to IS NULL
          WHERE c.code = v.district AND c.geom && v.geom AND ST_CoveredBy(v.geom, c.geom))
), part AS (
    SELECT open.plot_id, open.slot, c.code,
           sum(CASE WHEN ST_CoveredBy(open.geom, c.geom) THEN ST_Area(open.geom)
                    ELSE ST_Area(ST_Intersection(open.geom, c.geom)) END) AS size
    FROM open
    JOIN district_cell c ON c.geom && open.geom AND ST_Intersects(c.geom, open.geom)
    JOIN district_boundary b ON b.id = c.boundary_id AND b.valid_to IS NULL
    JOIN district d ON d.code = c.code AND d.level = 'county'
    GROUP BY open.plot_id, open.slot, c.code
), largest AS (
    SELECT DISTINCT ON (open.plot_id, open.slot)
           open.plot_id, open.slot, open.district AS before, part.code AS after,
           open.year, open.plot_no
    FROM open JOIN part ON part.plot_id = open.plot_id AND part.slot = open.slot
    WHERE part.size > 0
    ORDER BY open.plot_id, open.slot, part.size DESC, part.code <> open.district, part.code
)
SELECT * FROM largest WHERE before <> after ORDER BY plot_id, slot
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

_WRITE = text(
    f"""
UPDATE plot_version v
SET district = moved.after, plot_no = moved.plot_no, changed_by = :changed_by, changed_at = now()
FROM {_ROWS}
WHERE v.plot_id = moved.plot_id AND v.slot = moved.slot
"""  # noqa: S608
)

# A number that was ever approved stays the plot's: printed papers quote it.
_RELEASE = text("""
DELETE FROM plot_number n
WHERE n.plot_id = ANY(CAST(:ids AS bigint[])) AND NOT EXISTS (
    SELECT 1 FROM plot_version v
    WHERE v.plot_id = n.plot_id AND v.district = n.district AND v.year = n.year
      AND v.plot_no = n.plot_no)
  AND NOT EXISTS (
    SELECT 1 FROM plot_history h
    WHERE h.plot_id = n.plot_id AND h.slot = 'approved' AND h.district = n.district
      AND h.year = n.year AND h.plot_no = n.plot_no)
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


def first_unseen(connection: Connection) -> int:
    """The first transaction that may not be seen yet; later ones are not."""
    return int(connection.scalar(_FIRST_UNSEEN))


def written_since(connection: Connection, transaction: int) -> list[int]:
    """Ids of plots that others changed from a transaction on, and committed."""
    return list(connection.scalars(_WRITTEN_SINCE, {"first_unseen": transaction}))


def reattribute_plots(
    connection: Connection,
    account: Account,
    counties: Sequence[str],
    reason: str,
    plot_ids: Sequence[int] | None = None,
) -> list[MovedPlots]:
    """Give plots at the borders of counties that moved the county of their largest part.

    Both versions of a plot are looked at, each by its own shape. A plot keeps its 图斑号; where
    another plot of the new county and year has it, it gets the next free one. Plots that lie in no
    county keep the one that they have. Only plots that change are locked. Their claims go along.

    Parameters
    ----------
    counties
        Codes of the counties whose present boundaries are new.
    reason
        Kept in the history.
    plot_ids
        Look at these plots only; None: at all.

    Returns
    -------
    list[MovedPlots]
        By county before and after; empty when every plot stays.
    """
    values: dict[str, Any] = {
        "counties": list(counties),
        "ids": None if plot_ids is None else list(plot_ids),
    }
    ids = sorted({row.plot_id for row in connection.execute(_MOVED, values)})
    if not ids:
        return []
    connection.execute(_LOCK, {"ids": ids})
    # Read again with the plots locked: somebody may have changed them meanwhile.
    rows = [dict(row) for row in connection.execute(_MOVED, values | {"ids": ids}).mappings()]
    connection.execute(_REGISTER, {"rows": json.dumps(rows)})
    renumbered = _renumber(connection, rows)
    set_change_author(connection, account, reason)
    connection.execute(_WRITE, {"rows": json.dumps(rows), "changed_by": account.id})
    connection.execute(_RELEASE, {"ids": ids})
    connection.execute(_MOVE_CLAIMS, {"ids": ids})
    plots = Counter((row["before"], row["after"]) for row in _each_plot_once(rows))
    return [
        MovedPlots(before, after, count, renumbered[before, after])
        for (before, after), count in sorted(plots.items())
    ]


def _renumber(connection: Connection, rows: list[dict[str, Any]]) -> Counter[tuple[str, str]]:
    """Give a free number to each plot whose own is taken in its new county; counts them."""
    fresh: dict[tuple[int, str, int, str], str] = {}
    for taken in connection.execute(_TAKEN, {"rows": json.dumps(rows)}).all():
        number = next(next_numbers(connection, taken.after, taken.year, 1))
        fresh[taken.plot_id, taken.after, taken.year, taken.plot_no] = number
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
