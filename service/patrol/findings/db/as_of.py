"""Findings as they stood on a day: their steps say which state they were in."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Connection, text

from service.accounts.db.accounts import Account
from service.patrol.findings.db.findings import FINDING
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
    done: bool
    """Whether it waits for nothing more than to be closed."""

    def overdue_days(self, day: date) -> int:
        """Days past its deadline; 0 when it has none or is rectified."""
        if self.done or self.deadline is None:
            return 0
        return max((day - self.deadline).days, 0)


_STOOD = """
SELECT f.id, z.id AS zone_id, f.county, f.field_values ->> 'kind' AS kind, found.found_at, f.note,
       ST_X(f.geom) AS lon, ST_Y(f.geom) AS lat,
       st.code AS state, last.on_day AS since, letter.letter_no, st.done,
       CASE WHEN :now THEN f.deadline ELSE coalesce(term.deadline, f.deadline) END AS deadline
FROM record f
JOIN zone z ON z.code = f.zone
CROSS JOIN LATERAL (
    SELECT CAST(f.field_values ->> 'found_at' AS timestamptz) AS found_at) found
LEFT JOIN LATERAL (
    SELECT s.state, s.on_day FROM record_step s
    WHERE s.record_id = f.id AND s.on_day <= :day ORDER BY s.id DESC LIMIT 1) last ON true
LEFT JOIN LATERAL (
    SELECT s.letter_no FROM record_step s
    WHERE s.record_id = f.id AND s.on_day <= :day AND s.letter_no IS NOT NULL
    ORDER BY s.id DESC LIMIT 1) letter ON true
LEFT JOIN LATERAL (
    SELECT s.deadline FROM record_step s
    WHERE s.record_id = f.id AND s.on_day <= :day AND s.deadline IS NOT NULL
    ORDER BY s.id DESC LIMIT 1) term ON true
JOIN register_state st ON st.register = f.register AND st.code = coalesce(last.state, (
    SELECT first.code FROM register_state first
    WHERE first.register = f.register ORDER BY first.position LIMIT 1))
WHERE f.register = :register AND z.id = ANY(:zones) AND found.found_at < :before
  AND (CAST(:scope AS text[]) IS NULL OR f.county = ANY(CAST(:scope AS text[])))
"""
_LISTED = text(_STOOD + "ORDER BY found.found_at, f.id")
_COUNTED = text(f"""
SELECT zone_id, count(*) AS open, count(*) FILTER (WHERE deadline < :day) AS overdue
FROM ({_STOOD}) AS stood WHERE NOT done GROUP BY zone_id
""")  # noqa: S608 - constants


def _parameters(account: Account, zones: Sequence[int], day: date) -> dict[str, Any]:
    return {
        "scope": None if account.counties is None else list(account.counties),
        "register": FINDING,
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
    rows = connection.execute(_COUNTED, _parameters(account, zones, day))
    return {row.zone_id: (row.open, row.overdue) for row in rows}
