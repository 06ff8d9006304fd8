"""The duty meter: what was due in each zone, what was done, and how much of it was walked.

Visits and effective days count what was walked *for* a zone, by the rule of its level and place.
Lengths and shares count what was walked *in* it, whoever walked: was the ground seen?
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Connection

from gis.messages import Message
from gis.tracks import Compliance, evaluate, longest_gap
from service.accounts.db.accounts import Account
from service.errors import Problem
from service.patrol.duty.db import compliance
from service.patrol.duty.db.compliance import PatrolTotals, ZoneInPeriod
from service.patrol.findings.db.as_of import open_findings
from service.patrol.rules.rules import Rule, as_json, requirements_of, rules_of
from service.patrol.zones.db.zones import sees_names
from service.web.periods import Period
from service.web.timestamps import today

_YEAR = timedelta(days=366)


@dataclass(frozen=True)
class DutyQuery:
    """Which duties are asked for; None leaves a question open."""

    period: Period
    as_of: date
    counties: Sequence[str] | None = None
    level: str | None = None
    zone: str | None = None
    person: str | None = None
    max_zones: int = 10_000


@dataclass(frozen=True)
class DutyRow:
    """The duty of one zone in a period; areas and lengths on the ellipsoid, shares as ratios."""

    id: int
    zone: str
    name: str
    level: str
    parent: str | None
    district: str
    person: str | None
    rule: str | None
    state: str
    visits_due: int
    visits_done: int
    visits_missed: int
    days_due: int | None
    effective_days: int
    overdue_days: int
    longest_gap_days: int
    streak: int
    last_visit: date | None
    patrols: int
    length_km: float
    hours: float
    zone_m2: float
    walked_m2: float | None
    walked_share: float | None
    walked_share_sum: float
    open_findings: int
    overdue_findings: int


@dataclass(frozen=True)
class DutyAnswer:
    """All rows, the rules that they stand on, and what was kept apart."""

    rows: list[DutyRow]
    period: Period
    as_of: date
    rules: list[Rule]
    apart: dict[str, int]

    def table(self) -> list[dict[str, Any]]:
        """Rows by the API's names."""
        return [asdict(row) for row in self.rows]

    def rules_table(self) -> list[dict[str, Any]]:
        """The rules as answers show them."""
        return [as_json(rule) for rule in self.rules]


COLUMNS = tuple(field.name for field in fields(DutyRow) if field.name != "id")


def read_duty(connection: Connection, account: Account, query: DutyQuery) -> DutyAnswer:
    """The duty of every zone that held in the period, by code.

    Raises
    ------
    Problem
        403 when somebody is asked for by name by who sees no names; 422 ``too_many_zones``.
    """
    refuse_names(account, query)
    first, after = query.period.first, query.period.after
    zones = compliance.zones_in_period(
        connection,
        account,
        first,
        after,
        counties=query.counties,
        level=query.level,
        zone=query.zone,
        max_zones=query.max_zones + 1,
    )
    if len(zones) > query.max_zones:
        raise Problem(
            422,
            "too_many_zones",
            Message(
                f"责任区多于 {query.max_zones} 个，请用 level 或 district 缩小范围",
                f"more than {query.max_zones} zones: narrow it by level or district",
            ),
        )
    if query.person is not None:
        zones = [zone for zone in zones if query.person in (zone.chief, zone.ranger)]
    ids = [zone.id for zone in zones]
    until = min(after, query.as_of + timedelta(days=1))
    # When as_of is today, nobody has walked later: the stored figures of the whole period serve.
    ground_until = after if query.as_of >= today() else until
    walked = compliance.patrol_totals(connection, ids, query.period, ground_until)
    # A visit after the period may make up for one that was missed in it, one before it may count
    # for the quarter or the year that ends in it.
    days = compliance.effective_days(
        connection, ids, first - _YEAR, query.as_of + timedelta(days=1)
    )
    findings = open_findings(connection, account, ids, query.as_of)
    rules = rules_of(connection)
    used: dict[str, Rule] = {}
    rows = []
    for zone in zones:
        rule = rules.of(zone.level, zone.district)
        if rule is not None:
            used[rule["code"]] = rule
        rows.append(
            _row(
                zone,
                rule,
                days.get(zone.id, []),
                walked.get(zone.id),
                findings.get(zone.id, (0, 0)),
                query,
                named=sees_names(account),
            )
        )
    apart = compliance.kept_apart(connection, account, first, after, query.counties)
    return DutyAnswer(rows, query.period, query.as_of, [used[code] for code in sorted(used)], apart)


def refuse_names(account: Account, query: DutyQuery) -> None:
    """Raise `Problem` 403 when an account that sees no names asks for a person."""
    if query.person is not None and not sees_names(account):
        raise Problem(
            403,
            "role_missing",
            Message(
                "人名只有核查员和管理员可见，请去掉 person",
                "names of people are for inspectors and administrators: leave out person",
            ),
        )


def _row(  # noqa: PLR0913 - what was found of one zone
    zone: ZoneInPeriod,
    rule: Rule | None,
    days: Sequence[date],
    walked: PatrolTotals | None,
    findings: tuple[int, int],
    query: DutyQuery,
    *,
    named: bool,
) -> DutyRow:
    first, after = query.period.first, query.period.after
    done = _reckoned(zone, rule, days, query)
    until = min(after, query.as_of + timedelta(days=1))
    within = [day for day in days if first <= day < until]
    seen = walked or PatrolTotals(0, 0.0, 0.0, 0.0, 0.0)
    merged = None if seen.merged_m2 is None else min(seen.merged_m2, zone.area_m2)
    people = (zone.ranger, zone.chief) if zone.level == "grid" else (zone.chief, zone.ranger)
    by_days = rule is not None and rule["days"] is not None
    return DutyRow(
        id=zone.id,
        zone=zone.code,
        name=zone.name,
        level=zone.level,
        parent=zone.parent,
        district=zone.district,
        person=next((person for person in people if person), None) if named else None,
        rule=None if rule is None else rule["code"],
        state=done.state,
        visits_due=done.due,
        visits_done=done.done,
        visits_missed=done.missed,
        days_due=done.due if by_days else None,
        effective_days=len(within),
        overdue_days=done.overdue_days,
        longest_gap_days=longest_gap(within, max(first, zone.first_from), until),
        streak=done.streak,
        last_visit=within[-1] if within else None,
        patrols=seen.patrols,
        length_km=seen.length_m / 1000,
        hours=seen.inside_s / 3600,
        zone_m2=zone.area_m2,
        walked_m2=merged,
        walked_share=None if merged is None else merged / zone.area_m2,
        walked_share_sum=seen.sum_m2 / zone.area_m2,
        open_findings=findings[0],
        overdue_findings=findings[1],
    )


def _reckoned(
    zone: ZoneInPeriod, rule: Rule | None, days: Sequence[date], query: DutyQuery
) -> Compliance:
    """What was due while the zone held: a unit that began before it, or outlives it, is not."""
    if rule is None:
        within = [day for day in days if query.period.first <= day < query.period.after]
        return evaluate([], within, query.as_of)
    requirements = [
        requirement
        for requirement in requirements_of(rule, query.period.first, query.period.after)
        if requirement.start >= zone.first_from
        and (zone.valid_to is None or requirement.end <= zone.valid_to)
    ]
    if not requirements:
        return Compliance(0, 0, 0, 0, 0, "met")
    return evaluate(requirements, days, query.as_of)
