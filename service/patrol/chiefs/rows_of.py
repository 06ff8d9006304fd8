"""Lines of the lists of forest chiefs: duties, zones below, findings."""

from collections.abc import Iterator, Mapping, Sequence

from service.patrol.chiefs.green_area import Labels
from service.patrol.chiefs.schemas import ProblemRow, Resource, Task
from service.patrol.duty.compliance import DutyQuestion, DutyRow
from service.patrol.findings.db.as_of import FindingOnDay
from service.patrol.zones.db.on_day import ZoneOfDay
from service.patrol.zones.schemas import LEVELS

RANGERS = "grid"
FULFILLED = ("met", "late")

Duties = Mapping[str, DutyRow]
Below = Mapping[str, Sequence[ZoneOfDay]]


def visits(zone: str, duties: Duties, labels: Labels) -> Iterator[Task]:
    """Visits or effective days of the zone itself, where a rule asks for some."""
    duty = duties.get(zone)
    if duty is not None and duty.rule is not None:
        yield Task.counted(
            zone,
            "visits",
            "visits" if duty.days_due is None else "days",
            duty.visits_due,
            duty.visits_done,
            of=(duty.rule, labels["patrol_rule"].get(duty.rule)),
            overdue=duty.visits_missed,
        )


def visits_below(zone: str, below: Below, duties: Duties, labels: Labels) -> Iterator[Task]:
    """How many zones of each level below are not behind, and how many are."""
    ruled = [
        duties[one.code]
        for one in below[zone]
        if one.code in duties and duties[one.code].rule is not None
    ]
    for level in LEVELS:
        rows = [one for one in ruled if one.level == level]
        if rows:
            yield Task.counted(
                zone,
                "zones_below",
                "zones",
                len(rows),
                sum(one.state in FULFILLED for one in rows),
                of=(level, labels["zone_level"].get(level)),
                overdue=sum(one.state == "overdue" for one in rows),
            )


def rectifying(zone: str, found: Sequence[FindingOnDay], asked: DutyQuestion) -> Iterator[Task]:
    """What was found, and what of it is rectified."""
    yield Task.counted(
        zone,
        "findings",
        "findings",
        len(found),
        sum(one.done for one in found),
        overdue=sum(one.overdue_days(asked.as_of) > 0 for one in found),
    )


def shared_out(zone: str, below: Sequence[ZoneOfDay], labels: Labels) -> Iterator[Resource]:
    """How many zones of each level lie below, and how many people walk them."""
    for level in LEVELS:
        of_level = [one for one in below if one.level == level]
        if of_level:
            label = labels["zone_level"].get(level)
            area_m2 = sum(one.area_m2 for one in of_level)
            yield Resource(zone, "zones_below", level, label, area_m2, None, len(of_level))
    rangers = {one.ranger for one in below if one.level == RANGERS and one.ranger}
    yield Resource(zone, "rangers", None, None, None, None, len(rangers))


def problem(
    zone: str, at_zone: str, found: FindingOnDay, labels: Labels, asked: DutyQuestion
) -> ProblemRow:
    """A finding as a line of the list of one zone."""
    return ProblemRow(
        zone=zone,
        at_zone=at_zone,
        finding=found.id,
        kind=found.kind,
        kind_label=labels["finding_kind"].get(found.kind, found.kind),
        found_on=found.found_on,
        state=found.state,
        state_label=labels["finding_state"].get(found.state, found.state),
        since=found.since,
        deadline=found.deadline,
        overdue_days=found.overdue_days(asked.as_of),
        letter_no=found.letter_no,
        note=found.note,
        lon=found.lon,
        lat=found.lat,
    )
