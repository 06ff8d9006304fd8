"""On which days things were done: days on which records came to a state that counts."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection, text

from service.accounts.db.accounts import Account


@dataclass(frozen=True)
class Done:
    """A record of a register, and the day since which it counts."""

    on_day: date
    duty: str | None
    """Code of the duty that the record names; None where it names none."""
    county: str | None
    town: str | None
    unit: str | None


_DONE = text("""
SELECT first.on_day, r.field_values ->> 'duty' AS duty, r.county, r.town, r.unit
FROM record r
JOIN register_state now ON now.register = r.register AND now.code = r.state AND now.counts
JOIN LATERAL (
    SELECT min(s.on_day) AS on_day FROM record_step s
    JOIN register_state st ON st.register = r.register AND st.code = s.state AND st.counts
    WHERE s.record_id = r.id) first ON first.on_day IS NOT NULL
WHERE r.register = :register
  AND (:whole OR r.county = ANY(CAST(:counties AS text[]))
       OR r.unit = ANY(CAST(:units AS text[])))
ORDER BY r.id LIMIT :limit
""")


def done_records(
    connection: Connection, account: Account, register: str, *, limit: int
) -> list[Done]:
    """Records of the scope that count, each with the day on which it first did."""
    values = {
        "register": register,
        "whole": account.counties is None,
        "counties": list(account.counties or ()),
        "units": list(account.units),
        "limit": limit,
    }
    return [Done(*row) for row in connection.execute(_DONE, values)]


@dataclass(frozen=True)
class DueDay:
    """How many things of one kind are due on a day."""

    on_day: date
    what: str
    code: str
    count: int


_DEADLINES = text("""
SELECT r.deadline, CASE r.register WHEN 'finding' THEN 'finding' ELSE 'record' END, r.register,
       count(*)
FROM record r JOIN register_state s ON s.register = r.register AND s.code = r.state
WHERE NOT s.done AND r.deadline BETWEEN :first AND :last
  AND (:whole OR r.county = ANY(CAST(:counties AS text[]))
       OR r.unit = ANY(CAST(:units AS text[])))
GROUP BY r.deadline, r.register
UNION ALL
SELECT t.due, 'target', t.plan, count(*) FROM target t
WHERE t.state IN ('issued', 'accepted') AND t.due BETWEEN :first AND :last
  AND (:whole OR (cardinality(t.counties) > 0 AND t.counties <@ CAST(:counties AS text[]))
       OR t.owners && CAST(:units AS text[]))
GROUP BY t.due, t.plan
ORDER BY 1, 2, 3
""")


def due_days(connection: Connection, account: Account, first: date, last: date) -> list[DueDay]:
    """Deadlines of open records (findings are told apart) and targets of the scope, by day."""
    values = {
        "first": first,
        "last": last,
        "whole": account.counties is None,
        "counties": list(account.counties or ()),
        "units": list(account.units),
    }
    return [DueDay(*row) for row in connection.execute(_DEADLINES, values)]
