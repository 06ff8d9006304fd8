"""Figures out of the shapes of plots, for what no pieces are kept of: planned ground, areas, units,
and ground that was green before.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, NamedTuple

import geopandas
import numpy as np
import pandas as pd
from shapely import box
from sqlalchemy import Connection

from data.indicators import PlotMeasure
from gis.coverage import coverage as cover
from service.accounts.db.accounts import Account
from service.areas.db.areas import AreaFilter, area_frame
from service.coverage.db.areas import plots_in_areas
from service.coverage.db.refusal import allowed_on
from service.districts.db import districts as district_queries
from service.plots.db.plots import GREEN_STAGES, PlotFilter, list_records
from service.plots.frames import plots_frame
from service.progress.db.pieces import Window
from service.progress.db.plots import Ids, green_before, numbered, plots_of
from service.progress.groups import in_frame, in_window
from service.progress.shares import Shares, amounts_of
from service.settings import Settings
from service.web.timestamps import end_of

__all__ = ["Drawn", "Holder", "MapFigure", "TooManyPlotsError"]

_COLUMNS = (
    "stage",
    "kind",
    "green_class",
    "year",
    "programme",
    "category",
    "theme",
    "work_type",
    "unit",
    "planted_on",
    "area_m2",
    "density_per_ha",
    "version",
    "district",
)
_SHAPES = ["stage", "kind", "geometry"]


class Holder(NamedTuple):
    """Whose figure it is: counties (of a district), a reporting area, or a unit."""

    counties: tuple[str, ...] = ()
    area: str | None = None
    unit: str | None = None


class MapFigure(NamedTuple):
    """Figures in base units of the indicator's dimension.

    ``mapped`` is None where the indicator is not counted on the map; ``reason`` says why.
    ``verified`` is None for measures that do not count accepted plots.
    """

    mapped: float | None
    verified: float | None = None
    undated_m2: float = 0.0
    refused_m2: float = 0.0
    reason: str | None = None


class TooManyPlotsError(Exception):
    """More plots than one answer may read."""


class _United(NamedTuple):
    """m² of the union that counts in a place, and of what layers refuse of it."""

    green_m2: float = 0.0
    refused_m2: float = 0.0


_Places = Mapping[str, _United]


@dataclass(frozen=True, eq=False)
class Drawn:
    """Figures of plots that are read as shapes, now or at a moment; each county is drawn once."""

    connection: Connection
    account: Account
    settings: Settings
    window: Window
    moment: datetime | None = None
    _known: dict[Any, Any] = field(default_factory=dict)

    def figure(self, measure: PlotMeasure, holder: Holder) -> MapFigure:
        """The figure of a holder; that of a district is the sum of its counties.

        Raises
        ------
        TooManyPlotsError
            More plots than `Settings.export_limit` would be read.
        """
        if holder.area is not None or holder.unit is not None:
            group = self._group(measure, holder)
            return self._added(measure, self._figures(measure, group, self._within(holder, group)))
        by_county = self._by_county(measure)
        return self._added(
            measure, {code: by_county[code] for code in holder.counties if code in by_county}
        )

    def shares(self, measure: PlotMeasure, holder: Holder) -> Shares:
        """What each plot brings into a figure. Raises `TooManyPlotsError`."""
        group = self._group(measure, holder)
        if not len(group):
            return Shares.none()
        counted = group[in_window(group, self.window)[0]]
        amounts = amounts_of(measure, counted["area_m2"], counted["density_per_ha"].fillna(0))
        return Shares.of(counted["id"], counted["version"], amounts, np.zeros(len(counted)))

    def _added(self, measure: PlotMeasure, figures: Mapping[str, MapFigure]) -> MapFigure:
        those = list(figures.values())
        accepted = "accepted" in measure.stages
        return MapFigure(
            sum((one.mapped or 0.0 for one in those), 0.0),
            sum((one.verified or 0.0 for one in those), 0.0) if accepted else None,
            sum(one.undated_m2 for one in those),
            sum(one.refused_m2 for one in those),
        )

    def _by_county(self, measure: PlotMeasure) -> dict[str, MapFigure]:
        """Each county that has a plot of the group; the others have nothing."""
        key = ("counties", measure)
        if key not in self._known:
            frame = self._frame(measure, Holder())
            group = frame[in_frame(frame, measure)] if len(frame) else frame
            counties = sorted(set(group["district"])) if len(group) else []
            shapes = self._counties(counties)
            found = self._figures(measure, group, shapes)
            self._known[key] = found
        figures: dict[str, MapFigure] = self._known[key]
        return figures

    def _figures(self, measure: PlotMeasure, group: Any, ground: Any) -> dict[str, MapFigure]:
        """The figures of each place of some ground."""
        if not len(group) or not len(ground):
            return {}
        inside, undated = in_window(group, self.window)
        counted = group[inside]
        accepted = counted[(counted["stage"] == "accepted").to_numpy(dtype=bool)]
        before = None
        if measure.net and len(counted):
            _, before = self._with_before(numbered(counted["id"].tolist()))
        united = self._united(counted, ground)
        mapped = self._quantities(measure, counted, ground, united, before)
        verified = (
            self._quantities(measure, accepted, ground, self._united(accepted, ground), before)
            if "accepted" in measure.stages
            else None
        )
        waiting = self._united(group[undated], ground)
        nothing = _United()
        return {
            code: MapFigure(
                mapped.get(code, 0.0),
                None if verified is None else verified.get(code, 0.0),
                waiting.get(code, nothing).green_m2,
                united.get(code, nothing).refused_m2,
            )
            for code in {*ground["code"], *mapped}
        }

    def _quantities(
        self, measure: PlotMeasure, frame: Any, ground: Any, united: _Places, before: Any
    ) -> dict[str, float]:
        """Area, number or stems in each place; plots are counted in their own county."""
        if measure.what == "area":
            area = {code: one.green_m2 for code, one in united.items()}
            if before is None or not len(before) or not len(frame):
                return area
            both = self._united(pd.concat([frame[_SHAPES], before]), ground)
            old = self._united(before, ground)
            return {code: one.green_m2 - old[code].green_m2 for code, one in both.items()}
        each = amounts_of(measure, frame["area_m2"], frame["density_per_ha"].fillna(0))
        if not ground["code"].isin(frame["district"]).any():
            # An area or a unit: one place for plots of any county.
            return {str(ground["code"].iloc[0]): float(np.sum(each))}
        added = pd.Series(each).groupby(frame["district"].to_numpy()).sum()
        return {str(code): float(value) for code, value in added.items()}

    def was_green(self, measure: PlotMeasure) -> dict[str, tuple[float, float]]:
        """m² in each county that a measure counts, and of accepted plots, and that was green on
        the day before the plan began; counties without such ground are missing.

        Raises
        ------
        TooManyPlotsError
            More plots than `Settings.export_limit` would be read.
        """
        key = ("before", measure)
        if key not in self._known:
            self._known[key] = self._green_twice(measure)
        found: dict[str, tuple[float, float]] = self._known[key]
        return found

    def _green_twice(self, measure: PlotMeasure) -> dict[str, tuple[float, float]]:
        candidates = plots_of(measure, self.window, self.moment, None)
        group, before = self._with_before(candidates)
        if not len(before) or not len(group):
            return {}
        counted = group[in_window(group, self.window)[0]]
        accepted = counted[(counted["stage"] == "accepted").to_numpy(dtype=bool)]
        ground = self._counties(sorted({*group["district"], *before["district"]}))
        old = self._united(before[_SHAPES], ground)

        def twice(frame: Any) -> dict[str, float]:
            if not len(frame):
                return {}
            new = self._united(frame, ground)
            both = self._united(pd.concat([frame[_SHAPES], before[_SHAPES]]), ground)
            return {
                code: new[code].green_m2 + old[code].green_m2 - one.green_m2
                for code, one in both.items()
            }

        all_m2, accepted_m2 = twice(counted), twice(accepted)
        return {code: (m2, accepted_m2.get(code, 0.0)) for code, m2 in all_m2.items()}

    def _with_before(self, candidates: Ids) -> tuple[Any, Any]:
        """Those of some plots that meet ground which was green on the day before the plan began,
        and the plots of that ground.
        """
        eve = end_of(date.fromordinal(self.window.first.toordinal() - 1))
        counted, before = green_before(self.connection, candidates, self.moment, eve)
        frames = []
        for ids, stages, moment in ((counted, None, self.moment), (before, GREEN_STAGES, eve)):
            filters = PlotFilter(
                version="approved", stages=stages, as_of=moment, among=numbered(ids)
            )
            frames.append(self._read(filters, _COLUMNS))
        return frames[0], frames[1]

    def _group(self, measure: PlotMeasure, holder: Holder) -> Any:
        """Plots that a measure counts for a holder, with shapes, in and outside the window."""
        frame = self._frame(measure, holder)
        group = frame[in_frame(frame, measure)] if len(frame) else frame
        if holder.area is None and holder.unit is None and len(group):
            group = group[group["district"].isin(holder.counties)]
        return group

    def _frame(self, measure: PlotMeasure, holder: Holder) -> Any:
        """Plots that may count, as shapes."""
        same = measure.model_copy(update={"what": "area", "net": False})
        key = ("frame", same, holder.area, holder.unit)
        if key not in self._known:
            there = None if holder.area is None else plots_in_areas([holder.area], self.moment)
            filters = PlotFilter(
                version="approved",
                stages=measure.stages,
                units=None if holder.unit is None else (holder.unit,),
                as_of=self.moment,
                among=plots_of(measure, self.window, self.moment, there),
            )
            self._known[key] = self._read(filters, _COLUMNS)
        return self._known[key]

    def _read(self, filters: PlotFilter, columns: tuple[str, ...]) -> Any:
        limit = self.settings.export_limit + 1
        rows = list_records(self.connection, self.account, filters, limit=limit, columns=columns)
        if len(rows) == limit:
            raise TooManyPlotsError
        return plots_frame(rows)

    def _within(self, holder: Holder, frame: Any) -> Any:
        """The ground in which plots of an area or a unit count."""
        if holder.area is not None:
            return area_frame(self.connection, AreaFilter([holder.area]))[["code", "geometry"]]
        if not len(frame):
            return frame
        west, south, east, north = frame.total_bounds
        around = box(west - 0.01, south - 0.01, east + 0.01, north + 0.01)
        return geopandas.GeoDataFrame({"code": ["all"]}, geometry=[around], crs=frame.crs)

    def _counties(self, codes: list[str]) -> Any:
        shapes = district_queries.frame(self.connection, codes)
        return shapes.dropna(subset="geometry")[["code", "geometry"]]

    def _united(self, frame: Any, ground: Any) -> _Places:
        """The unions of each place."""
        if not len(frame) or not len(ground):
            return {}
        whole = frame[["geometry"]]
        shapes = frame.geometry.to_numpy()
        stages, kinds = frame["stage"].tolist(), frame["kind"].tolist()
        allowed = allowed_on(self.connection, shapes, stages, kinds, self.moment)
        all_m2 = _green(ground, whole)
        if all(some is shape for some, shape in zip(allowed, shapes, strict=True)):
            return {code: _United(m2) for code, m2 in all_m2.items()}
        rest = whole.set_geometry(geopandas.GeoSeries(allowed, index=frame.index, crs=frame.crs))
        green = {code: min(all_m2[code], m2) for code, m2 in _green(ground, rest).items()}
        return {code: _United(m2, all_m2[code] - m2) for code, m2 in green.items()}


def _green(ground: Any, plots: Any) -> dict[str, float]:
    table = cover(ground, plots, checked=True)
    return dict(zip(table["code"].astype(str), table["green_m2"].tolist(), strict=True))
