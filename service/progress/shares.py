"""What each plot brings into a figure, county by county: kept once for all holders of a measure."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from data.indicators import PlotMeasure
from service.progress.ground import Ground

__all__ = ["CountyShares", "Shares", "amounts_of"]


@dataclass(frozen=True)
class Shares:
    """Plots of a group, sorted, with what each brings into a figure.

    ``refused`` is what layers refuse of it. ``known`` holds all plots of the group, sorted, with
    their versions: those too whose ground lies in other counties.
    """

    plots: Any
    amounts: Any
    refused: Any
    known: tuple[Any, Any]

    @classmethod
    def none(cls) -> "Shares":
        """No plots."""
        empty, ids = np.zeros(0), np.zeros(0, dtype=np.int64)
        return cls(ids, empty, empty, (ids, ids))

    @classmethod
    def of(cls, plots: Any, versions: Any, amounts: Any, refused: Any) -> "Shares":
        """Of plots that stand once each, in any order.

        Examples
        --------
        >>> Shares.of([7, 3], [1, 2], [50.0, 20.0], [0.0, 0.0]).plots.tolist()
        [3, 7]
        """
        ids = np.asarray(plots, dtype=np.int64)
        order = np.argsort(ids)
        ids, numbers = ids[order], np.asarray(versions, dtype=np.int64)[order]
        amount, barred = (np.asarray(each, dtype=float)[order] for each in (amounts, refused))
        return cls(ids, amount, barred, (ids, numbers))

    def aligned(self, plots: Any) -> tuple[Any, Any, Any]:
        """Versions (-1 without), amounts and refused shares of some sorted plots.

        All plots of these shares are among them.
        """
        versions = np.full(len(plots), -1, dtype=np.int64)
        amounts, refused = np.zeros(len(plots)), np.zeros(len(plots))
        ids, numbers = self.known
        if len(ids):
            places = np.minimum(np.searchsorted(ids, plots), len(ids) - 1)
            there = ids[places] == plots
            versions[there] = numbers[places[there]]
        places = np.searchsorted(plots, self.plots)
        amounts[places], refused[places] = self.amounts, self.refused
        return versions, amounts, refused


@dataclass(frozen=True)
class CountyShares:
    """What each plot has in each county, ordered by county, then by plot."""

    places: dict[str, tuple[int, int]]
    """Rows of each county."""
    plots: Any
    amounts: Any
    refused: Any
    known: tuple[Any, Any]

    @classmethod
    def of(cls, ground: Ground, there: Any, measure: PlotMeasure) -> "CountyShares":
        """Of the pieces of a group; ``there`` says which they are."""
        columns = ground.columns
        county, plot = columns["county"][there], columns["plot"][there]
        order = np.lexsort((plot, county))
        county, plot = county[order], plot[order]
        begins = np.ones(len(plot), dtype=np.bool_)
        begins[1:] = (np.diff(county) != 0) | (np.diff(plot) != 0)
        rows = np.cumsum(begins) - 1

        def added(values: Any) -> Any:
            return np.bincount(rows, weights=values[there][order], minlength=int(begins.sum()))

        counted = columns["counted"] == 1
        if measure.what == "area":
            amounts, refused = added(columns["area_m2"]), added(columns["refused_m2"])
        else:
            each = amounts_of(measure, columns["shape_m2"], columns["density_per_ha"])
            amounts = added(counted * each)
            refused = np.zeros(len(amounts))
        of_county = county[begins]
        edges = np.searchsorted(of_county, np.arange(len(ground.counties) + 1))
        ids, first = np.unique(plot, return_index=True)
        versions = columns["version"][there][order][first].astype(np.int64)
        return cls(
            {code: (int(edges[at]), int(edges[at + 1])) for at, code in enumerate(ground.counties)},
            plot[begins],
            amounts,
            refused,
            (ids, versions),
        )

    def within(self, counties: Sequence[str]) -> Shares:
        """The shares of some counties together."""
        spans = [self.places[code] for code in counties if code in self.places]
        if not spans:
            empty = np.zeros(0)
            return Shares(np.zeros(0, dtype=np.int64), empty, empty, self.known)
        plots, amounts, refused = (
            np.concatenate([values[first:after] for first, after in spans])
            for values in (self.plots, self.amounts, self.refused)
        )
        if len(spans) > 1:
            plots, place = np.unique(plots, return_inverse=True)
            amounts = np.bincount(place, weights=amounts, minlength=len(plots))
            refused = np.bincount(place, weights=refused, minlength=len(plots))
        return Shares(plots, amounts, refused, self.known)


def amounts_of(measure: PlotMeasure, area_m2: Any, density_per_ha: Any) -> Any:
    """What each plot contributes: its area in m², 1, or its stems."""
    area = np.asarray(area_m2, dtype=np.float64)
    if measure.what == "area":
        return area
    if measure.what == "count":
        return np.ones(len(area))
    return area * np.asarray(density_per_ha, dtype=np.float64) / 10_000
