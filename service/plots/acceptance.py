"""A check on the ground: what is proposed by the rule of the place, and what follows from it.

Only the outcome ``qualified`` makes a planted plot accepted; a check without rates and outcome is
written down and changes nothing. The newest check, by its date, decides: when an accepted plot is
checked again with another outcome it is planted again, as a new version with the record as its
reason.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal

import geopandas
import pandas as pd
from sqlalchemy import Connection

from data.codes import code_list
from data.plots.acceptance_rules import AcceptanceRule, acceptance_rule
from service.accounts.db.accounts import Account
from service.codes.db.codes import codes
from service.errors import Problem, not_found
from service.plots.db import acceptance, plots
from service.settings import Settings
from service.web.timestamps import today

Outcome = Literal["qualified", "replant", "failed", "redo"]
# Beside the tolerance of the rule: an area in mu with two decimals is off by 3 m² at most.
ROUNDING_M2 = 10.0

# Of the last check of a plot, as columns of files.
LAST_CHECK_COLUMNS = {
    "acceptance_date": "date",
    "acceptance_outcome": "outcome",
    "survival_rate": "survival_rate",
    "preservation_rate": "preservation_rate",
    "verified_m2": "verified_m2",
    "checked_by": "checked_by",
}
RECORD_COLUMNS = (
    "id",
    "plot_id",
    "plot_no",
    "date",
    "outcome",
    "proposed",
    "rule",
    "survival_rate",
    "preservation_rate",
    "verified_m2",
    "note",
    "checked_by",
    "created_at",
)


@dataclass(frozen=True)
class AcceptanceCheck:
    """What an inspector saw; ratios and m². Without an outcome the proposed one is meant."""

    day: date
    survival_rate: float | None
    preservation_rate: float | None
    verified_m2: float | None
    outcome: Outcome | None
    note: str | None


@dataclass(frozen=True)
class CheckTerms:
    """What a check of a plot may say: the rule of its place, its first day, its largest area."""

    rule: AcceptanceRule
    earliest: date
    max_verified_m2: float


def rule_for(connection: Connection, district: str) -> AcceptanceRule:
    """The rule of the narrowest place around a district."""
    fits: list[tuple[int, bool, AcceptanceRule]] = []
    for row in codes(connection, "acceptance_rule"):
        more = {name: str(value) for name, value in row.items()}
        words = row["code"], row["label_zh"], row["label_en"], row["source"]
        rule = acceptance_rule(*words, more)
        # An office's own rule goes before the product's of the same place.
        fits += [
            (len(place), bool(row.get("local")), rule)
            for place in (rule.places or ("",))
            if district.startswith(place)
        ]
    if not fits:
        raise Problem(
            409,
            "no_rule",
            f"{district} 没有适用的验收规则，请管理员用 luotu import rules 导入；no rule of "
            "acceptance speaks of this place: an administrator imports one by luotu import rules",
        )
    return max(fits, key=lambda one: one[:2])[2]


def proposed_outcome(
    rule: AcceptanceRule, survival: float | None, preserved: float | None
) -> Outcome | None:
    """The outcome that the rates speak for; None without any.

    The survival rate goes first; a preservation rate alone says qualified or failed.
    """
    if survival is not None:
        if survival >= rule.survival_from:
            return "qualified"
        return "redo" if survival <= rule.redo_up_to else "replant"
    if preserved is not None:
        return "qualified" if preserved >= rule.preservation_from else "failed"
    return None


def check_terms(connection: Connection, held: Mapping[str, Any]) -> CheckTerms:
    """What a check of an approved version may say."""
    rule = rule_for(connection, held["district"])
    most = held["area_m2"] * (1 + rule.area_tolerance) + ROUNDING_M2
    return CheckTerms(rule, held["planted_on"] or date(held["year"], 1, 1), most)


def accept(
    connection: Connection, who: Account, plot_id: int, check: AcceptanceCheck, settings: Settings
) -> None:
    """Write down a check of a planted plot; the newest one decides its stage.

    Raises
    ------
    Problem
        404, 409 ``not_approved`` or ``wrong_stage``, 403 ``four_eyes``, 422 with the field.
    """
    held = acceptance.lock_approved(connection, who, plot_id)
    if held is None:
        if plots.read_plot(connection, who, plot_id) is None:
            raise not_found("此图斑")
        raise Problem(409, "not_approved", "图斑尚未审核通过；approve the plot first")
    if held["stage"] not in ("planted", "accepted"):
        raise Problem(
            409,
            "wrong_stage",
            f"图斑阶段为 {held['stage']}，只有已造林的可验收；only a planted plot can be accepted: "
            "submit it as planted first",
        )
    if settings.four_eyes and held["submitted_by"] == who.id:
        raise Problem(
            403, "four_eyes", "提交人不能验收自己的图斑；who submitted a plot does not accept it"
        )
    found = check_terms(connection, held)
    _refuse_impossible(check, found, held)
    by_rule = proposed_outcome(found.rule, check.survival_rate, check.preservation_rate)
    outcome = check.outcome or by_rule
    values = {
        "survival_rate": check.survival_rate,
        "preservation_rate": check.preservation_rate,
        "verified_m2": check.verified_m2,
        "note": check.note,
        "outcome": outcome,
        "proposed": by_rule,
        "rule": found.rule.code,
    }
    number = acceptance.record(connection, who, plot_id, checked_on=check.day, values=values)
    stage = held["stage"]
    if outcome is not None and acceptance.newest(connection, plot_id) == number:
        stage = "accepted" if outcome == "qualified" else "planted"
    acceptance.set_stage(connection, who, plot_id, stage, _reason(check, outcome, number))


def _refuse_impossible(check: AcceptanceCheck, found: CheckTerms, held: Mapping[str, Any]) -> None:
    if check.day > today():
        raise _refused(
            "date",
            "date_in_future",
            f"验收日期 {check.day} 在未来，今天是 {today()}（北京时间）；the check "
            f"lies in the future: today is {today()} in Beijing",
        )
    if check.day < found.earliest:
        known = held["planted_on"] is not None
        since = "造林时间" if known else "任务年度起始日"
        since_en = "its day of planting" if known else "the begin of its task year"
        raise _refused(
            "date",
            "date_before_planting",
            f"验收日期 {check.day} 早于{since} {found.earliest}，请核对；the check "
            f"lies before {since_en}, {found.earliest}: look at both",
        )
    if check.verified_m2 is not None and check.verified_m2 > found.max_verified_m2:
        raise _refused(
            "verified_m2",
            "verified_too_large",
            f"核实面积 {check.verified_m2:.2f} m² 超过图斑面积 {held['area_m2']:.2f} m²（允差 "
            f"{found.rule.area_tolerance:.0%}），请核对单位，或先修改图斑边界；the verified "
            "area is larger than the plot: look at its unit, or change the plot's border first",
        )


def _refused(field: str, code: str, words: str) -> Problem:
    return Problem(422, code, words, errors=[{"field": field, "code": code, "message": words}])


def _reason(check: AcceptanceCheck, outcome: str | None, number: int) -> str:
    code = None if outcome is None else code_list("acceptance_outcome")[outcome]
    zh, en = (code.label_zh, code.label_en) if code else ("未下结论", "without an outcome")
    rate = "" if check.survival_rate is None else f"，成活率 {check.survival_rate:.1%}"
    return (
        f"验收 {check.day}：{zh}{rate}（记录 {number}）；"
        f"checked on {check.day}: {en} (record {number})"
    )


def acceptance_records(
    connection: Connection, who: Account, plot_id: int, as_of: datetime | None = None
) -> list[dict[str, Any]]:
    """All records of a plot as answers show them, the newest first."""
    return [with_labels(row) for row in acceptance.records(connection, who, plot_id, as_of)]


def with_labels(row: Mapping[str, Any]) -> dict[str, Any]:
    """A record with the labels of its outcome, in both languages."""
    outcomes = code_list("acceptance_outcome")
    code = None if row["outcome"] is None else outcomes[row["outcome"]]
    labels = {
        "outcome_label": None if code is None else code.label_zh,
        "outcome_label_en": None if code is None else code.label_en,
    }
    return {name: value for name, value in row.items() if name != "plot_id"} | labels


def with_acceptances(
    connection: Connection, frame: geopandas.GeoDataFrame, as_of: datetime | None = None
) -> tuple[geopandas.GeoDataFrame, pd.DataFrame]:
    """Plots with the columns of their last check, and the table of all checks until then."""
    rows = acceptance.records_of(connection, frame["id"].tolist(), as_of)
    last: dict[int, Mapping[str, Any]] = {}
    for row in rows:
        last.setdefault(row["plot_id"], row)
    numbers = dict(zip(frame["id"], frame["plot_no"], strict=True))
    checks = [last.get(number, {}) for number in frame["id"]]
    more = {
        column: pd.Series([one.get(name) for one in checks], dtype=object, index=frame.index)
        for column, name in LAST_CHECK_COLUMNS.items()
    }
    table = _table([{**row, "plot_no": numbers[row["plot_id"]]} for row in rows])
    return frame.assign(**more), table


def _table(rows: Sequence[Mapping[str, Any]]) -> pd.DataFrame:
    return pd.DataFrame(
        {name: [row[name] for row in rows] for name in RECORD_COLUMNS}, dtype=object
    )
