"""Findings as they stood on a day: their steps say which state they were in."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Connection, text

from service.accounts.db.accounts import Account
from service.patrol.findings.db.findings import DONE
from service.web.timestamps import day_of, midnight, today


@dataclass(frozen=True)
class FindingOnDay:
    """A finding in its state of a day; ``since`` is the day on which it came to that."""

    id: int
    zone_id: int
    county: str
    kind: str
    found_on: date
    state: str
    since: date
    deadline: date | None
    letter_no: str | None
    note: str | None
    lon: float
    lat: float

    @property
    def done(self) -> bool:
        """Whether it waits for nothing more than to be closed."""
        return self.state in DONE

    def overdue_days(self, day: date) -> int:
        """Days past its deadline; 0 when it has none or is rectified."""
        if self.done or self.deadline is None:
            return 0
        return max((day - self.deadline).days, 0)


_STOOD = """
SELECT f.id, f.zone_id, f.county, f.kind, f.found_at, f.note,
       ST_X(f.geom) AS lon, ST_Y(f.geom) AS lat,
       coalesce(last.state, 'found') AS state, last.on_day AS since, letter.letter_no,
       CASE WHEN :now THEN f.deadline ELSE coalesce(term.deadline, f.deadline) END AS deadline
FROM finding f
LEFT JOIN LATERAL (
    SELECT s.state, s.on_day FROM finding_step s
    WHERE s.finding_id = f.id AND s.on_day <= :day ORDER BY s.id DESC LIMIT 1) last ON true
LEFT JOIN LATERAL (
    SELECT s.letter_no FROM finding_step s
    WHERE s.finding_id = f.id AND s.on_day <= :day AND s.letter_no IS NOT NULL
    ORDER BY s.id DESC LIMIT 1) letter ON true
LEFT JOIN LATERAL (
    SELECT s.deadline FROM finding_step s
    WHERE s.finding_id = f.id AND s.on_day <= :day AND s.deadline IS NOT NULL
    ORDER BY s.id DESC LIMIT 1) term ON true
WHERE f.zone_id = ANY(:zones) AND f.found_at < :before
  AND (CAST(:scope AS text[]) IS NULL OR f.county = ANY(CAST(:scope AS text[])))
"""
_LISTED = text(_STOOD + "ORDER BY f.found_at, f.id")
_COUNTED = text(f"""
SELECT zone_id, count(*) AS open, count(*) FILTER (WHERE deadline < :day) AS overdue
FROM ({_STOOD}) AS stood WHERE state <> ALL(:done) GROUP BY zone_id
""")  # noqa: S608 - constants


def _parameters(account: Account, zones: Sequence[int], day: date) -> dict[str, Any]:
    return {
        "scope": None if account.counties is None else list(account.counties),
        "zones": list(zones),
        "day": day,
        "now": day >= today(),
        "before": midnight(day + timedelta(days=1)),
    }


def findings_on(
    connection: Connection, account: Account, zones: Sequence[int], day: date
) -> list[FindingOnDay]:
    """Findings of zones that were known on a day, the oldest first."""
    findings = []
    for row in connection.execute(_LISTED, _parameters(account, zones, day)).mappings():
        values = dict(row)
        found_on = day_of(values.pop("found_at"))
        values["since"] = values["since"] or found_on
        findings.append(FindingOnDay(**values, found_on=found_on))
    return findings


def open_findings(
    connection: Connection, account: Account, zones: Sequence[int], day: date
) -> dict[int, tuple[int, int]]:
    """How many findings of each zone waited to be rectified on a day, and how many past their
    deadline.
    """
    rows = connection.execute(_COUNTED, _parameters(account, zones, day) | {"done": list(DONE)})
    return {row.zone_id: (row.open, row.overdue) for row in rows}
