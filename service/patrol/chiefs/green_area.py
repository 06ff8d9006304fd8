"""Planting and standing ground of zones: unions of approved plots, counted once in each."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

import geopandas
from sqlalchemy import Connection

from gis.coverage import coverage
from service.accounts.db.accounts import Account
from service.patrol.chiefs.schemas import Resource, Task
from service.patrol.duty.compliance import DutyQuery
from service.patrol.zones.db.on_day import ZoneOfDay
from service.patrol.zones.frames import MaxRows, plots_of_day, zones_table
from service.plots.db.plots import GREEN_STAGES

PLANTED = ("planted", "accepted")
Labels = Mapping[str, Mapping[str, str]]
# Ground in m² and plots of a zone, by kind or class; None stands for what has none.
GreenAreas = Mapping[str, Mapping[str | None, tuple[float, int]]]


class ChiefGround:
    """Ground of plots as it stood on the day of judgement, cut by each zone."""

    def __init__(
        self,
        connection: Connection,
        account: Account,
        zones: Sequence[ZoneOfDay],
        query: DutyQuery,
        max_rows: MaxRows,
    ) -> None:
        counties = sorted({county for zone in zones for county in zone.counties})
        frame = zones_table(zones)
        plots = plots_of_day(
            connection, account, query.as_of, counties, ("planned", *GREEN_STAGES), max_rows
        )
        green = plots[plots["stage"].isin(GREEN_STAGES)]
        this_year = plots[plots["year"] == query.period.first.year]
        self.green = _figures(frame, green)
        self.classes = _figures(frame, green, "green_class")
        self.kinds = _figures(frame, green, "kind")
        self.planned = _figures(frame, this_year[this_year["stage"] == "planned"], "kind")
        self.planted = _figures(frame, this_year[this_year["stage"].isin(PLANTED)], "kind")

    def planting(self, zone: str, labels: Labels) -> Iterator[Task]:
        """Ground planned for the year beside what was planted of the year's plots, by kind."""
        planned, planted = self.planned[zone], self.planted[zone]
        for kind in _in_order(labels["kind"], {*planned, *planted}):
            of = (kind, labels["kind"].get(kind or "", kind))
            due, done = planned.get(kind, (0.0, 0))[0], planted.get(kind, (0.0, 0))[0]
            yield Task.counted(zone, "planting", "m2", due, done, of=of)

    def standing(self, zone: ZoneOfDay, labels: Labels) -> Iterator[Resource]:
        """The zone itself, its green ground whole, by class and by kind."""
        yield Resource(zone.code, "zone", None, None, zone.area_m2, None, None)
        for item, name, figures in (
            ("green", None, self.green),
            ("green_class", "green_class", self.classes),
            ("kind", "kind", self.kinds),
        ):
            words = labels[name] if name else {}
            for of in _in_order(words, figures[zone.code]):
                ground_m2, count = figures[zone.code][of]
                share = ground_m2 / zone.area_m2
                label = words.get(of or "", of)
                yield Resource(zone.code, item, of, label, ground_m2, share, count)


def _in_order(labels: Mapping[str, str], codes: Iterable[str | None]) -> list[str | None]:
    order = {code: row for row, code in enumerate(labels)}
    return sorted(codes, key=lambda code: (order.get(code or "", len(order)), code or ""))


def _figures(
    zones: geopandas.GeoDataFrame, plots: geopandas.GeoDataFrame, by: str | None = None
) -> GreenAreas:
    by_zone: dict[str, dict[str | None, tuple[float, int]]] = {code: {} for code in zones["code"]}
    if zones.empty or plots.empty:
        return by_zone
    columns = ["geometry"] if by is None else ["geometry", by]
    table = coverage(zones, plots[columns], by=by, checked=True)
    groups = [None] * len(table) if by is None else table[by].tolist()
    for code, group, green_m2, count in zip(
        table["code"], groups, table["green_m2"], table["plot_count"], strict=True
    ):
        if count:
            by_zone[code][group] = (float(green_m2), int(count))
    return by_zone
