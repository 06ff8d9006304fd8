"""What somebody at the terminal does in the name of another account, with its rights and scope."""

from datetime import timedelta

from sqlalchemy import Connection

from gis.messages import Message
from service.accounts.db.accounts import (
    Account,
    AccountRefused,
    account_by_secret,
    account_id,
    end_credential,
    give_credential,
)

__all__ = ["acting_as"]

_AT_ONCE = timedelta(minutes=1)


def acting_as(connection: Connection, name: str) -> Account:
    """The account of a name; from here on the transaction sees its ground, and no other.

    Raises
    ------
    AccountRefused
        ``no_account``: there is none of that name, or it is disabled.
    """
    number = account_id(connection, name)
    account = None
    if number is not None:
        # The scope is signed for a secret only: one is made, used and ended in this transaction.
        secret = give_credential(connection, number, "work", _AT_ONCE)
        account = account_by_secret(connection, secret, ["work"])
        end_credential(connection, secret)
    if account is None:
        raise AccountRefused(
            "no_account",
            Message(
                f"没有用户 {name!r}，或已停用，见 luotu user list",
                f"there is no account {name!r}, or it is disabled: see `luotu user list`",
            ),
        )
    return account
