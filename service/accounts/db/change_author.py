"""Whose change it is: what the triggers write into the history beside every version."""

from sqlalchemy import Connection, text

from service.accounts.db.accounts import Account

_SIGN = text("""
SELECT set_config('luotu.account', :account, true), set_config('luotu.reason', :reason, true)
""")


def set_change_author(connection: Connection, account: Account, reason: str | None = None) -> None:
    """Name the account and the reason of what this transaction is about to change.

    Both end with the transaction. Whoever writes without a name, by SQL, is known by the name of
    the database user.
    """
    connection.execute(_SIGN, {"account": str(account.id), "reason": reason or ""})
