"""Plots whose county is another one since a border moved: by their largest part, numbers kept."""

import json
from collections import Counter
from collections.abc import Sequence
from itertools import groupby
from typing import Any, NamedTuple

from sqlalchemy import Connection, text

from service.accounts.db.accounts import Account
from service.accounts.db.change_author import set_change_author
from service.plots.db.credit import move_claims
from service.plots.db.numbers import next_numbers
from service.plots.db.placed import MovedBorders, PlacedPlot, placed_plots

__all__ = [
    "MovedPlots",
    "first_unseen",
    "reattribute_plots",
    "written_since",
]


class MovedPlots(NamedTuple):
    """How many plots went from one county to another, and how many of them got another number."""

    before: str
    after: str
    plots: int
    renumbered: int


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
    move_claims(connection, ids)
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
