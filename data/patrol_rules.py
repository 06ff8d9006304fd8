"""What patrols are due: one rule a level and place, out of the code list ``patrol_rule``."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import Final, Literal, TypeAlias, cast, get_args

from data.codes import Code, code_list
from gis.tracks import PatrolRule

__all__ = ["EVERYWHERE", "Per", "Rule", "chosen", "patrol_rules", "rule_for", "rule_of"]

Per: TypeAlias = Literal["week", "month", "quarter", "half_year", "year"]

EVERYWHERE: Final = "default"
"""The set of rules that holds where no region of another set does."""
_PERIODS: Final = get_args(Per)
_FOOTHOLD_M: Final = 1.0  # a visit of any length still sets foot in the zone
_MONTHS: Final = range(1, 13)


@dataclass(frozen=True)
class Rule:
    """What is due of one level of zones at one place: visits, or effective days a month."""

    code: str
    label_zh: str
    label_en: str
    source: str
    ruleset: str
    region: str
    """Beginning of the district codes that it holds for; empty: of none by itself."""
    level: str
    """A code of ``zone_level``."""
    visits: int | None
    """Visits due in each `per`; None where effective days are due."""
    per: Per | None
    day_from: int
    """First day of the month on which a visit counts."""
    day_to: int
    days: dict[int, int]
    """Effective days due by month; empty where visits are due."""
    every_third: bool
    least_m: float
    """Metres inside the zone that make a patrol effective."""
    least_s: float
    reach_m: float
    """How far to either side a walker sees, metres."""

    @property
    def patrol_rule(self) -> PatrolRule:
        """The same for `gis.tracks.judge`; where only visits are due, any visit counts."""
        own = PatrolRule(
            least_m=self.least_m,
            least_s=self.least_s,
            reach_m=self.reach_m,
            every_third=self.every_third,
        )
        if self.days:
            return PatrolRule(**{**vars(own), "days": self.days})
        anything = {"most_silent_s": math.inf, "most_repeated": 1.0, "days": {}}
        return PatrolRule(**{**vars(own), **anything})


def rule_of(line: Code) -> Rule:
    """A line of the list as a rule.

    Raises
    ------
    ValueError
        It names no level, neither visits nor days, or a word or number that cannot be.

    Examples
    --------
    >>> rule = rule_of(code_list("patrol_rule")["D-grid"])
    >>> rule.level, rule.days[1], rule.days[7], rule.least_m, rule.visits
    ('grid', 20, 10, 3000.0, None)
    """
    more = line.more
    usual = PatrolRule()
    visits, per = _number(line, "visits"), more.get("per") or None
    rule = Rule(
        line.code,
        line.label_zh,
        line.label_en,
        line.source,
        more.get("ruleset", ""),
        more.get("region", ""),
        more.get("level", ""),
        None if visits is None else int(visits),
        cast("Per | None", per),
        int(_number(line, "day_from") or 1),
        int(_number(line, "day_to") or 31),
        _days(line),
        more.get("every_third") == "1",
        _number(line, "least_m") or _FOOTHOLD_M,
        _number(line, "least_s") or 0.0,
        _number(line, "reach_m") or usual.reach_m,
    )
    _refuse(rule)
    return rule


def _number(line: Code, column: str) -> float | None:
    text = line.more.get(column, "")
    try:
        number = float(text) if text else None
    except ValueError:
        number = math.nan
    if number is not None and not (math.isfinite(number) and number >= 0):
        raise _fault(line.code, f"{column} 应为不小于 0 的数", f"{column} must be a number from 0")
    return number


def _days(line: Code) -> dict[int, int]:
    season, off = _number(line, "days_season"), _number(line, "days_off")
    if season is None or off is None:
        return {}
    first, last = int(_number(line, "season_from") or 1), int(_number(line, "season_to") or 12)
    return {m: int(season if _within(m, first, last) else off) for m in _MONTHS}


def _within(month: int, first: int, last: int) -> bool:
    """Whether a month lies in a season, which may run over the new year."""
    return first <= month <= last if first <= last else month >= first or month <= last


def _refuse(rule: Rule) -> None:
    if rule.level not in code_list("zone_level"):
        raise _fault(rule.code, "没有写责任区层级", "it names no level of zones")
    if (rule.visits is None) == (not rule.days) or (rule.visits is None) != (rule.per is None):
        raise _fault(
            rule.code,
            "应写巡护次数和周期，或每月有效天数，二者取一",
            "it says either visits with their period or effective days a month",
        )
    if rule.per is not None and rule.per not in _PERIODS:
        raise _fault(
            rule.code, f"不认识周期 {rule.per}", f"its period is none of {', '.join(_PERIODS)}"
        )


def _fault(code: str, zh: str, en: str) -> ValueError:
    return ValueError(f"巡护规则 {code}：{zh}。 Patrol rule {code}: {en}.")


@cache
def patrol_rules() -> tuple[Rule, ...]:
    """The rules that come with the product, in the order of their list."""
    return tuple(rule_of(line) for line in code_list("patrol_rule"))


def rule_for(level: str, district: str | None, *, ruleset: str | None = None) -> Rule | None:
    """The rule of the product's list for a zone; see `chosen`.

    Examples
    --------
    >>> rule_for("town", "360702").code, rule_for("town", "220102").code
    ('ZG-town', 'D-town')
    """
    return chosen(patrol_rules(), level, district, ruleset=ruleset)


def chosen(
    rules: Iterable[Rule], level: str, district: str | None, *, ruleset: str | None = None
) -> Rule | None:
    """The rule that holds for a zone.

    Parameters
    ----------
    rules
        Those to choose from.
    level
        Of the zone, a code of ``zone_level``.
    district
        Code of the district that it lies in, or None.
    ruleset
        Only this set. Otherwise the set whose region fits the district most narrowly, and
        ``default`` where none does.

    Returns
    -------
    Rule or None
        None: nothing is said of this level, so nothing is due and nothing is overdue.
    """
    of_level = [rule for rule in rules if rule.level == level]
    if ruleset is not None:
        return next((rule for rule in of_level if rule.ruleset == ruleset), None)
    here = [
        rule for rule in of_level if rule.region and (district or "").startswith(rule.region)
    ] or [rule for rule in of_level if rule.ruleset == EVERYWHERE]
    return max(here, key=lambda rule: len(rule.region), default=None)
