"""Who holds credit on some ground, and what plots say of ground that others hold."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

import shapely
from sqlalchemy import Connection, select, text

from gis.crs import CGCS2000
from service.database.ledger_tables import plot_claim

__all__ = ["MAX_HOLDERS", "Credit", "TooManyHolders", "claimed_plot_ids", "credit_on"]

MAX_HOLDERS = 500


class Credit(NamedTuple):
    """Ground that counts for one plot, the holder, and that further plots cover too.

    Of a holder beyond the scope only county, area and place are known; the rest is None.
    """

    plot_id: int | None
    plot_no: str | None
    district: str
    """County of the holder."""
    year: int | None
    programme: str | None
    since: datetime | None
    """Moment of the approval from which it has counted without a break."""
    also: Sequence[int]
    """Ids of further plots on this ground, who has had it longest first."""
    area_m2: float
    lon: float | None
    lat: float | None


class TooManyHolders(ValueError):  # noqa: N818 - a refusal, no failure of ours
    """More plots have credit on the ground than are looked at at once."""


_OF_GROUND = text("""
SELECT plot_id, plot_no, district, year, programme, since, also, area_m2, lon, lat
FROM ledger_of_ground(ST_GeomFromWKB(:wkb, :srid), :max_plots)
""")


def credit_on(
    connection: Connection, ground: shapely.Geometry, *, max_plots: int = MAX_HOLDERS
) -> list[Credit]:
    """Who holds credit on polygons (degrees of CGCS2000); ground that nobody holds is not listed.

    Raises
    ------
    TooManyHolders
        More than ``max_plots`` plots have credit there.
    """
    values = {"wkb": shapely.to_wkb(ground), "srid": CGCS2000, "max_plots": max_plots}
    rows = [Credit(*row) for row in connection.execute(_OF_GROUND, values)]
    if any(row.area_m2 is None for row in rows):
        raise TooManyHolders
    return rows


def claimed_plot_ids(connection: Connection, plot_id: int) -> set[int]:
    """Holders on whose ground a plot replants or renews; claims in dispute are not among them."""
    c = plot_claim.c
    return set(
        connection.scalars(
            select(c.holder_id).where(
                c.plot_id == plot_id, c.ended_at.is_(None), c.claimed_as.in_(("replant", "renewal"))
            )
        )
    )
