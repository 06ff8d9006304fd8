"""How one target or reported figure is answered: with the words of the lists, and its ETag."""

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from fastapi import Response
from sqlalchemy import Connection

from service.accounts.db.accounts import Account
from service.plans.indicators import Words, words_in_use
from service.web.etags import etag

Out = TypeVar("Out")
Row = Mapping[str, Any]


def answering(
    read: Callable[[Connection, Account, int], Row], as_answer: Callable[[Words, Row], Out]
) -> Callable[[Connection, Account, int, Response], Out]:
    """A function that reads the row of a number as an account sees it, and answers it.

    The answer bears the ETag of the row's version. What ``read`` raises (404) passes through.
    """

    def answer(connection: Connection, account: Account, number: int, response: Response) -> Out:
        row = read(connection, account, number)
        response.headers["ETag"] = etag(row["version"])
        return as_answer(words_in_use(connection), row)

    return answer
