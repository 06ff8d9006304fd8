"""The audit log: who did what that is not the change of a plot."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, insert

from service.accounts.db.accounts import Account
from service.database.metadata import audit


def note(
    connection: Connection, account: Account | int | None, action: str, detail: Mapping[str, Any]
) -> None:
    """Add an entry on somebody or their number, in the transaction of what it tells of."""
    number = account.id if isinstance(account, Account) else account
    connection.execute(insert(audit).values(account_id=number, action=action, detail=dict(detail)))
