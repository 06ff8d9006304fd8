"""What of an indicator is on the map: mapped, accepted, undated and refused, for any holder."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Any, NamedTuple

import geopandas
import numpy as np
import pandas as pd
import shapely
from shapely import box
from sqlalchemy import Connection

from data.indicators import PatrolMeasure, PlotMeasure, RegisterMeasure
from gis.coverage import coverage as cover
from service.accounts.db.accounts import Account
from service.areas.db.areas import AreaFilter, area_frame
from service.coverage.db.areas import plots_in_areas
from service.coverage.db.refusal import allowed_on
from service.districts.db import districts as district_queries
from service.plots.db.plots import PlotFilter, list_records
from service.plots.frames import plots_frame
from service.progress.db.patrols import patrols_of_counties
from service.progress.db.pieces import Window, cluster_unions, read_pieces
from service.progress.db.records import RecordGround, records_quantity
from service.progress.ground import CountyFigures, Ground
from service.progress.groups import dated, group_of, in_frame, in_window
from service.settings import Settings
from service.web.timestamps import day_of, end_of, now

__all__ = ["Holder", "MapFigure", "Measured", "Shares"]

TOO_MANY = "too_many_plots"
NOT_MAPPED = "not_on_the_map"
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


class Holder(NamedTuple):
    """Who a figure is of: counties (a district), a reporting area, or a unit."""

    counties: tuple[str, ...] = ()
    area: str | None = None
    unit: str | None = None


class MapFigure(NamedTuple):
    """Figures in base units of the indicator's dimension; None with the reason of it."""

    mapped: float | None
    verified: float | None = None
    undated_m2: float = 0.0
    refused_m2: float = 0.0
    reason: str | None = None


class _TooManyPlotsError(Exception):
    """More plots than one answer may read."""


NOTHING = MapFigure(None, reason=NOT_MAPPED)


@dataclass(frozen=True)
class Shares:
    """Plots of a group, sorted, with their versions and what each brings into a figure.

    ``refused`` is what layers refuse of it. A plot of the group without ground in the counties that
    were asked for brings 0.
    """

    plots: Any
    versions: Any
    amounts: Any
    refused: Any

    @classmethod
    def none(cls) -> "Shares":
        """No plots."""
        empty = np.zeros(0)
        return cls(empty.astype(np.int64), empty.astype(np.int64), empty, empty)


@dataclass(frozen=True)
class _ByCounty:
    """The figures of one measure in each county."""

    counties: dict[str, int]
    counted: CountyFigures
    verified: CountyFigures | None
    undated: CountyFigures


