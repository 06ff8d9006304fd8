"""Checks on the ground: the rule of the place proposes an outcome, the newest check decides.

Only the outcome ``qualified`` makes a planted plot accepted. A check without rates and outcome is
stored and changes nothing. When an accepted plot fails a later check it is planted again, in a new
version with the record as its reason.
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
from gis.measure import to_mu
from gis.messages import Message
from service.accounts.db.accounts import Account
from service.codes.db.codes import codes
from service.errors import Problem, not_found
from service.plots.db import acceptance, plots
from service.settings import Settings
from service.web.timestamps import today

Outcome = Literal["qualified", "replant", "failed", "redo"]
# Added to the tolerance of the rule: rounding an area to 0.01 mu changes it by 3 m² at most.
ROUNDING_M2 = 10.0

# Columns of files, from the last check of a plot.
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
    """What an inspector found: ratios and m². Without ``outcome`` the proposed one is taken."""

    day: date
    survival_rate: float | None
    preservation_rate: float | None
    verified_m2: float | None
    outcome: Outcome | None
    note: str | None


@dataclass(frozen=True)
class CheckTerms:
    """Bounds on a check of a plot: the rule of its place, its first day, its largest area in m²."""

    rule: AcceptanceRule
    earliest: date
    max_verified_m2: float


def rule_for(connection: Connection, district: str) -> AcceptanceRule:
    """The acceptance rule of the narrowest place around a district.

    Raises
    ------
    Problem
        409 ``no_rule``.
    """
    candidates: list[tuple[int, bool, AcceptanceRule]] = []
    for row in codes(connection, "acceptance_rule"):
        columns = {name: str(value) for name, value in row.items()}
        words = row["code"], row["label_zh"], row["label_en"], row["source"]
        rule = acceptance_rule(*words, columns)
        # A rule that the office imported wins over the built-in rule of the same place.
        candidates += [
            (len(place), bool(row.get("local")), rule)
            for place in (rule.places or ("",))
            if district.startswith(place)
        ]
    if not candidates:
        raise Problem(
            409,
            "no_rule",
            Message(
                f"{district} 没有适用的验收规则，请管理员用 luotu import rules 导入",
                "no rule of acceptance speaks of this place: an administrator imports one "
                "by luotu import rules",
            ),
        )
    return max(candidates, key=lambda candidate: candidate[:2])[2]


def proposed_outcome(
    rule: AcceptanceRule, survival: float | None, preserved: float | None
) -> Outcome | None:
    """The outcome that the rule gives for the rates (ratios); None without any rate.

    The survival rate decides. Without it the preservation rate says qualified or failed.
    """
    if survival is not None:
        if survival >= rule.survival_from:
            return "qualified"
        return "redo" if survival <= rule.redo_up_to else "replant"
    if preserved is not None:
        return "qualified" if preserved >= rule.preservation_from else "failed"
    return None


def check_terms(connection: Connection, approved: Mapping[str, Any]) -> CheckTerms:
    """What a check of an approved version may say.

    Raises
    ------
    Problem
        409 ``no_rule``.
    """
    rule = rule_for(connection, approved["district"])
    max_verified_m2 = approved["area_m2"] * (1 + rule.area_tolerance) + ROUNDING_M2
    return CheckTerms(rule, approved["planted_on"] or date(approved["year"], 1, 1), max_verified_m2)


def accept(
    connection: Connection,
    account: Account,
    plot_id: int,
    check: AcceptanceCheck,
    settings: Settings,
) -> None:
    """Store a check of a planted plot; the newest check decides its stage.

    Raises
    ------
    Problem
        404; 409 ``not_approved``, ``wrong_stage``, ``no_rule`` or ``same_acceptance``; 403
        ``four_eyes``; 422 ``date_in_future``, ``date_before_planting``, ``verified_too_large`` or
        ``reason_needed``.
    """
    approved = acceptance.lock_approved(connection, account, plot_id)
    if approved is None:
        if plots.read_plot(connection, account, plot_id) is None:
            raise not_found("此图斑")
        raise Problem(
            409,
            "not_approved",
            Message(
                "图斑尚未审核通过，请先审核",
                "approve the plot first",
            ),
        )
    if approved["stage"] not in ("planted", "accepted"):
        raise Problem(
            409,
            "wrong_stage",
            Message(
                f"图斑阶段为 {approved['stage']}，只有已造林的可验收",
                f"the plot is {approved['stage']}, only a planted one can be accepted: submit it "
                "as planted first",
            ),
        )
    if settings.four_eyes and approved["submitted_by"] == account.id:
        raise Problem(
            403,
            "four_eyes",
            Message(
                "提交人不能验收自己的图斑，请另一位检查员处理",
                "who submitted a plot does not accept it: ask another inspector",
            ),
        )
    terms = check_terms(connection, approved)
    _refuse_impossible(check, terms, approved)
    by_rule = proposed_outcome(terms.rule, check.survival_rate, check.preservation_rate)
    outcome = check.outcome or by_rule
    _refuse_without_reason(check, by_rule)
    values = {
        "survival_rate": check.survival_rate,
        "preservation_rate": check.preservation_rate,
        "verified_m2": check.verified_m2,
        "note": check.note,
        "outcome": outcome,
        "proposed": by_rule,
        "rule": terms.rule.code,
    }
    # The plot is locked, so of two that are sent at one moment the second finds the first.
    if acceptance.same_record(connection, account, plot_id, checked_on=check.day, values=values):
        raise Problem(
            409,
            "same_acceptance",
            Message(
                f"您已登记过 {check.day} 内容相同的验收记录，未重复保存",
                f"you wrote down the same check of {check.day} before: nothing more was stored",
            ),
        )
    record_id = acceptance.record(connection, account, plot_id, checked_on=check.day, values=values)
    stage = approved["stage"]
    if outcome is not None and acceptance.newest(connection, plot_id) == record_id:
        stage = "accepted" if outcome == "qualified" else "planted"
    acceptance.set_stage(connection, account, plot_id, stage, _reason(check, outcome, record_id))


def _refuse_without_reason(check: AcceptanceCheck, by_rule: Outcome | None) -> None:
    """Who calls a plot qualified although rates or verified area say otherwise tells why."""
    if (check.outcome or by_rule) != "qualified" or (check.note or "").strip():
        return
    if check.verified_m2 is not None and round(check.verified_m2, 2) <= 0:
        raise _refused(
            "note",
            "reason_needed",
            Message(
                "核实面积为 0：未量测请留空；判为合格须在 note 中说明理由",
                "the verified area is 0: leave it out when nothing was measured; to call the plot "
                "qualified, say why in `note`",
            ),
        )
    if by_rule in (None, "qualified"):
        return
    proposed = code_list("acceptance_outcome")[by_rule]
    raise _refused(
        "note",
        "reason_needed",
        Message(
            f"按验收规则应为“{proposed.label_zh}”，判为合格须在 note 中说明理由",
            f"by the rule it is {proposed.label_en}: to call it qualified, say why in `note`",
        ),
    )


def _refuse_impossible(
    check: AcceptanceCheck, terms: CheckTerms, approved: Mapping[str, Any]
) -> None:
    if check.day > today():
        raise _refused(
            "date",
            "date_in_future",
            Message(
                f"验收日期 {check.day} 在未来，今天是 {today()}（北京时间）",
                f"the check lies in the future: today is {today()} in Beijing",
            ),
        )
    if check.day < terms.earliest:
        known = approved["planted_on"] is not None
        since = "造林时间" if known else "任务年度起始日"
        since_en = "its day of planting" if known else "the begin of its task year"
        raise _refused(
            "date",
            "date_before_planting",
            Message(
                f"验收日期 {check.day} 早于{since} {terms.earliest}，请核对",
                f"the check lies before {since_en}, {terms.earliest}: look at both",
            ),
        )
    measured_m2 = approved["area_m2"]
    if check.verified_m2 is not None and check.verified_m2 > terms.max_verified_m2:
        raise _refused(
            "verified_m2",
            "verified_too_large",
            Message(
                f"核实面积 {_area(check.verified_m2, '亩')} 超过图斑面积 {_area(measured_m2, '亩')}"
                f"（允差 {terms.rule.area_tolerance:.0%}），请核对单位，或先修改图斑边界",
                f"the verified area, {_area(check.verified_m2, 'mu')}, is larger than the plot, "
                f"{_area(measured_m2, 'mu')} (tolerance {terms.rule.area_tolerance:.0%}): look at "
                "its unit, or change the plot's border first",
            ),
        )


def _area(area_m2: float, mu: str) -> str:
    return f"{area_m2:.2f} m² ({to_mu(area_m2):.2f} {mu})"


def _refused(field: str, code: str, message: Message) -> Problem:
    return Problem(422, code, message, errors=[{"field": field, "code": code, "message": message}])


def _reason(check: AcceptanceCheck, outcome: str | None, record_id: int) -> str:
    code = None if outcome is None else code_list("acceptance_outcome")[outcome]
    zh, en = (code.label_zh, code.label_en) if code else ("未下结论", "without an outcome")
    rate = "" if check.survival_rate is None else f"，成活率 {check.survival_rate:.1%}"
    # Stored with the version, for readers of either language.
    message = Message(
        f"验收 {check.day}：{zh}{rate}（记录 {record_id}）",
        f"checked on {check.day}: {en} (record {record_id})",
    )
    return str(message)


def acceptance_records(
    connection: Connection, account: Account, plot_id: int, as_of: datetime | None = None
) -> list[dict[str, Any]]:
    """All records of a plot as the API answers them, newest first; empty when out of scope."""
    return [with_labels(row) for row in acceptance.records(connection, account, plot_id, as_of)]


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
    """Plots with the columns of their last check, and a table of all checks up to ``as_of``."""
    rows = acceptance.records_of(connection, frame["id"].tolist(), as_of)
    last_checks: dict[int, Mapping[str, Any]] = {}
    for row in rows:
        last_checks.setdefault(row["plot_id"], row)
    numbers = dict(zip(frame["id"], frame["plot_no"], strict=True))
    checks = [last_checks.get(number, {}) for number in frame["id"]]
    columns = {
        column: pd.Series([check.get(name) for check in checks], dtype=object, index=frame.index)
        for column, name in LAST_CHECK_COLUMNS.items()
    }
    table = record_table([{**row, "plot_no": numbers[row["plot_id"]]} for row in rows])
    return frame.assign(**columns), table


def record_table(rows: Sequence[Mapping[str, Any]]) -> pd.DataFrame:
    """Records as a table that lies beside plots in a file."""
    return pd.DataFrame(
        {name: [row[name] for row in rows] for name in RECORD_COLUMNS}, dtype=object
    )
