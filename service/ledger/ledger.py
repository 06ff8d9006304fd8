"""Who holds credit on which ground: each square metre counts for one plot, the first approved.

The earliest approval holds, then the lower id. Ground that a plot grew onto later is its own from
that day only. When a holder is deleted, the credit passes to the plot that has had the ground
longest after it: nothing is stored, so nothing has to be passed on.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import shapely
from shapely.geometry.base import BaseGeometry
from sqlalchemy import Connection

from gis.messages import Message
from service.accounts.db.accounts import Account
from service.errors import Problem
from service.ledger.db.claims import carriers_of
from service.ledger.db.ledger import credit_in_counties
from service.plots.db import plots
from service.plots.db.credit import MAX_HOLDERS, Credit, TooManyHolders, credit_on

__all__ = ["Ledger", "county_ledger", "ground_ledger", "ledger_row", "plot_ledger"]


@dataclass(frozen=True)
class Ledger:
    """Rows of the ledger; areas in m² on the ellipsoid.

    ``pending_cells`` cells are not counted yet after a bulk change, the oldest was touched at
    ``pending_since``: their ground stands as it was before. ``carriers`` are ids of holders that
    carry out the planned plot whose ground was asked for.
    """

    rows: Sequence[Credit]
    pending_cells: int = 0
    pending_since: datetime | None = None
    carriers: Collection[int] = ()


def county_ledger(
    connection: Connection, counties: Sequence[str], year: int | None = None, *, exact_cells: int
) -> Ledger:
    """All credited ground of counties, holders by id; those beyond the scope come last.

    Without ``year`` the areas add up to the green area of the counties. With it only ground whose
    holder is of that task year is listed.
    """
    pending_cells, pending_since, rows = credit_in_counties(
        connection, counties, exact_cells=exact_cells
    )
    return Ledger(_of_year(rows, year), pending_cells, pending_since)


def ground_ledger(connection: Connection, ground: BaseGeometry, year: int | None = None) -> Ledger:
    """Credited ground within polygons (degrees of CGCS2000), cut to them.

    Raises
    ------
    Problem
        422 ``too_many_plots``.
    """
    try:
        rows = credit_on(connection, ground)
    except TooManyHolders:
        raise Problem(
            422,
            "too_many_plots",
            Message(
                f"此范围内已计入的图斑超过 {MAX_HOLDERS} 个，请缩小范围，或按 district 查询",
                f"more than {MAX_HOLDERS} plots count there: ask for less ground, or by district",
            ),
        ) from None
    return Ledger(_of_year(rows, year))


def plot_ledger(
    connection: Connection, account: Account, plot_id: int, year: int | None = None
) -> Ledger | None:
    """Credited ground under the newest version of a plot that the account may see; None: no plot.

    Raises
    ------
    Problem
        422 ``too_many_plots``.
    """
    plot = plots.read_plot(connection, account, plot_id)
    if plot is None:
        return None
    ledger = ground_ledger(connection, shapely.from_geojson(plot["geometry"]), year)
    if plot["stage"] != "planned":
        return ledger
    holders = {row.plot_id for row in ledger.rows if row.plot_id is not None}
    return replace(ledger, carriers=carriers_of(connection, plot_id, holders))


def ledger_row(row: Credit, carriers: Collection[int] = ()) -> dict[str, Any]:
    """A row as the API answers it; ``at`` only where the holder itself is not told."""
    holder = {"plot_id": row.plot_id, "plot_no": row.plot_no, "district": row.district}
    at = None if row.plot_id is not None or row.lon is None else [row.lon, row.lat]
    return {
        "area_m2": row.area_m2,
        "holder": holder,
        "year": row.year,
        "programme": row.programme,
        "since": row.since,
        "also": list(row.also),
        "carries_out": row.plot_id in carriers,
        "at": at,
    }


def _of_year(rows: Sequence[Credit], year: int | None) -> list[Credit]:
    return [row for row in rows if year is None or row.year == year]
