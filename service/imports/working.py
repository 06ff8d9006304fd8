"""Pieces of work on imports, done in the name of who asked for them."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal, TypeAlias

from sqlalchemy import Connection, Engine

from gis.messages import Message
from service.accounts.db.accounts import (
    Account,
    account_by_secret,
    end_credential,
    give_credential,
)
from service.errors import Problem

__all__ = ["Task", "Work", "work_for"]

Task: TypeAlias = Literal["stage", "commit"]
WORK_LASTS = timedelta(hours=6)


@dataclass(frozen=True)
class Work:
    """An import that is to be staged or committed.

    The secret stands for the account until the work is done; it is in memory only. A service that
    starts anew gives the account another one, and begins the work again.
    """

    import_id: int
    task: Task
    secret: str

    @contextmanager
    def signed_in(self, engine: Engine) -> Iterator[tuple[Connection, Account]]:
        """A transaction of the account, with the scope that it has now.

        Raises
        ------
        Problem
            401: the account was disabled meanwhile, or the work took too long.
        """
        with engine.begin() as connection:
            account = account_by_secret(connection, self.secret, ["work"])
            if account is None:
                words = Message(
                    "账号已停用或任务超时，未写入任何内容",
                    "the account was disabled, or the work took too long: nothing was written",
                )
                raise Problem(401, "work_ended", words)
            yield connection, account

    def end(self, engine: Engine) -> None:
        """Let the secret stand for nobody any more."""
        with engine.begin() as connection:
            end_credential(connection, self.secret)


def work_for(connection: Connection, account_id: int, number: int, task: Task) -> Work:
    """Work on an import in the name of an account, from the commit of this transaction on."""
    return Work(number, task, give_credential(connection, account_id, "work", WORK_LASTS))
