"""Invented records: streets, greenways, parks, villages and what else the papers count."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import Any, Final, NamedTuple

import geopandas as gpd
import numpy as np
import shapely
from numpy.random import Generator
from shapely.geometry.base import BaseGeometry

from data.demo.zones import SEED

__all__ = ["DemoRecord", "demo_records"]


class DemoRecord(NamedTuple):
    """A record of a register, in the state of a day."""

    register: str
    plan: str
    name: str
    state: str
    on_day: date
    values: dict[str, Any]
    shape: BaseGeometry


class _Sort(NamedTuple):
    """Records of one kind: how many, where, and what they say."""

    register: str
    plan: str
    prefix: str
    """Of the codes of the counties in which they lie."""
    first: date
    amount: int
    names: tuple[str, ...]
    state: str
    shape: Callable[[BaseGeometry, Generator], BaseGeometry]
    day_field: str | None = None
    values: tuple[tuple[str, tuple[Any, ...]], ...] = ()


_M_PER_DEG: Final = 111_320.0


def _point(ground: BaseGeometry, rng: Generator) -> shapely.Point:
    west, south, east, north = ground.bounds
    while True:
        at = np.round(rng.uniform((west, south), (east, north)), 6)
        if shapely.contains_xy(ground, *at):
            return shapely.Point(at)


def _line(length_m: float) -> Callable[[BaseGeometry, Generator], BaseGeometry]:
    def drawn(ground: BaseGeometry, rng: Generator) -> BaseGeometry:
        middle = _point(ground, rng)
        half = length_m / _M_PER_DEG / 2
        angle = rng.uniform(0, np.pi)
        step = np.array([np.cos(angle) / np.cos(np.radians(middle.y)), np.sin(angle)]) * half
        at = np.array([middle.x, middle.y])
        line = shapely.LineString(np.round([at - step, at, at + step], 6))
        return line if ground.contains(line) else drawn(ground, rng)

    return drawn


def _square(area_m2: float) -> Callable[[BaseGeometry, Generator], BaseGeometry]:
    def drawn(ground: BaseGeometry, rng: Generator) -> BaseGeometry:
        middle = _point(ground, rng)
        high = float(np.sqrt(area_m2)) / _M_PER_DEG / 2
        wide = high / float(np.cos(np.radians(middle.y)))
        x, y = middle.x, middle.y
        box = shapely.box(*np.round([x - wide, y - high, x + wide, y + high], 6))
        return box if ground.contains(box) else drawn(ground, rng)

    return drawn


_NEW: Final = ("work_type", ("XJ", "TS", "GZ"))
_SORTS: Final = (
    _Sort(
        *("street", "DEMO-CC-2023", "2201", date(2023, 3, 1), 48),
        (
            "人民大街",
            "同志街",
            "解放大路",
            "自由大路",
            "南湖大路",
            "卫星路",
            "东风大街",
            "吉林大路",
        ),
        "done",
        _line(1_200),
        "done_on",
        (_NEW, ("stems", (120, 260, 480))),
    ),
    _Sort(
        *("street", "DEMO-CC-2024", "2201", date(2024, 4, 1), 2),
        ("生态大街", "净月大街"),
        "done",
        _line(1_500),
        "done_on",
        (_NEW,),
    ),
    _Sort(
        *("greenway", "DEMO-CC-2023", "2201", date(2023, 4, 1), 10),
        ("伊通河绿道", "净月绿道", "南溪绿道", "北湖绿道"),
        "done",
        _line(10_050),
        "done_on",
        (("width_m", (3, 4.5)),),
    ),
    _Sort(
        *("pocket_park", "DEMO-CC-2023", "2201", date(2023, 4, 1), 51),
        ("丁香园", "海棠园", "云杉园", "白桦园", "樟子松园", "京桃园"),
        "done",
        _square(2_500),
        "done_on",
        (_NEW,),
    ),
    _Sort(
        *("green_village", "DEMO-CC-2023", "2201", date(2023, 5, 1), 60),
        ("三家子村", "前进村", "红旗村", "永安村", "兴隆村", "柳河村"),
        "accepted",
        _point,
        None,
        (("coverage", (31.5, 28, 35.2)), ("score", (92, 88, 95))),
    ),
    _Sort(
        *("suspect_patch", "DEMO-CC-2023", "2201", date(2023, 7, 1), 30),
        ("疑似图斑",),
        "checked",
        _square(6_000),
        None,
        (("batch", ("2023年第一批", "2023年第二批")), ("checked_m2", (5_800, 6_000))),
    ),
    _Sort(
        *("fire_station", "DEMO-CQ-2021", "50", date(2021, 3, 1), 100),
        ("东山检查站", "北垭口检查站", "石门检查站", "柏林检查站"),
        "built",
        _point,
        "built_on",
        (("staff", (2, 3, 4)),),
    ),
    _Sort(
        *("redemption", "DEMO-CQ-2021", "50", date(2021, 6, 1), 8),
        ("非国有林赎买地块",),
        "done",
        _square(500_000),
        None,
        (("contract_no", ("赎〔2021〕示例",)),),
    ),
)


def demo_records(
    counties: gpd.GeoDataFrame, *, seed: int = SEED, share: float = 1.0
) -> Iterator[DemoRecord]:
    """Invented records in the counties of the papers.

    Parameters
    ----------
    counties
        With ``code``; degrees of CGCS2000. Kinds whose counties are not there have no records.
    share
        Of the records; at least one of each kind.
    """
    rng = np.random.default_rng(seed + 7)
    for sort in _SORTS:
        there = counties[counties["code"].str.startswith(sort.prefix)].sort_values("code")
        if len(there):
            yield from _of_sort(sort, there.geometry.to_list(), rng, share)


def _of_sort(
    sort: _Sort, grounds: list[BaseGeometry], rng: Generator, share: float
) -> Iterator[DemoRecord]:
    for number in range(max(1, round(sort.amount * share))):
        day = sort.first + timedelta(days=int(rng.integers(0, 120)))
        values = {name: choices[number % len(choices)] for name, choices in sort.values}
        if sort.day_field is not None:
            values[sort.day_field] = day.isoformat()
        name = sort.names[number % len(sort.names)]
        again = number // len(sort.names)
        yield DemoRecord(
            sort.register,
            sort.plan,
            f"示例 {name}" + (f" {again + 1}" if again else ""),
            sort.state,
            day,
            values,
            sort.shape(grounds[number % len(grounds)], rng),
        )
