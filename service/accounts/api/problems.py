"""What errors about accounts are answered with."""

from typing import Final

from service.accounts.db.accounts import AccountRefused
from service.errors import Problem
from service.web.problem_json import ErrorTable


def account_refused(error: AccountRefused) -> Problem:
    """422 under the error's own code."""
    return Problem(422, error.code, error.message)


ERRORS: Final[ErrorTable] = {AccountRefused: account_refused}
