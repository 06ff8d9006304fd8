"""What is due in a period, from whom, and what was done: patrols and all other duties alike."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from functools import partial
from typing import Any

from sqlalchemy import Connection

from gis.messages import Message
from gis.tracks import Requirement, evaluate
from service.accounts.db.accounts import Account
from service.districts.db.districts import DistrictTree, tree, visible
from service.duties.db.done import Done, done_records
from service.duties.rules import DutyRule, duty_rules, within_region
from service.errors import Problem
from service.patrol.duty.db.compliance import effective_days, zones_in_period
from service.patrol.rules.rules import requirements_of, rules_of
from service.units.db.units import units
from service.web.periods import Period

# Duties in one answer: as many as districts or units times rules.
MAX_ROWS = 50_000
_YEAR = timedelta(days=366)
_DAY = timedelta(days=1)


@dataclass(frozen=True)
class DutyQuestion:
    """Which duties are asked for; a filter that is None lets all pass."""

    period: Period
    as_of: date
    what: str | None = None
    unit: str | None = None
    level: str | None = None
    counties: Sequence[str] | None = None


@dataclass(frozen=True)
class Duty:
    """A duty of one zone, district or unit: what falls due in the period."""

    rule: str
    what: str
    label_zh: str
    label_en: str
    level: str | None
    code: str
    name: str
    unit: str | None
    every: str
    due: int
    done: int
    missed: int
    overdue_days: int
    state: str
    due_on: date
    """The next deadline; the last one when all have passed."""
    recipient: str | None
    source: str
    requirements: Sequence[Requirement]

    def row(self) -> dict[str, Any]:
        """The duty by the names of the interface."""
        values = asdict(self)
        del values["requirements"]
        return values


def read_duties(connection: Connection, account: Account, asked: DutyQuestion) -> list[Duty]:
    """Duties that fall due in a period, by what, rule and code.

    Raises
    ------
    Problem
        422 ``too_many_rows``.
    """
    duties: list[Duty] = []
    if asked.what in (None, "patrol") and asked.unit is None:
        duties += _patrols(connection, account, asked)
    duties += _others(connection, account, asked)
    if len(duties) > MAX_ROWS:
        raise _too_many()
    return duties


def _too_many() -> Problem:
    return Problem(
        422,
        "too_many_rows",
        Message(
            f"履职事项多于 {MAX_ROWS} 条，请用 what、level 或 district 缩小范围",
            f"more than {MAX_ROWS} duties: narrow it by what, level or district",
        ),
    )


def _patrols(connection: Connection, account: Account, asked: DutyQuestion) -> Iterator[Duty]:
    first, after = asked.period.first, asked.period.after
    zones = zones_in_period(
        connection,
        account,
        first,
        after,
        counties=asked.counties,
        level=asked.level,
        zone=None,
        max_zones=MAX_ROWS + 1,
    )
    if len(zones) > MAX_ROWS:
        raise _too_many()
    ids = [zone.id for zone in zones]
    days = effective_days(connection, ids, first - _YEAR, asked.as_of + _DAY)
    rules = rules_of(connection)
    for zone in zones:
        rule = rules.of(zone.level, zone.district)
        if rule is None:
            continue
        requirements = [
            requirement
            for requirement in requirements_of(rule, first, after)
            if requirement.start >= zone.first_from
            and (zone.valid_to is None or requirement.end <= zone.valid_to)
        ]
        labels = {"label_zh": rule["label_zh"], "label_en": rule["label_en"]}
        yield from _duty(
            requirements,
            days.get(zone.id, []),
            asked.as_of,
            rule=rule["code"],
            what="patrol",
            **labels,
            level=zone.level,
            code=zone.code,
            name=zone.name,
            unit=None,
            every="month" if rule["days"] is not None else rule["unit"],
            recipient=None,
            source=rule["source"],
        )


def _duty(
    requirements: Sequence[Requirement], days: Sequence[date], as_of: date, **said: Any
) -> Iterator[Duty]:
    if not requirements:
        return
    done = evaluate(requirements, days, as_of)
    ends = sorted(requirement.end for requirement in requirements)
    ahead = next((end for end in ends if end > as_of), ends[-1])
    yield Duty(
        **said,
        due=done.due,
        done=done.done,
        missed=done.missed,
        overdue_days=done.overdue_days,
        state=done.state,
        due_on=ahead - _DAY,
        requirements=requirements,
    )


def _others(connection: Connection, account: Account, asked: DutyQuestion) -> Iterator[Duty]:
    known: dict[str, list[Done]] = {}
    districts = tree(connection)
    for rule in duty_rules(connection):
        if asked.what not in (None, rule.what) or asked.level not in (None, rule.level):
            continue
        requirements = rule.requirements(asked.period.first, asked.period.after)
        if not requirements:
            continue
        if rule.register not in known:
            known[rule.register] = done_records(
                connection, account, rule.register, limit=MAX_ROWS + 1
            )
            if len(known[rule.register]) > MAX_ROWS:
                raise _too_many()
        # A record that names a duty counts for that duty only.
        done = [row for row in known[rule.register] if row.duty in (None, rule.code)]
        subjects = (
            _units(connection, account, rule, asked)
            if rule.unit_kind
            else _districts(districts, account, rule, asked)
        )
        for subject, did in subjects:
            days = sorted(row.on_day for row in done if did(row))
            yield from _duty(
                requirements,
                days,
                asked.as_of,
                rule=rule.code,
                what=rule.what,
                label_zh=rule.label_zh,
                label_en=rule.label_en,
                every=rule.every,
                recipient=rule.recipient or None,
                source=rule.source,
                **subject,
            )


# Who owes a duty, and whether a record is theirs.
Subject = tuple[dict[str, Any], Callable[[Done], bool]]


def _districts(
    districts: DistrictTree, account: Account, rule: DutyRule, asked: DutyQuestion
) -> Iterator[Subject]:
    if asked.unit is not None:
        return
    for code in sorted(visible(districts, account)):
        node = districts[code]
        if node.level != rule.level or not within_region(code, rule.region):
            continue
        counties = _counties(districts, code)
        if _asked_for(account, counties, asked):
            named = {"code": code, "name": node.name, "unit": None, "level": node.level}
            yield named, partial(_of, code=code, level=node.level, counties=counties)


def _counties(districts: DistrictTree, code: str) -> set[str]:
    if districts[code].level == "county":
        return {code}
    return {node.code for node in districts.at("county", code)}


def _asked_for(account: Account, counties: set[str], asked: DutyQuestion) -> bool:
    """Whether all counties of a district lie in the scope, and in the counties that are asked for.

    A town has no counties: it is seen by whoever sees its county.
    """
    if counties and not all(account.covers(county) for county in counties):
        return False
    if asked.counties is None:
        return True
    return bool(counties) and counties <= set(asked.counties)


def _of(row: Done, code: str, level: str, counties: set[str]) -> bool:
    if level in ("town", "village"):
        return row.town == code
    return row.county in counties


def _units(
    connection: Connection, account: Account, rule: DutyRule, asked: DutyQuestion
) -> Iterator[Subject]:
    for unit in units(connection):
        if unit["kind"] != rule.unit_kind or asked.unit not in (None, unit["code"]):
            continue
        district = unit["district"]
        # A unit of no district owes what is owed everywhere.
        if not within_region(district or "", rule.region):
            continue
        ended = unit["valid_to"] is not None and unit["valid_to"] < asked.period.first
        mine = (
            account.counties is None
            or unit["code"] in account.units
            or (district is not None and account.covers(district))
        )
        if mine and not ended:
            code = unit["code"]
            named = {"code": code, "name": unit["name"], "unit": code, "level": None}
            yield named, partial(_by_unit, code=code)


def _by_unit(row: Done, code: str) -> bool:
    return row.unit == code
