"""A province around a landscape: its tree of districts, and what plots say of themselves.

Five by five townships make a county, a row of counties a city. A cluster of plots is one task: its
plots share kind, year and programme, as those of a contractor do; how far each has come differs.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, NamedTuple

import numpy as np
import shapely
from numpy.typing import NDArray

from data.codes import code_list
from tests.bench.landscape import CLUSTER, Landscape, Shapes

Words = NDArray[np.str_]

BLOCK: Final = 5  # townships along the side of a county
PROVINCE: Final = "220000"
STAGES: Final = {
    "planned": 0.2,
    "planted": 0.35,
    "accepted": 0.25,
    "existing": 0.17,
    "cancelled": 0.03,
}
REVIEWS: Final = {"approved": 0.9, "draft": 0.05, "submitted": 0.03, "returned": 0.02}
# How many of the approved plots somebody is changing.
IN_WORK: Final = 0.04
YEARS: Final = np.arange(2015, 2027)
# Names of villages begin with one of the first and end with one of the second.
FIRST: Final = np.array(list("东西南北三四五六李王张刘陈杨赵周合永长太平兴隆新红靠山双榆柳松"))
SECOND: Final = np.array(
    ["家子", "家屯", "棵树", "道沟", "合堡", "盛泉", "山屯", "宝村", "河口", "林场"]
)
WORKS: Final = np.array(["造林", "补植", "护岸林", "村屯绿化", "防风林"])


class District(NamedTuple):
    """A row of `district` with its boundary."""

    code: str
    name: str
    level: str
    parent: str | None
    shape: shapely.MultiPolygon


class Attributes(NamedTuple):
    """What plots say, a value each; ``changing``: which have a second, working version."""

    county: Words
    stage: Words
    kind: Words
    year: NDArray[np.int64]
    programme: Words
    review: Words
    plot_no: Words
    name: Words
    changing: NDArray[np.bool_]


def columns_of(districts: int) -> int:
    """How many townships `landscape` lays side by side."""
    return max(1, round(float(np.sqrt(districts * 0.8))))


def county_codes(townships: int) -> Words:
    """The county of each township."""
    row, column = np.divmod(np.arange(townships), columns_of(townships))
    city, county = row // BLOCK + 1, column // BLOCK + 1
    return np.array([f"22{a:02d}{b:02d}" for a, b in zip(city, county, strict=True)])


def districts_of(landscape: Landscape) -> Iterator[District]:
    """The tree from the province down to the townships."""
    county = county_codes(len(landscape.districts))
    city = np.array([f"{code[:4]}00" for code in county])
    yield District(PROVINCE, "测试省", "province", None, _united(landscape.districts))
    for code in np.unique(city):
        shape = _united(landscape.districts[city == code])
        yield District(str(code), f"第{code[2:4]}市", "city", PROVINCE, shape)
    for code in np.unique(county):
        own = landscape.districts[county == code]
        yield District(str(code), f"第{code[2:]}县", "county", f"{code[:4]}00", _united(own))
        for number, town in enumerate(own, 1):
            name = f"第{code[2:]}{number:03d}镇"
            yield District(f"{code}{number:03d}", name, "town", str(code), _multi(town))


def _united(shapes: Shapes) -> shapely.MultiPolygon:
    return _multi(shapely.coverage_union_all(shapes))


def _multi(shape: shapely.Geometry) -> shapely.MultiPolygon:
    whole = shapely.multipolygons(shapely.get_parts(shape))
    assert isinstance(whole, shapely.MultiPolygon)
    return whole


def attributes_of(landscape: Landscape, *, seed: int = 2024) -> Attributes:
    """What each plot says of itself; the same for the same landscape."""
    rng = np.random.default_rng(seed)
    count = len(landscape.plots)
    task = np.arange(count) // CLUSTER
    tasks = int(task[-1]) + 1
    kinds = np.array([row.code for row in code_list("kind")])
    programmes = np.array([row.code for row in code_list("programme")])
    county = _counties(landscape)
    year = rng.choice(YEARS, tasks)[task]
    # Three in four plots are of one of the first five kinds.
    common = np.where(rng.random(tasks) < 0.75, rng.integers(0, 5, tasks), -1)
    kind = np.where(common >= 0, common, rng.integers(0, len(kinds), tasks))[task]
    review = rng.choice(list(REVIEWS), count, p=list(REVIEWS.values()))
    return Attributes(
        county=county,
        stage=rng.choice(list(STAGES), count, p=list(STAGES.values())),
        kind=kinds[kind],
        year=year,
        programme=rng.choice(programmes, tasks)[task],
        review=review,
        plot_no=_numbers(county, year),
        name=_names(task, rng),
        changing=(review == "approved") & (rng.random(count) < IN_WORK),
    )


def _counties(landscape: Landscape) -> Words:
    """Where the middle of each plot lies; outside the province, the nearest township's county."""
    tree = shapely.STRtree(landscape.districts)
    middle = shapely.centroid(landscape.plots)
    return county_codes(len(landscape.districts))[tree.nearest(middle)]


def _numbers(county: Words, year: NDArray[np.int64]) -> Words:
    """Counted from 00001 in each county and year."""
    _, group = np.unique(np.char.add(county, year.astype(str)), return_inverse=True)
    order = np.argsort(group, kind="stable")
    first = np.searchsorted(group[order], np.arange(group.max() + 1))
    number = np.empty(len(group), dtype=np.int64)
    number[order] = np.arange(len(group)) - first[group[order]] + 1
    return np.char.zfill(number.astype(str), 5)


def _names(task: NDArray[np.int64], rng: np.random.Generator) -> Words:
    """A village, a kind of work and a number: the plots of a task share the first two."""
    tasks = int(task[-1]) + 1
    two = np.char.add(rng.choice(FIRST, tasks), rng.choice(FIRST, tasks))
    place = np.char.add(two, rng.choice(SECOND, tasks))
    work = np.char.add(place, rng.choice(WORKS, tasks))[task]
    number = (np.arange(len(task)) % CLUSTER + 1).astype(str)
    return np.char.add(np.char.add(work, number), "号")
