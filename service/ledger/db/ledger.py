"""Credit of whole counties, out of the kept pieces of the coverage."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Connection, text

from service.plots.db.credit import Credit

__all__ = ["CountyCredit", "credit_in_counties", "ground_of_holders"]


class CountyCredit(NamedTuple):
    """Rows, and how many marked cells are not in them since when."""

    pending_cells: int
    pending_since: datetime | None
    rows: list[Credit]


# The first row counts the marked cells; each further row is one holder and set of plots.
_OF_COUNTIES = text("""
SELECT plot_id, plot_no, district, year, programme, since, also, area_m2, lon, lat
FROM ledger_of_counties(CAST(:codes AS text[]), :few)
""")


def credit_in_counties(
    connection: Connection, codes: Sequence[str], *, exact_cells: int
) -> CountyCredit:
    """Who holds credit in counties; those out of scope are left out.

    Up to ``exact_cells`` marked cells are computed in the read; when more are marked, they are
    counted as pending.
    """
    totals, *rows = connection.execute(_OF_COUNTIES, {"codes": list(codes), "few": exact_cells})
    return CountyCredit(int(totals.area_m2), totals.since, [Credit(*row) for row in rows])


_SHAPES = text("""
SELECT plot_id, also, ST_AsBinary(ground) FROM ledger_shapes(CAST(:codes AS text[]))
""")


def ground_of_holders(
    connection: Connection, codes: Sequence[str]
) -> dict[tuple[int, tuple[int, ...]], bytes]:
    """The ground of each row of `credit_in_counties` as WKB, by holder and further plots.

    Of holders beyond the scope there is none.
    """
    rows = connection.execute(_SHAPES, {"codes": list(codes)})
    return {(holder, tuple(also)): bytes(wkb) for holder, also, wkb in rows}
