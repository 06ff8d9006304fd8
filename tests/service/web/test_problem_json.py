"""Each subject says what its errors are answered with; the nearest class of an error decides."""

import pytest
from fastapi.exceptions import RequestValidationError
from psycopg import errors as pg
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, OperationalError

from gis.messages import Message
from service.accounts.api import problems as account_problems
from service.errors import Problem
from service.plots.api import problems as plot_problems
from service.plots.db.ground_lock import GroundBusy
from service.plots.number_taken import NumberTaken
from service.web.problem_json import MAX_ERRORS, ErrorTable, error_table, to_problem
from tests.service.conftest import Database


class SubjectError(ValueError):
    """An error of a subject."""


class SpecialError(SubjectError):
    """A special case of it."""


TABLE: ErrorTable = {SubjectError: lambda _: Problem(422, "refused", Message("原因", "why"))}


def test_a_subject_answers_its_own_errors_and_their_subclasses() -> None:
    table = error_table(TABLE)
    assert (to_problem(SpecialError("why"), table).status) == 422
    assert str(to_problem(SpecialError("why"), table)) == "原因；why"


def test_an_error_that_nobody_registered_is_ours() -> None:
    assert to_problem(SubjectError("why")).code == "internal_error"


def test_the_nearest_class_decides() -> None:
    nearer: ErrorTable = {SpecialError: lambda _: Problem(409, "special", Message("", ""))}
    assert to_problem(SpecialError(), error_table(TABLE, nearer)).status == 409
    # OperationalError is a DBAPIError, which the common errors answer.
    locked = OperationalError("SELECT", {}, pg.LockNotAvailable())
    assert to_problem(locked, error_table(TABLE)).code == "locked"


def test_of_many_wrong_fields_so_many_are_told_and_the_others_counted() -> None:
    wrong = {"type": "missing", "msg": "Field required"}
    fields = [{**wrong, "loc": ("body", f"f{n}")} for n in range(MAX_ERRORS + 3)]
    problem = to_problem(RequestValidationError(fields))
    assert len(problem.errors) == MAX_ERRORS
    assert "另有 3 处未列出" in problem.message.zh
    assert "3 more are not listed" in problem.message.en


def test_an_error_that_two_tables_answer_is_refused() -> None:
    with pytest.raises(ValueError, match="SubjectError is in two error tables"):
        error_table(TABLE, TABLE)


def test_a_taken_number_and_busy_ground_are_answered_by_the_plots() -> None:
    table = error_table(account_problems.ERRORS, plot_problems.ERRORS)
    taken = to_problem(NumberTaken("220102", 2025, "7"), table)
    assert (taken.status, taken.code) == (409, "plot_no_taken")
    assert taken.errors == [{"field": "properties.plot_no"}]
    busy = to_problem(GroundBusy(), table)
    assert (busy.status, busy.code, busy.headers) == (503, "ground_busy", {"Retry-After": "2"})


@pytest.mark.parametrize(
    ("statement", "status", "code"),
    [
        ("SELECT pg_sleep(10)", 503, "query_timed_out"),
        ("SELECT CAST('99999999999' AS int)", 422, "value_not_storable"),
    ],
)
def test_an_error_of_the_database_is_a_problem_with_its_code(
    database: Database, statement: str, status: int, code: str
) -> None:
    with database.service.connect() as connection:
        connection.execute(text("SET LOCAL statement_timeout = 100"))
        with pytest.raises(DBAPIError) as refused:
            connection.execute(text(statement))
        connection.rollback()
    problem = to_problem(refused.value)
    assert (problem.status, problem.code) == (status, code)
