"""The lists of forest chiefs (三张清单): what is due in a zone, what stands there, what is wrong.

A zone with a chief answers for all that lies below it: what is found in its grids stands in its
list. The duties of zones below are counted zone by zone, so that no diligent one makes up for an
idle one.
"""

from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy import Connection

from gis.messages import Message
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
from service.patrol.duty.compliance import DutyQuery, read_duty, refuse_names
from service.patrol.findings.db.as_of import FindingOnDay, findings_on
from service.patrol.findings.db.findings import FINDING
from service.patrol.rules.db.rules import stored_patrol_rules
from service.patrol.zones.db.on_day import ZoneOfDay
from service.patrol.zones.db.zones import sees_names
from service.patrol.zones.frames import MaxRows, zones_of_day
from service.patrol.zones.schemas import LEVELS
from service.registers.definitions import existing_register

LISTS = ("kind", "green_class", "zone_level", "finding_kind")


def read_lists(
    connection: Connection, account: Account, query: DutyQuery, max_rows: MaxRows
) -> ChiefLists:
    """The lists of every zone of the scope that is a chief's, by its code.

    Raises
    ------
    Problem
        403 when a person is asked for by who sees no names; 422 ``too_many_zones``,
        ``too_many_plots``, ``too_many_findings``.
    """
    refuse_names(account, query)
    period = query.period
    # What lies below a zone counts for it, so all zones are read, whichever are listed.
    duty = read_duty(connection, account, replace(query, level=None, zone=None, person=None))
    duties = {row.zone: row for row in duty.rows}
    # Whoever is responsible at the end of the period, or on the day of judgement within it.
    day = min(max(query.as_of, period.first), period.last)
    zones = zones_of_day(connection, account, day, query.counties, max_rows)
    listed = [zone for zone in zones if _is_asked(zone, query)]
    below = _below(zones)
    labels = {
        name: {row["code"]: row["label_zh"] for row in codes(connection, name)} for name in LISTS
    }
    rules = stored_patrol_rules(connection)
    states = existing_register(connection, FINDING).definition.states
    labels["finding_state"] = {state.code: state.label_zh for state in states}
    labels["patrol_rule"] = {rule["code"]: rule["label_zh"] for rule in rules}
    by_zone = _findings(connection, account, zones, query)
    of_chief = {
        zone.code: [row for each in (zone, *below[zone.code]) for row in by_zone.get(each.id, [])]
        for zone in listed
    }
    _refuse_more(sum(map(len, of_chief.values())), max_rows)
    code_of = {zone.id: zone.code for zone in zones}
    ground = ChiefGround(connection, account, listed, query, max_rows)
    return ChiefLists(
        rows=[
            _row(zone, below, duties, of_chief[zone.code], query, named=sees_names(account))
            for zone in listed
        ],
        tasks=[
            task
            for zone in listed
            for task in (
                *visits(zone.code, duties, labels),
                *visits_below(zone.code, below, duties, labels),
                *ground.planting(zone.code, labels),
                *rectifying(zone.code, of_chief[zone.code], query),
            )
        ],
        resources=[
            resource
            for zone in listed
            for resource in (
                *ground.standing(zone, labels),
                *shared_out(zone.code, below[zone.code], labels),
            )
        ],
        problems=[
            problem(zone.code, code_of[each.zone_id], each, labels, query)
            for zone in listed
            for each in sorted(of_chief[zone.code], key=lambda each: (each.found_on, each.id))
        ],
        period=period,
        as_of=query.as_of,
    )


def _is_asked(zone: ZoneOfDay, query: DutyQuery) -> bool:
    return (
        zone.level != RANGERS
        and query.level in (None, zone.level)
        and query.zone in (None, zone.code)
        and query.person in (None, zone.chief)
    )


def _below(zones: Sequence[ZoneOfDay]) -> Below:
    """All zones below each, however deep."""
    right_below: dict[str | None, list[ZoneOfDay]] = {}
    for zone in zones:
        right_below.setdefault(zone.parent, []).append(zone)
    by_code: dict[str, list[ZoneOfDay]] = {}
    # From the lowest level up: a parent is of a higher level than its children, so what lies
    # below these is known when it is asked for.
    for zone in sorted(zones, key=lambda zone: -LEVELS.index(zone.level)):
        children = right_below.get(zone.code, [])
        by_code[zone.code] = [
            lower for child in children for lower in (child, *by_code.get(child.code, ()))
        ]
    return by_code


def _findings(
    connection: Connection, account: Account, zones: Sequence[ZoneOfDay], query: DutyQuery
) -> dict[int, list[FindingOnDay]]:
    """Findings of each zone that were known in the period and not done before it."""
    by_zone: dict[int, list[FindingOnDay]] = {}
    for finding in findings_on(connection, account, [zone.id for zone in zones], query.as_of):
        known = finding.found_on < query.period.after
        if known and (not finding.done or finding.since >= query.period.first):
            by_zone.setdefault(finding.zone_id, []).append(finding)
    return by_zone


def _refuse_more(rows: int, max_rows: MaxRows) -> None:
    if rows > max_rows.zones:
        raise Problem(
            422,
            "too_many_findings",
            Message(
                f"问题多于 {max_rows.zones} 条，请用 zone、level 或 district 缩小范围",
                f"more than {max_rows.zones} findings: narrow it by zone, level or district",
            ),
        )


def _row(
    zone: ZoneOfDay,
    below: Below,
    duties: Duties,
    findings: Sequence[FindingOnDay],
    query: DutyQuery,
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
        open_findings=sum(not finding.done for finding in findings),
        overdue_findings=sum(finding.overdue_days(query.as_of) > 0 for finding in findings),
    )
