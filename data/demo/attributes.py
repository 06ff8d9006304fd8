"""Invented properties of the invented plots: stage, species, dates, review."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

import numpy as np
import pandas as pd
from numpy.random import Generator
from numpy.typing import NDArray

from data.codes import code_list
from data.demo.recipes import SIZES, recipe_of

__all__ = ["describe"]

YEARS = (2021, 2026)
NO_PLAN, IS_PLAN = -1, -2
MOST_SPECIES = 4
M2_PER_TENTH_MU = 2000 / 30  # contractors declare tenths of a mu
STAGES = {"planted": 0.43, "accepted": 0.28, "existing": 0.20, "planned": 0.06, "cancelled": 0.03}
REVIEWS = {"approved": 0.90, "draft": 0.045, "submitted": 0.035, "returned": 0.02}
REASONS = (
    "虚构示例：边界与影像不符，请重新勾绘",
    "虚构示例：树种组成与作业设计不一致，请核对",
    "虚构示例：缺少现场照片，请补充",
)
CATEGORIES = {"forest": ("ZDGC", "DFGC", "SFSD", "SHZL"), "urban": ("CSLH", "DFGC", "YWZS")}


def describe(frame: pd.DataFrame, names: Mapping[str, str], rng: Generator) -> pd.DataFrame:
    """Add the plot properties of the interface to bare plots.

    Parameters
    ----------
    frame
        Columns `kind`, `plan` (row of the plan that is carried out, -1 for none, -2 for a plan),
        `district`, `area_m2`, `geometry`.
    names
        Name of each district code.
    """
    kinds = code_list("kind")
    green = [kinds[kind].more["green_class"] for kind in frame["kind"]]
    stage, year = _stage_and_year(frame["plan"].to_numpy(), rng)
    done = np.isin(stage, ["planted", "accepted"])
    out = frame.drop(columns="plan").assign(stage=stage, year=year)
    out["plot_no"] = _numbers(out)
    out["name"] = [
        f"虚构示例 {names[district]}{kinds[kind].label_zh}{number}号"
        for district, kind, number in zip(out.district, out.kind, out.plot_no, strict=True)
    ]
    out["category"] = [_one_of(CATEGORIES[green_class], rng) for green_class in green]
    out["programme"] = [
        _one_of(recipe_of(code).programmes.get(kind, (None,)), rng)
        for code, kind in zip(out.district, out.kind, strict=True)
    ]
    out["method"] = [_one_of(SIZES[kind].methods, rng) for kind in out.kind]
    out["species"] = pd.Series(_species(out.district, green, rng), dtype=object)
    out["density_per_ha"] = _density(out.kind, rng)
    out["planted_on"] = _planting_days(out.district, year, done, rng)
    shown = done & (rng.random(len(out)) < 0.6)
    out["evidence"] = pd.Series(
        [_evidence(i) if done else [] for i, done in enumerate(shown)], dtype=object
    )
    out["compartment_no"] = _compartments(green, 120, 3, rng)
    out["subcompartment_no"] = _compartments(green, 45, 0, rng)
    out["land_ownership"] = rng.choice(np.array(["10", "20"], dtype=object), len(out), p=[0.3, 0.7])
    out["tree_ownership"] = np.where(
        out.land_ownership == "10", "10", rng.choice(np.array(["20", "21"], dtype=object), len(out))
    )
    out["declared_m2"] = _declared(out.area_m2.to_numpy(), rng)
    out["review"], out["reason"] = _reviews(frame["plan"].to_numpy(), rng)
    out["plan_of"] = _plans_of_county(frame["plan"].to_numpy(), out.district.to_numpy())
    out["town"] = out["village"] = out["note"] = None
    out["extra"] = pd.Series([{} for _ in range(len(out))], dtype=object)
    texts: list[str] = out.select_dtypes("str").columns.tolist()
    return out.assign(**{text: _with_none(out[text]) for text in texts})


def _plans_of_county(plan: NDArray[np.intp], district: NDArray[np.object_]) -> list[list[int]]:
    """The plan of each row; none where most of it lies in another county than the plot."""
    own = (plan >= 0) & (district[plan] == district)
    return [[int(row)] if is_own else [] for row, is_own in zip(plan, own, strict=True)]


def _with_none(texts: pd.Series) -> pd.Series:
    # pandas writes an absent text as NaN, which readers would take for a number.
    return texts.astype(object).where(texts.notna(), None)


def _one_of(choices: Sequence[str | None], rng: Generator) -> str | None:
    return choices[int(rng.integers(len(choices)))]


def _stage_and_year(
    plan: NDArray[np.intp], rng: Generator
) -> tuple[NDArray[np.object_], NDArray[np.intp]]:
    n = len(plan)
    stage = rng.choice(np.array(list(STAGES), dtype=object), n, p=list(STAGES.values()))
    year = rng.integers(YEARS[0], YEARS[1] + 1, n)
    stage[plan == IS_PLAN] = "planned"
    year[plan == IS_PLAN] = rng.integers(YEARS[0], YEARS[1], int((plan == IS_PLAN).sum()))
    carried = np.flatnonzero(plan >= 0)
    # The second half of a plan that two plots carry out comes a year later.
    again = pd.Series(plan[carried]).duplicated().to_numpy()
    year[carried] = year[plan[carried]] + again
    stage[carried] = np.where(rng.random(len(carried)) < 0.5, "accepted", "planted")
    # Survival is checked a year after planting at the earliest; plans not begun are new.
    stage[(stage == "accepted") & (year == YEARS[1])] = "planted"
    year[(stage == "planned") & (plan == NO_PLAN)] = YEARS[1]
    return stage, year


def _numbers(out: pd.DataFrame) -> list[str]:
    order = out.groupby(["district", "year"]).cumcount() + 1
    return [f"{number:05d}" for number in order]


def _species(
    districts: pd.Series, green: Sequence[str], rng: Generator
) -> list[list[dict[str, Any]]]:
    n = len(districts)
    many = rng.choice(np.arange(1, MOST_SPECIES + 1), n, p=[0.3, 0.4, 0.2, 0.1])
    tenths = _tenths(many, rng)
    order = rng.random((n, 16))
    mixes = []
    for i, (district, green_class) in enumerate(zip(districts, green, strict=True)):
        recipe = recipe_of(district)
        known = recipe.forest_species if green_class == "forest" else recipe.urban_species
        chosen = order[i, : len(known)].argsort()[: many[i]]
        mixes.append(
            [
                {"code": known[which], "share": tenth / 10}
                for which, tenth in zip(chosen.tolist(), tenths[i].tolist(), strict=False)
            ]
        )
    return mixes


def _tenths(many: NDArray[np.intp], rng: Generator) -> NDArray[np.intp]:
    """Ten tenths distributed to the first `many` columns of each row, at least one to each."""
    taking = np.arange(MOST_SPECIES) < many[:, None]
    weight = rng.random(taking.shape) * taking
    spare = (10 - many)[:, None] * weight / weight.sum(axis=1, keepdims=True)
    tenths = np.floor(spare).astype(np.intp) + taking
    tenths[:, 0] += 10 - tenths.sum(axis=1)
    return -np.sort(-tenths, axis=1)  # the largest share is written first


def _density(kinds: pd.Series, rng: Generator) -> NDArray[np.float64]:
    ranges = np.array([SIZES[kind].density_per_ha or (np.nan, np.nan) for kind in kinds]).reshape(
        -1, 2
    )
    share = rng.random(len(ranges))
    per_ha = ranges[:, 0] + (ranges[:, 1] - ranges[:, 0]) * share
    return np.asarray(np.round(per_ha / 15) * 15)  # whole stems a mu, as designs give them


def _planting_days(
    districts: pd.Series, year: NDArray[np.intp], done: NDArray[np.bool_], rng: Generator
) -> list[date | None]:
    spans = np.array([recipe_of(code).planting for code in districts]).reshape(-1, 2)
    days = rng.integers(spans[:, 0], spans[:, 1] + 1)
    return [
        date(int(y), 1, 1) + timedelta(days=int(day) - 1) if is_done else None
        for y, day, is_done in zip(year, days, done, strict=True)
    ]


def _evidence(i: int) -> list[dict[str, str | None]]:
    return [{"name": f"虚构示例_{i:05d}.jpg", "kind": "photo", "note": None}]


def _compartments(green: Sequence[str], most: int, digits: int, rng: Generator) -> list[str | None]:
    numbers = rng.integers(1, most + 1, len(green))
    return [
        f"{number:0{digits}d}" if green_class == "forest" else None
        for number, green_class in zip(numbers.tolist(), green, strict=True)
    ]


def _declared(area_m2: NDArray[np.float64], rng: Generator) -> NDArray[np.float64]:
    n = len(area_m2)
    wrong = rng.random(n) < 0.02
    factor = rng.normal(1, np.where(wrong, 0.25, 0.02))
    declared = np.maximum(np.round(area_m2 * factor / M2_PER_TENTH_MU), 1) * M2_PER_TENTH_MU
    return np.where(rng.random(n) < 0.1, np.nan, np.round(declared, 2))


def _reviews(
    plan: NDArray[np.intp], rng: Generator
) -> tuple[NDArray[np.object_], list[str | None]]:
    review = rng.choice(np.array(list(REVIEWS), dtype=object), len(plan), p=list(REVIEWS.values()))
    review[plan == IS_PLAN] = "approved"  # a plan must stand before anything carries it out
    reasons = [_one_of(REASONS, rng) if state == "returned" else None for state in review]
    return review, reasons
