"""What accounts said that headings of their files mean."""

from collections.abc import Mapping

from sqlalchemy import Connection, func, select
from sqlalchemy.dialects.postgresql import insert

from service.accounts.db.accounts import Account
from service.database.import_tables import import_mapping

__all__ = ["MAX_MAPPINGS", "remember", "remembered"]

MAX_MAPPINGS = 1_000
m = import_mapping


def remembered(connection: Connection, account: Account) -> dict[str, str]:
    """Property by heading (plain), as the account said last; the newest of a thousand."""
    statement = select(m.c.heading, m.c.property).where(m.c.account_id == account.id)
    rows = connection.execute(statement.order_by(m.c.changed_at.desc()).limit(MAX_MAPPINGS))
    return {row.heading: row.property for row in rows}


def remember(connection: Connection, account: Account, properties: Mapping[str, str]) -> None:
    """Keep properties by heading (plain) for the next file of the account."""
    if not properties:
        return
    rows = [
        {"account_id": account.id, "heading": heading, "property": name}
        for heading, name in sorted(properties.items())
    ]
    fresh = insert(m).values(rows)
    connection.execute(
        fresh.on_conflict_do_update(
            index_elements=["account_id", "heading"],
            set_={"property": fresh.excluded.property, "changed_at": func.now()},
        )
    )
