"""Plots that a new district boundary leaves without a county."""

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import Connection, text

from service.plots.db.placed import PlacedPlot

__all__ = ["PlotsLeft", "plots_left"]


class PlotsLeft(NamedTuple):
    """Plots of one county of which more than half lies in no county any more."""

    county: str
    plots: int
    ids: list[int]
    """The first five."""
    at: tuple[float, float]
    """A point of the first, longitude and latitude in degrees."""


_AT = text("""
SELECT DISTINCT ON (v.plot_id) v.plot_id, ST_X(spot.at), ST_Y(spot.at)
FROM plot_version v CROSS JOIN LATERAL (SELECT ST_PointOnSurface(v.geom) AS at OFFSET 0) spot
WHERE v.plot_id = ANY(CAST(:ids AS bigint[])) ORDER BY v.plot_id, v.slot
""")
_FEW = 5


def plots_left(
    connection: Connection, counties: Sequence[str], placed: Sequence[PlacedPlot]
) -> list[PlotsLeft]:
    """Which of some plots of these counties lie in no county; a county without such is left out."""
    left: dict[str, set[int]] = {}
    for plot in placed:
        if plot.in_counties < 0.5 and plot.before in counties:
            left.setdefault(plot.before, set()).add(plot.plot_id)
    first = {code: sorted(ids)[:_FEW] for code, ids in left.items()}
    rows = connection.execute(_AT, {"ids": [ids[0] for ids in first.values()]})
    at = {plot_id: (lon, lat) for plot_id, lon, lat in rows}
    return [
        PlotsLeft(code, len(left[code]), first[code], at[first[code][0]]) for code in sorted(left)
    ]
