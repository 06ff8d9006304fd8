"""How many patrols counted in each county."""

from datetime import date

from sqlalchemy import Connection, text

from service.accounts.db.accounts import Account

__all__ = ["patrols_of_counties"]

_COUNTS = text("""
SELECT county, count(*) AS patrols FROM patrol
WHERE apart = '{}' AND beijing_day(started_at) >= :first AND beijing_day(started_at) < :after
  AND (CAST(:scope AS text[]) IS NULL OR county = ANY(CAST(:scope AS text[])))
GROUP BY county
""")


def patrols_of_counties(
    connection: Connection, account: Account, first: date, after: date
) -> dict[str, int]:
    """Patrols from a day on and before another, by county of the account."""
    scope = None if account.counties is None else list(account.counties)
    rows = connection.execute(_COUNTS, {"first": first, "after": after, "scope": scope})
    return {row.county: row.patrols for row in rows}
