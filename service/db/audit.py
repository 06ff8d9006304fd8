"""The audit log: who did what that is not the change of a plot."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, insert

from service.db.accounts import Account
from service.db.tables import audit


def note(
    connection: Connection, who: Account | None, action: str, detail: Mapping[str, Any]
) -> None:
    """Add an entry, in the transaction of what it tells of."""
    connection.execute(
        insert(audit).values(
            account_id=None if who is None else who.id, action=action, detail=dict(detail)
        )
    )
