"""The author and the reason that triggers write into the history of every version."""

from sqlalchemy import Connection, text

from service.accounts.db.accounts import Account

_SIGN = text("""
SELECT set_config('luotu.account', :account, true), set_config('luotu.reason', :reason, true)
""")


def set_change_author(connection: Connection, account: Account, reason: str | None = None) -> None:
    """Set the author and the reason of the changes that this transaction will make.

    Both end with the transaction. Changes by plain SQL are recorded under the name of the database
    user.
    """
    connection.execute(_SIGN, {"account": str(account.id), "reason": reason or ""})
