"""The ground of groups of plots, counted once in each county, out of pieces of cells.

Counted as the coverage is: the union of a group in a cell is the sum of its plots' parts there,
less what pairs of them share. Where three plots or more meet, PostGIS unites the cluster.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from service.progress.db.pieces import NO_DAY, Pieces

__all__ = ["CountyFigures", "Ground", "Unions"]

Mask = NDArray[np.bool_]
Floats = NDArray[np.float64]
Unions = Callable[[Sequence[tuple[int, tuple[int, ...]]]], list[tuple[float, float]]]
"""For each cell and some plots of a cluster there: m² of their union, and its refused share."""


@dataclass(frozen=True)
class CountyFigures:
    """Figures of a group: arrays with one value for each of ``Ground.counties``, in square metres.

    ``sum_m2`` (the plots added up) = ``mapped_m2`` (each ground once) + ``shared_m2`` (ground of
    several plots, each time after the first) + ``refused_m2`` (ground that layers refuse).
    """

    mapped_m2: Floats
    refused_m2: Floats
    shared_m2: Floats
    sum_m2: Floats
    plots: Floats
    stems: Floats


@dataclass(frozen=True)
class Ground:
    """Pieces of plots, ready to be added up for any group."""

    source: Pieces
    unions: Unions
    _known: dict[tuple[int, tuple[int, ...]], tuple[float, float]] = field(default_factory=dict)

    @property
    def counties(self) -> list[str]:
        """Codes of the counties that have a plot."""
        return self.source.counties

    @cached_property
    def columns(self) -> dict[str, NDArray[Any]]:
        """The columns of the pieces in the byte order of this machine."""
        pieces = self.source.pieces
        return {
            name: pieces[name].astype(pieces.dtype[name].newbyteorder("="))
            for name in pieces.dtype.names or ()
        }

    @cached_property
    def _profile_of(self) -> NDArray[np.intp]:
        """For each piece its row in ``source.profiles``."""
        keys = self.source.profiles["profile"].astype("int64").to_numpy()
        order = np.argsort(keys)
        return order[np.searchsorted(keys, self.columns["profile"], sorter=order)]

    def of_profile(self, name: str) -> NDArray[Any]:
        """A property of the plots, one value for each piece; None where the plot has none."""
        return self.source.profiles[name].to_numpy(dtype=object)[self._profile_of]

    def matching(self, name: str, values: Sequence[Any]) -> Mask:
        """A mask of the pieces of plots whose property is one of the values."""
        right = self.source.profiles[name].isin(list(values)).to_numpy(dtype=bool)
        return right[self._profile_of]

    @property
    def days(self) -> NDArray[np.int32]:
        """For each piece the day on which its plot counts, in days since 1970, or ``NO_DAY``."""
        return self.columns["day"]

    @property
    def undated(self) -> Mask:
        """A mask of the pieces of plots without a day on which they count."""
        undated: Mask = self.days == NO_DAY
        return undated

    @cached_property
    def _pairs(self) -> tuple[NDArray[np.intp], NDArray[np.intp], Floats, Floats]:
        """For each pair of pieces their places in the columns, and the m² shared and refused.

        Pairs with a piece that was not read are left out.
        """
        pieces, pairs = self.source.pieces, self.source.pairs
        plots, plot = np.unique(pieces["plot"], return_inverse=True)
        cells, cell = np.unique(pieces["cell"], return_inverse=True)
        keys = cell * len(plots) + plot
        order = np.argsort(keys)
        ordered = keys[order]

        def places(which: str) -> tuple[NDArray[np.intp], Mask]:
            at = np.minimum(np.searchsorted(plots, pairs[which]), max(len(plots) - 1, 0))
            key = np.searchsorted(cells, pairs["cell"]) * len(plots) + at
            place = np.minimum(np.searchsorted(ordered, key), max(len(ordered) - 1, 0))
            return order[place], (plots[at] == pairs[which]) & (ordered[place] == key)

        if not len(pairs):
            none = np.zeros(0, dtype=np.intp)
            return none, none, np.zeros(0), np.zeros(0)
        left, _ = places("plot")
        right, there = places("other")
        return (
            left[there],
            right[there],
            pairs["m2"][there].astype(np.float64),
            pairs["refused_m2"][there].astype(np.float64),
        )

    @cached_property
    def _clusters(self) -> NDArray[np.int64]:
        """For each piece the number of its cluster; -1 outside of clusters."""
        cluster = self.columns["cluster"]
        number = np.full(len(cluster), -1, dtype=np.int64)
        inside = cluster >= 0
        keys = np.stack([self.columns["cell"][inside], cluster[inside].astype(np.int64)], axis=1)
        if len(keys):
            number[inside] = np.unique(keys, axis=0, return_inverse=True)[1].ravel()
        return number

    def figures(self, group: Mask) -> CountyFigures:
        """Figures of the pieces of a group in each county."""
        columns, size = self.columns, len(self.counties)
        county = columns["county"]

        def by_county(values: Floats, of: Mask) -> Floats:
            added = np.bincount(county[of], weights=values[of], minlength=size)[:size]
            return added.astype(np.float64)

        area, refused = columns["area_m2"], columns["refused_m2"]
        total = by_county(area, group)
        single = group & (self._clusters < 0)
        ground, barred = by_county(area, single), by_county(refused, single)
        left, right, shared, shared_refused = self._pairs
        both = group[left] & group[right]
        here = county[left[both]]
        ground -= np.bincount(here, weights=shared[both], minlength=size)[:size]
        barred -= np.bincount(here, weights=shared_refused[both], minlength=size)[:size]
        for place, ground_m2, refused_m2 in self._of_clusters(group & (self._clusters >= 0)):
            ground[place] += ground_m2
            barred[place] += refused_m2
        # What the rounding of cuts leaves is no ground.
        barred = np.clip(barred, 0, np.maximum(ground, 0))
        counted = group & (columns["counted"] == 1)
        stems = columns["shape_m2"] * columns["density_per_ha"] / 10_000
        return CountyFigures(
            mapped_m2=ground - barred,
            refused_m2=barred,
            shared_m2=total - ground,
            sum_m2=total,
            plots=by_county(np.ones(len(area)), counted),
            stems=by_county(stems, counted),
        )

    def _of_clusters(self, inside: Mask) -> list[tuple[int, float, float]]:
        """County, ground and refused ground of each cluster, as far as it is in the group."""
        places = np.flatnonzero(inside)
        if not len(places):
            return []
        numbers = self._clusters[places]
        order = np.argsort(numbers, kind="stable")
        places = places[order]
        ends = np.flatnonzero(np.diff(numbers[order])) + 1
        members = np.split(places, ends)
        columns = self.columns
        whole: list[tuple[int, float, float]] = []
        parts: list[tuple[NDArray[np.intp], tuple[int, tuple[int, ...]]]] = []
        for those in members:
            first = those[0]
            place = int(columns["county"][first])
            if len(those) == 1:
                whole.append((place, columns["area_m2"][first], columns["refused_m2"][first]))
            elif len(those) == columns["cluster_plots"][first]:
                union = columns["cluster_m2"][first], columns["cluster_refused_m2"][first]
                whole.append((place, *union))
            else:
                plots = tuple(sorted(columns["plot"][those].tolist()))
                parts.append((those, (int(columns["cell"][first]), plots)))
        missing = [key for _, key in parts if key not in self._known]
        if missing:
            self._known.update(zip(missing, self.unions(missing), strict=True))
        for those, key in parts:
            area = columns["area_m2"][those]
            parts_m2 = float((area / columns["factor"][those]).sum())
            union_m2, share = self._known[key]
            ground = float(area.sum()) * min(1.0, union_m2 / parts_m2 if parts_m2 > 0 else 0.0)
            refused = ground * share if columns["refused_m2"][those].any() else 0.0
            whole.append((int(columns["county"][those[0]]), ground, refused))
        return whole
