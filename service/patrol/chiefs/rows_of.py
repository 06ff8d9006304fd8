"""Lines of the lists of forest chiefs: duties, zones below, findings."""

from collections.abc import Iterator, Mapping, Sequence

from service.patrol.chiefs.green_area import Labels
from service.patrol.chiefs.schemas import ProblemRow, Resource, Task
from service.patrol.duty.compliance import DutyQuery, DutyRow
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
        duties[lower.code]
        for lower in below[zone]
        if lower.code in duties and duties[lower.code].rule is not None
    ]
    for level in LEVELS:
        rows = [duty for duty in ruled if duty.level == level]
        if rows:
            yield Task.counted(
                zone,
                "zones_below",
                "zones",
                len(rows),
                sum(row.state in FULFILLED for row in rows),
                of=(level, labels["zone_level"].get(level)),
                overdue=sum(row.state == "overdue" for row in rows),
            )


def rectifying(zone: str, findings: Sequence[FindingOnDay], query: DutyQuery) -> Iterator[Task]:
    """What was found, and what of it is rectified."""
    yield Task.counted(
        zone,
        "findings",
        "findings",
        len(findings),
        sum(finding.done for finding in findings),
        overdue=sum(finding.overdue_days(query.as_of) > 0 for finding in findings),
    )


def shared_out(zone: str, below: Sequence[ZoneOfDay], labels: Labels) -> Iterator[Resource]:
    """How many zones of each level lie below, and how many people walk them."""
    for level in LEVELS:
        of_level = [lower for lower in below if lower.level == level]
        if of_level:
            label = labels["zone_level"].get(level)
            area_m2 = sum(lower.area_m2 for lower in of_level)
            yield Resource(zone, "zones_below", level, label, area_m2, None, len(of_level))
    rangers = {lower.ranger for lower in below if lower.level == RANGERS and lower.ranger}
    yield Resource(zone, "rangers", None, None, None, None, len(rangers))


def problem(
    zone: str, at_zone: str, finding: FindingOnDay, labels: Labels, query: DutyQuery
) -> ProblemRow:
    """A finding as a line of the list of one zone."""
    return ProblemRow(
        zone=zone,
        at_zone=at_zone,
        finding=finding.id,
        kind=finding.kind,
        kind_label=labels["finding_kind"].get(finding.kind, finding.kind),
        found_on=finding.found_on,
        state=finding.state,
        state_label=labels["finding_state"].get(finding.state, finding.state),
        since=finding.since,
        deadline=finding.deadline,
        overdue_days=finding.overdue_days(query.as_of),
        letter_no=finding.letter_no,
        note=finding.note,
        lon=finding.lon,
        lat=finding.lat,
    )
