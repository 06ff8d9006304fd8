"""Who holds credit on some ground, and what plots say of ground that others hold."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry
from sqlalchemy import Connection, select, text

from gis.crs import CGCS2000
from gis.errors import GeometryError
from gis.grid import GRID_DEG
from gis.shared_area import MANY_VERTICES
from gis.topology import clip
from service.database.ledger_tables import plot_claim
from service.database.sent_shapes import sent_shapes
from service.plots.db.neighbours import Neighbour, TooManyNeighbours, neighbours
from service.plots.db.plots import GREEN_STAGES

__all__ = [
    "MAX_HOLDERS",
    "Credit",
    "TooManyHolders",
    "claimed_plot_ids",
    "credit_on",
    "credits_on",
    "move_claims",
]

MAX_HOLDERS = 500
NOWHERE = shapely.MultiPolygon()


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


_OF_GROUNDS = text("""
SELECT sent.n, plot_id, plot_no, district, year, programme, since, also, area_m2, lon, lat
FROM unnest(string_to_array(:shapes, ',')) WITH ORDINALITY AS sent(wkb, n)
CROSS JOIN LATERAL
    ledger_of_ground(ST_GeomFromWKB(decode(sent.wkb, 'hex'), :srid), :max_plots)
ORDER BY sent.n
""")


def credit_on(
    connection: Connection,
    ground: BaseGeometry,
    *,
    max_plots: int = MAX_HOLDERS,
    around: Sequence[Neighbour] | None = None,
) -> list[Credit]:
    """Who holds credit on polygons (degrees of CGCS2000); ground that nobody holds is not listed.

    ``around`` are the versions of plots that the ground meets; None: they are looked up if need be.

    Raises
    ------
    TooManyHolders
        More than ``max_plots`` plots have credit there.
    GeometryError
        ``too_many_edges``: see `gis.shared_area.refuse_costly_cut`.
    """
    (answer,) = credits_on(connection, [(ground, around)], max_plots=max_plots)
    if isinstance(answer, Exception):
        raise answer
    return answer


def credits_on(
    connection: Connection,
    grounds: Sequence[tuple[BaseGeometry, Sequence[Neighbour] | None]],
    *,
    max_plots: int = MAX_HOLDERS,
) -> list[list[Credit] | TooManyHolders | GeometryError]:
    """What `credit_on` answers for each ground with the plots around it, or raises."""
    answers: list[list[Credit] | TooManyHolders | GeometryError] = [[] for _ in grounds]
    shapes: list[BaseGeometry] = []
    for n, (ground, around) in enumerate(grounds):
        try:
            shapes.append(_short(connection, ground, around, max_plots))
        except (TooManyHolders, GeometryError) as refused:
            answers[n] = refused
            shapes.append(NOWHERE)
    if not shapes:
        return answers
    values = {"shapes": sent_shapes(shapes), "srid": CGCS2000, "max_plots": max_plots}
    for n, *row in connection.execute(_OF_GROUNDS, values):
        answer, credit = answers[n - 1], Credit(*row)
        if credit.area_m2 is None:
            answers[n - 1] = TooManyHolders()
        elif isinstance(answer, list):
            answer.append(credit)
    return answers


def _short(
    connection: Connection,
    ground: BaseGeometry,
    around: Sequence[Neighbour] | None,
    max_plots: int,
) -> BaseGeometry:
    """PostGIS reads all vertices anew for each plot, so it gets what the plots share of many."""
    if shapely.get_num_coordinates(ground) <= MANY_VERTICES:
        return ground
    return _counted(ground, _around(connection, ground, max_plots, around))


def _around(
    connection: Connection,
    ground: BaseGeometry,
    max_plots: int,
    around: Sequence[Neighbour] | None,
) -> Sequence[Neighbour]:
    try:
        return neighbours(connection, ground, max_own=max_plots) if around is None else around
    except TooManyNeighbours:
        raise TooManyHolders from None


def _counted(ground: BaseGeometry, around: Sequence[Neighbour]) -> BaseGeometry:
    """The part of some ground that approved green plots cover."""
    green = [plot for plot in around if plot.slot == "approved" and plot.stage in GREEN_STAGES]
    shapes = np.array([plot.geometry for plot in green], dtype=object)
    return clip(ground, shapely.union_all(shapes, grid_size=GRID_DEG)) if green else NOWHERE


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


# What is being drawn decides.
_MOVE_CLAIMS = text("""
UPDATE plot_claim c SET district = v.district
FROM (SELECT DISTINCT ON (plot_id) plot_id, district FROM plot_version
      WHERE plot_id = ANY(CAST(:ids AS bigint[])) ORDER BY plot_id, slot DESC) v
WHERE c.plot_id = v.plot_id AND c.district <> v.district
""")


def move_claims(connection: Connection, plot_ids: Sequence[int]) -> None:
    """Have the claims of plots that went to another county stand there, for its people to see."""
    connection.execute(_MOVE_CLAIMS, {"ids": list(plot_ids)})
