"""Figures of indicators on the map: mapped, accepted, undated and refused, for any holder."""

from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Any

import numpy as np
from sqlalchemy import Connection

from data.indicators import PatrolMeasure, PlotMeasure, RegisterMeasure
from service.accounts.db.accounts import Account
from service.progress.db.patrols import patrols_of_counties
from service.progress.db.pieces import Window, cluster_unions, read_pieces
from service.progress.db.records import RecordGround, records_by_county, records_quantity
from service.progress.drawn import Drawn, Holder, MapFigure, TooManyPlotsError
from service.progress.ground import CountyFigures, Ground
from service.progress.groups import dated, group_of
from service.progress.shares import CountyShares, Shares
from service.settings import Settings
from service.web.timestamps import day_of, now

__all__ = ["NOTHING", "TOO_MANY", "Holder", "MapFigure", "Measured"]

TOO_MANY = "too_many_plots"
NOT_MAPPED = "not_on_the_map"


NOTHING = MapFigure(None, reason=NOT_MAPPED)


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
            return MapFigure(self._records(measure, holder))
        if not isinstance(measure, PlotMeasure):
            return NOTHING
        try:
            if not _is_drawn(measure, holder):
                return self._added_up(measure, holder)
            return self._drawn.figure(measure, holder)
        except TooManyPlotsError:
            return MapFigure(None, reason=TOO_MANY)

    def _added_up(self, measure: PlotMeasure, holder: Holder) -> MapFigure:
        figures = self._by_county(measure)
        places = [
            figures.counties[county] for county in holder.counties if county in figures.counties
        ]

        def total(of: CountyFigures, name: str) -> float:
            return float(getattr(of, name)[places].sum())

        name = {"area": "mapped_m2", "count": "plots", "stems": "stems"}[measure.what]
        mapped = total(figures.counted, name)
        verified = None if figures.verified is None else total(figures.verified, name)
        if measure.net and measure.what == "area":
            old = self._drawn.was_green(measure)
            those = [old[county] for county in holder.counties if county in old]
            mapped -= sum(m2 for m2, _ in those)
            verified = None if verified is None else verified - sum(m2 for _, m2 in those)
        return MapFigure(
            mapped,
            verified,
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

    @cached_property
    def _drawn(self) -> Drawn:
        return Drawn(self.connection, self.account, self.settings, self.window, self.moment)

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

    def _records(self, measure: RegisterMeasure, holder: Holder) -> float:
        """Those of districts are read for all counties at once."""
        if holder.area is not None or holder.unit is not None:
            return records_quantity(self.connection, measure, self.records_of(holder))
        key = ("records", measure)
        if key not in self._known:
            everywhere = self.records_of(holder)._replace(counties=None)
            self._known[key] = records_by_county(self.connection, measure, everywhere)
        return float(sum(self._known[key].get(county, 0.0) for county in holder.counties))

    def _patrols(self, holder: Holder) -> MapFigure:
        if holder.area is not None or holder.unit is not None:
            return NOTHING
        counts = self._patrol_counts
        return MapFigure(float(sum(counts.get(county, 0) for county in holder.counties)))

    @cached_property
    def _patrol_counts(self) -> dict[str, int]:
        day = min(self.window.after, date.fromordinal(self._day.toordinal() + 1))
        return patrols_of_counties(self.connection, self.account, self.window.first, day)

    def shares_of(self, measure: Any, holder: Holder) -> Shares:
        """What each plot brings into a figure; none where the figure has too many plots to draw."""
        if not isinstance(measure, PlotMeasure):
            return Shares.none()
        if _is_drawn(measure, holder):
            try:
                return self._drawn.shares(measure, holder)
            except TooManyPlotsError:
                return Shares.none()
        key = ("shares", measure)
        if key not in self._known:
            there = group_of(self.ground, measure) & dated(self.ground, self.window)
            self._known[key] = CountyShares.of(self.ground, there, measure)
        shares: CountyShares = self._known[key]
        return shares.within(holder.counties)


def _is_drawn(measure: PlotMeasure, holder: Holder) -> bool:
    """Whether no pieces are kept that tell the figure, so that shapes are united."""
    return bool(holder.area or holder.unit or "planned" in measure.stages)
