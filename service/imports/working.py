"""Pieces of work on imports, done in the name of who asked for them."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Literal, TypeAlias

from sqlalchemy import Connection, Engine

from service.accounts.db.accounts import Account, end_credential
from service.accounts.work import work_secret, working_account

__all__ = ["Task", "Work", "work_for"]

Task: TypeAlias = Literal["stage", "commit"]


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
            As :func:`working_account`.
        """
        with engine.begin() as connection:
            yield connection, working_account(connection, self.secret, "planner")

    def end(self, engine: Engine) -> None:
        """Let the secret stand for nobody any more."""
        with engine.begin() as connection:
            end_credential(connection, self.secret)


def work_for(connection: Connection, account_id: int, number: int, task: Task) -> Work:
    """Work on an import in the name of an account, from the commit of this transaction on."""
    return Work(number, task, work_secret(connection, account_id))
