"""The audit log of all but changes of plots, which have a history of their own."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, insert

from service.accounts.db.accounts import Account
from service.database.metadata import audit


def note(
    connection: Connection, account: Account | int | None, action: str, detail: Mapping[str, Any]
) -> None:
    """Add an entry for an account (or its id), in the transaction of the act itself."""
    number = account.id if isinstance(account, Account) else account
    connection.execute(insert(audit).values(account_id=number, action=action, detail=dict(detail)))
