"""The lists of forest chiefs (三张清单): what is due in a zone, what stands there, what is wrong.

A zone with a chief answers for all that lies below it: what is found in its grids stands in its
list. The duties of zones below are counted zone by zone, so that no diligent one makes up for an
idle one.
"""

from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy import Connection

from service.accounts.db.accounts import Account
from service.codes.db.codes import codes
from service.errors import Problem
from service.patrol.chiefs.green_area import ChiefGround
from service.patrol.chiefs.rows_of import (
    RANGERS,
    Below,
    Duties,
    problem,
    rectifying,
    shared_out,
    visits,
    visits_below,
)
from service.patrol.chiefs.schemas import ChiefLists, ChiefRow
from service.patrol.duty.compliance import DutyQuestion, read_duty, refuse_names
from service.patrol.findings.db.as_of import FindingOnDay, findings_on
from service.patrol.rules.db.rules import stored_patrol_rules
from service.patrol.zones.db.on_day import ZoneOfDay
from service.patrol.zones.db.zones import sees_names
from service.patrol.zones.frames import Most, zones_of_day
from service.patrol.zones.schemas import LEVELS

LISTS = ("kind", "green_class", "zone_level", "finding_kind", "finding_state")


def read_lists(connection: Connection, who: Account, asked: DutyQuestion, most: Most) -> ChiefLists:
    """The lists of every zone of the scope that is a chief's, by its code.

    Raises
    ------
    Problem
        403 when a person is asked for by who sees no names; 422 ``too_many_zones``,
        ``too_many_plots``, ``too_many_findings``.
    """
    refuse_names(who, asked)
    period = asked.period
    # What lies below a zone counts for it, so all zones are read, whichever are listed.
    duty = read_duty(connection, who, replace(asked, level=None, zone=None, person=None))
    duties = {one.zone: one for one in duty.rows}
    # Whoever is responsible at the end of the period, or on the day of judgement within it.
    day = min(max(asked.as_of, period.first), period.last)
    zones = zones_of_day(connection, who, day, asked.counties, most)
    listed = [one for one in zones if _is_asked(one, asked)]
    below = _below(zones)
    labels = {
        name: {row["code"]: row["label_zh"] for row in codes(connection, name)} for name in LISTS
    }
    rules = stored_patrol_rules(connection)
    labels["patrol_rule"] = {rule["code"]: rule["label_zh"] for rule in rules}
    found = _found(connection, who, zones, asked)
    told = {
        one.code: [row for each in (one, *below[one.code]) for row in found.get(each.id, [])]
        for one in listed
    }
    _refuse_more(sum(map(len, told.values())), most)
    code_of = {one.id: one.code for one in zones}
    ground = ChiefGround(connection, who, listed, asked, most)
    return ChiefLists(
        rows=[
            _row(one, below, duties, told[one.code], asked, named=sees_names(who)) for one in listed
        ],
        tasks=[
            task
            for one in listed
            for task in (
                *visits(one.code, duties, labels),
                *visits_below(one.code, below, duties, labels),
                *ground.planting(one.code, labels),
                *rectifying(one.code, told[one.code], asked),
            )
        ],
        resources=[
            resource
            for one in listed
            for resource in (
                *ground.standing(one, labels),
                *shared_out(one.code, below[one.code], labels),
            )
        ],
        problems=[
            problem(one.code, code_of[each.zone_id], each, labels, asked)
            for one in listed
            for each in sorted(told[one.code], key=lambda each: (each.found_on, each.id))
        ],
        period=period,
        as_of=asked.as_of,
    )


def _is_asked(zone: ZoneOfDay, asked: DutyQuestion) -> bool:
    return (
        zone.level != RANGERS
        and asked.level in (None, zone.level)
        and asked.zone in (None, zone.code)
        and asked.person in (None, zone.chief)
    )


def _below(zones: Sequence[ZoneOfDay]) -> Below:
    """All zones below each, however deep."""
    right_below: dict[str | None, list[ZoneOfDay]] = {}
    for one in zones:
        right_below.setdefault(one.parent, []).append(one)
    found: dict[str, list[ZoneOfDay]] = {}
    # From the lowest level up: a parent is of a higher level than its children, so what lies
    # below these is known when it is asked for.
    for one in sorted(zones, key=lambda one: -LEVELS.index(one.level)):
        children = right_below.get(one.code, [])
        found[one.code] = [
            each for child in children for each in (child, *found.get(child.code, ()))
        ]
    return found


def _found(
    connection: Connection, who: Account, zones: Sequence[ZoneOfDay], asked: DutyQuestion
) -> dict[int, list[FindingOnDay]]:
    """Findings of each zone that were known in the period and not done before it."""
    found: dict[int, list[FindingOnDay]] = {}
    for one in findings_on(connection, who, [zone.id for zone in zones], asked.as_of):
        known = one.found_on < asked.period.after
        if known and (not one.done or one.since >= asked.period.first):
            found.setdefault(one.zone_id, []).append(one)
    return found


def _refuse_more(rows: int, most: Most) -> None:
    if rows > most.zones:
        raise Problem(
            422,
            "too_many_findings",
            f"问题多于 {most.zones} 条，请用 zone、level 或 district 缩小范围；more findings than "
            "one answer may hold: narrow it by zone, level or district",
        )


def _row(
    zone: ZoneOfDay,
    below: Below,
    duties: Duties,
    found: Sequence[FindingOnDay],
    asked: DutyQuestion,
    *,
    named: bool,
) -> ChiefRow:
    duty = duties.get(zone.code)
    return ChiefRow(
        zone=zone.code,
        name=zone.name,
        level=zone.level,
        parent=zone.parent,
        district=zone.district,
        chief=zone.chief if named else None,
        chief_title=zone.chief_title,
        office=zone.office,
        board=zone.board,
        vacant=not zone.chief,
        area_m2=zone.area_m2,
        state="none" if duty is None else duty.state,
        zones_below=len(below[zone.code]),
        open_findings=sum(not one.done for one in found),
        overdue_findings=sum(one.overdue_days(asked.as_of) > 0 for one in found),
    )
