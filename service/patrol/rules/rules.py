"""Which rule holds for a zone, and what it asks of a track."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from math import inf
from typing import Any

from sqlalchemy import Connection

from gis.tracks import PatrolRule, Requirement, day_requirements, visit_requirements
from service.patrol.rules.db.rules import stored_patrol_rules

Rule = Mapping[str, Any]

# Where no rule speaks of a zone its patrols are cleaned all the same.
UNRULED = PatrolRule(min_m=0.0, min_s=0.0, max_repeated=1.0, max_silent_s=inf)
FOOTHOLD_M = 1.0  # a visit without a least length still sets foot in the zone


@dataclass(frozen=True)
class Rules:
    """All rules of an office."""

    rules: Sequence[Rule]

    def of(self, level: str, district: str) -> Rule | None:
        """The rule of the narrowest place around the district; None when none speaks of it."""
        fitting = [
            rule
            for rule in self.rules
            if rule["level"] == level and district.startswith(rule["place"])
        ]
        return max(fitting, key=lambda rule: len(rule["place"]), default=None)


def rules_of(connection: Connection) -> Rules:
    """The rules as they stand."""
    return Rules(stored_patrol_rules(connection))


def asked_of_tracks(rule: Rule | None) -> PatrolRule:
    """What a rule asks of a single track."""
    if rule is None:
        return UNRULED
    silent = rule["max_silent_min"]
    return PatrolRule(
        min_m=max(rule["min_length_m"], FOOTHOLD_M),
        min_s=rule["min_minutes"] * 60,
        max_repeated=rule["max_repeated"],
        reach_m=rule["swath_m"] / 2,
        max_speed_m_s=rule["max_speed_m_s"],
        max_gap_s=rule["max_gap_s"],
        max_silent_s=inf if silent is None else silent * 60,
    )


def requirements_of(rule: Rule, first: date, after: date) -> list[Requirement]:
    """What the rule asks in a stretch of days: visits, or effective days of each month."""
    if rule["days"] is not None:
        days = dict(enumerate(rule["days"], start=1))
        return day_requirements(days, first, after, every_third=rule["every_third"])
    return visit_requirements(
        rule["unit"],
        rule["visits"],
        first,
        after,
        day_from=rule["day_from"],
        day_to=rule["day_to"],
    )


def as_json(rule: Rule) -> dict[str, Any]:
    """The rule as an answer shows it."""
    return {name: value for name, value in rule.items() if name != "local"}
