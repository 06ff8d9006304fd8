"""Work that goes on after its request was answered, in the name of whoever asked for it."""

from datetime import timedelta
from typing import Final

from sqlalchemy import Connection

from gis.messages import Message
from service.accounts.api.deps import require_role
from service.accounts.db.accounts import Account, Role, account_by_secret, give_credential
from service.errors import Problem

__all__ = ["work_secret", "working_account"]

LASTS: Final = timedelta(hours=6)


def work_secret(connection: Connection, account_id: int) -> str:
    """A secret that stands for the account in work of the service; it is kept in memory only."""
    return give_credential(connection, account_id, "work", LASTS)


def working_account(connection: Connection, secret: str, role: Role) -> Account:
    """The account of the secret with the role and scope that it has now, for this transaction.

    Raises
    ------
    Problem
        401 ``work_ended``: the account was disabled or its secrets ended meanwhile, or the work
        took too long; 403 ``role_missing``: it lost the role.
    """
    account = account_by_secret(connection, secret, ["work"])
    if account is None:
        words = Message(
            "账号已停用、期间改了密码或撤销了令牌，或任务超时，未写入任何内容；请重新提交",
            "the account was disabled, its password was changed or its tokens were revoked "
            "meanwhile, or the work took too long: nothing was written, send it again",
        )
        raise Problem(401, "work_ended", words)
    return require_role(account, role)