@dataclass(frozen=True, eq=False)
class Measured:
    """Everything that indicators of one plan count on the map, now or at a moment.

    The pieces of all counties are read once, at the first question.
    """

    connection: Connection
    account: Account
    settings: Settings
    window: Window
    plan: str
    moment: datetime | None = None
    counties: tuple[str, ...] | None = None
    """The counties that are asked for; None: all that the account sees."""

    @cached_property
    def ground(self) -> Ground:
        """Pieces of the plots that may count, in all counties that the account sees."""
        pieces = read_pieces(
            self.connection,
            self.counties,
            self.window,
            self.moment,
            exact_cells=self.settings.coverage_exact_cells,
        )
        return Ground(pieces, lambda asked: cluster_unions(self.connection, asked, self.moment))

    @cached_property
    def _known(self) -> dict[Any, Any]:
        return {}

    @property
    def _day(self) -> date:
        return day_of(self.moment or now())

    def figure(self, measure: Any, holder: Holder) -> MapFigure:
        """The figure of a holder; None with a reason for what is not counted on the map."""
        key = (measure, holder)
        if key not in self._known:
            self._known[key] = self._figure(measure, holder)
        known: MapFigure = self._known[key]
        return known

    def _figure(self, measure: Any, holder: Holder) -> MapFigure:
        if isinstance(measure, PatrolMeasure):
            return self._patrols(holder)
        if isinstance(measure, RegisterMeasure):
            records = self.records_of(holder)
            return MapFigure(records_quantity(self.connection, measure, records))
        if not isinstance(measure, PlotMeasure):
            return NOTHING
        if not _is_drawn(measure, holder):
            return self._added_up(measure, holder)
        try:
            return self._drawn(measure, holder)
        except _TooManyPlotsError:
            return MapFigure(None, reason=TOO_MANY)

    def _added_up(self, measure: PlotMeasure, holder: Holder) -> MapFigure:
        figures = self._by_county(measure)
        places = [
            figures.counties[county] for county in holder.counties if county in figures.counties
        ]

        def total(of: CountyFigures, name: str) -> float:
            return float(getattr(of, name)[places].sum())

        name = {"area": "mapped_m2", "count": "plots", "stems": "stems"}[measure.what]
        return MapFigure(
            total(figures.counted, name),
            None if figures.verified is None else total(figures.verified, name),
            total(figures.undated, "mapped_m2"),
            total(figures.counted, "refused_m2"),
        )

    def _by_county(self, measure: PlotMeasure) -> _ByCounty:
        if measure not in self._known:
            ground = self.ground
            group = group_of(ground, measure)
            there = group & dated(ground, self.window)
            accepted = there & ground.matching("stage", ["accepted"])
            self._known[measure] = _ByCounty(
                {county: place for place, county in enumerate(ground.counties)},
                ground.figures(there),
                ground.figures(accepted) if "accepted" in measure.stages else None,
                ground.figures(
                    group & ground.undated
                    if self.window.counts_by != "task_year"
                    else np.zeros(len(group), dtype=np.bool_)
                ),
            )
        figures: _ByCounty = self._known[measure]
        return figures

    def _drawn(self, measure: PlotMeasure, holder: Holder) -> MapFigure:
        """Figures from the shapes of plots, for what no pieces are kept of."""
        group = self._group(measure, holder)
        if not len(group):
            return MapFigure(0.0, 0.0 if "accepted" in measure.stages else None)
        inside, undated = in_window(group, self.window)
        counted = group[inside]
        accepted = counted[(counted["stage"] == "accepted").to_numpy(dtype=bool)]
        ground = self._within(holder, group)
        _, refused = self._united(counted, ground)
        verified = None
        if "accepted" in measure.stages:
            verified = self._quantity(measure, accepted, ground)
        return MapFigure(
            self._quantity(measure, counted, ground),
            verified,
            self._united(group[undated], ground)[0],
            refused,
        )

    def _quantity(self, measure: PlotMeasure, frame: Any, ground: Any) -> float:
        if measure.what == "count":
            return float(len(frame))
        if measure.what == "stems":
            density = frame["density_per_ha"].fillna(0).astype("float64")
            return float((density * frame["area_m2"]).sum() / 10_000)
        green_m2, _ = self._united(frame, ground)
        if not measure.net or not len(frame):
            return green_m2
        before = self._before(frame)
        with_before = pd.concat([frame[["stage", "kind", "geometry"]], before])
        return self._united(with_before, ground)[0] - self._united(before, ground)[0]

    def _before(self, frame: Any) -> Any:
        """Plots that were green on the day before the plan and lie where those of a frame do."""
        eve = end_of(date.fromordinal(self.window.first.toordinal() - 1))
        west, south, east, north = frame.total_bounds
        filters = PlotFilter(
            version="approved",
            stages=("planted", "accepted", "existing"),
            as_of=eve,
            bbox=(float(west), float(south), float(east), float(north)),
        )
        rows = list_records(
            self.connection,
            self.account,
            filters,
            limit=self.settings.export_limit + 1,
            columns=("stage", "kind"),
        )
        if len(rows) > self.settings.export_limit:
            raise _TooManyPlotsError
        before = plots_frame(rows)
        tree = shapely.STRtree(frame.geometry.to_numpy())
        meets = np.unique(tree.query(before.geometry.to_numpy(), predicate="intersects")[0])
        return before.iloc[meets][["stage", "kind", "geometry"]]

    def _group(self, measure: PlotMeasure, holder: Holder) -> Any:
        """Plots that a measure counts for a holder, as shapes, whatever their day."""
        frame = self._frame(measure, holder)
        group = frame[in_frame(frame, measure)] if len(frame) else frame
        if holder.area is None and holder.unit is None and len(group):
            group = group[group["district"].isin(holder.counties)]
        return group

    def _frame(self, measure: PlotMeasure, holder: Holder) -> Any:
        """Plots that may count, as shapes."""
        of_area = holder.area
        key = ("frame", measure.stages, of_area, holder.unit)
        if key not in self._known:
            limit = self.settings.export_limit
            filters = PlotFilter(
                version="approved",
                stages=measure.stages,
                units=None if holder.unit is None else (holder.unit,),
                as_of=self.moment,
                among=None if of_area is None else plots_in_areas([of_area], self.moment),
            )
            rows = list_records(
                self.connection,
                self.account,
                filters,
                limit=limit + 1,
                columns=_COLUMNS,
            )
            if len(rows) > limit:
                raise _TooManyPlotsError
            self._known[key] = plots_frame(rows)
        return self._known[key]

    def _within(self, holder: Holder, frame: Any) -> Any:
        """The ground in which plots count: the area, the counties, or wherever a unit works."""
        if holder.area is not None:
            return area_frame(self.connection, AreaFilter([holder.area]))[["code", "geometry"]]
        if holder.unit is not None:
            west, south, east, north = frame.total_bounds
            around = box(west - 0.01, south - 0.01, east + 0.01, north + 0.01)
            return geopandas.GeoDataFrame({"code": ["all"]}, geometry=[around], crs=frame.crs)
        counties = sorted(set(frame["district"]))
        shapes = district_queries.frame(self.connection, counties)
        return shapes.dropna(subset="geometry")[["code", "geometry"]]

    def _united(self, frame: Any, ground: Any) -> tuple[float, float]:
        """m² of the union that counts, and of what layers refuse of it."""
        if not len(frame) or not len(ground):
            return 0.0, 0.0
        whole = frame[["geometry"]]
        shapes = frame.geometry.to_numpy()
        stages, kinds = frame["stage"].tolist(), frame["kind"].tolist()
        allowed = allowed_on(self.connection, shapes, stages, kinds, self.moment)
        all_m2 = float(cover(ground, whole, checked=True)["green_m2"].sum())
        if all(some is shape for some, shape in zip(allowed, shapes, strict=True)):
            return all_m2, 0.0
        rest = whole.set_geometry(geopandas.GeoSeries(allowed, index=frame.index, crs=frame.crs))
        green_m2 = min(all_m2, float(cover(ground, rest, checked=True)["green_m2"].sum()))
        return green_m2, all_m2 - green_m2

    def records_of(self, holder: Holder) -> RecordGround:
        """The records that count for a holder."""
        return RecordGround(
            self.account.counties,
            self.account.units,
            self.plan,
            self.window.first,
            self.window.after,
            self.moment,
            holder.counties if holder.area is None and holder.unit is None else None,
            holder.area,
            holder.unit,
        )

    def _patrols(self, holder: Holder) -> MapFigure:
        if holder.area is not None or holder.unit is not None:
            return NOTHING
        counts = self._patrol_counts
        return MapFigure(float(sum(counts.get(county, 0) for county in holder.counties)))

    @cached_property
    def _patrol_counts(self) -> dict[str, int]:
        day = min(self.window.after, date.fromordinal(self._day.toordinal() + 1))
        return patrols_of_counties(self.connection, self.account, self.window.first, day)

    def shares_of(self, measure: Any, holder: Holder) -> "Shares":
        """What each plot brings into a figure."""
        if not isinstance(measure, PlotMeasure):
            return Shares.none()
        if _is_drawn(measure, holder):
            group = self._group(measure, holder)
            if not len(group):
                return Shares.none()
            counted = group[in_window(group, self.window)[0]]
            amounts = _amounts(measure, counted["area_m2"], counted["density_per_ha"].fillna(0))
            return Shares(
                counted["id"].to_numpy(dtype=np.int64),
                counted["version"].to_numpy(dtype=np.int64),
                amounts,
                np.zeros(len(counted)),
            )
        ground, columns = self.ground, self.ground.columns
        there = group_of(ground, measure) & dated(ground, self.window)
        here = there & self.in_counties(holder.counties)
        plots, first, place = np.unique(
            columns["plot"][there], return_index=True, return_inverse=True
        )
        inside = here[there]

        def added(values: Any) -> Any:
            return np.bincount(place[inside], weights=values[here], minlength=len(plots))

        versions = columns["version"][there][first].astype(np.int64)
        if measure.what == "area":
            return Shares(plots, versions, added(columns["area_m2"]), added(columns["refused_m2"]))
        counted = columns["counted"] == 1
        amounts = _amounts(measure, columns["shape_m2"] * counted, columns["density_per_ha"])
        return Shares(
            plots,
            versions,
            added(counted * 1.0 if measure.what == "count" else amounts),
            np.zeros(len(plots)),
        )

    def in_counties(self, counties: Sequence[str]) -> Any:
        """Pieces of the ground in some counties."""
        places = [place for place, code in enumerate(self.ground.counties) if code in set(counties)]
        return np.isin(self.ground.columns["county"], places)


def _is_drawn(measure: PlotMeasure, holder: Holder) -> bool:
    """Whether no pieces are kept of it, so that shapes are united."""
    return bool(holder.area or holder.unit or measure.net or "planned" in measure.stages)


def _amounts(measure: PlotMeasure, area_m2: Any, density_per_ha: Any) -> Any:
    """What each plot brings: its area, one, or its stems."""
    area = np.asarray(area_m2, dtype=np.float64)
    if measure.what == "area":
        return area
    if measure.what == "count":
        return np.ones(len(area))
    return area * np.asarray(density_per_ha, dtype=np.float64) / 10_000
