"""What the lists of forest chiefs are made of."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields
from datetime import date
from typing import Any

from service.web.periods import Period


@dataclass(frozen=True)
class ChiefRow:
    """A zone that a chief answers for; ``vacant`` when it has none."""

    zone: str
    name: str
    level: str
    parent: str | None
    district: str
    chief: str | None
    chief_title: str | None
    office: str | None
    board: str | None
    vacant: bool
    area_m2: float
    state: str
    zones_below: int
    open_findings: int
    overdue_findings: int


@dataclass(frozen=True)
class Task:
    """Something due in a zone (目标任务); ``of`` is the code of a rule, a level or a kind."""

    zone: str
    item: str
    of: str | None
    of_label: str | None
    unit: str
    due: float
    done: float
    share: float | None
    overdue: int | None

    @classmethod
    def counted(  # noqa: PLR0913 - a line of the list
        cls,
        zone: str,
        item: str,
        unit: str,
        due: float,
        done: float,
        *,
        of: tuple[str | None, str | None] = (None, None),
        overdue: int | None = None,
    ) -> "Task":
        """With the share that is done; None where nothing is due. It is never clamped."""
        return cls(zone, item, *of, unit, due, done, done / due if due else None, overdue)


@dataclass(frozen=True)
class Resource:
    """What stands in a zone (资源): ground of approved plots, counted once, or zones below it."""

    zone: str
    item: str
    of: str | None
    of_label: str | None
    area_m2: float | None
    share: float | None
    count: int | None


@dataclass(frozen=True)
class ProblemRow:
    """Something found in a zone or below it (问题), as it stood on the day."""

    zone: str
    at_zone: str
    finding: int
    kind: str
    kind_label: str
    found_on: date
    state: str
    state_label: str
    since: date
    deadline: date | None
    overdue_days: int
    letter_no: str | None
    note: str | None
    lon: float
    lat: float


@dataclass(frozen=True)
class ChiefLists:
    """The chiefs' zones (``rows``) and their three lists."""

    rows: Sequence[ChiefRow]
    tasks: Sequence[Task]
    resources: Sequence[Resource]
    problems: Sequence[ProblemRow]
    period: Period
    as_of: date

    def table(self, name: str) -> list[dict[str, Any]]:
        """One of the four by the API's names."""
        return [asdict(row) for row in getattr(self, name)]


COLUMNS = {
    name: tuple(field.name for field in fields(row))
    for name, row in (
        ("rows", ChiefRow),
        ("tasks", Task),
        ("resources", Resource),
        ("problems", ProblemRow),
    )
}
