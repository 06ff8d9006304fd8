"""Each subject says what its errors are answered with; the nearest class of an error decides."""

import json
from typing import Any

import pytest
from fastapi.exceptions import RequestValidationError
from psycopg import errors as pg
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, OperationalError

from data.schemas import Misfit
from data.writing.export_report import ExportRefused, refuse_misfits
from gis.messages import Message
from service.accounts.api import problems as account_problems
from service.errors import Problem
from service.plots.api import problems as plot_problems
from service.plots.db.ground_lock import GroundBusy
from service.plots.number_taken import NumberTaken
from service.web.problem_json import MAX_ERRORS, ErrorTable, answer, error_table, to_problem
from tests.service.conftest import Database, SignIn


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


@pytest.mark.parametrize("cause", [pg.DeadlockDetected(), pg.SerializationFailure()])
def test_who_waited_in_a_circle_is_told_to_try_again(cause: Exception) -> None:
    problem = to_problem(OperationalError("UPDATE", {}, cause))
    assert (problem.status, problem.code) == (409, "conflict")


def test_of_many_wrong_fields_so_many_are_told_and_the_others_counted() -> None:
    wrong = {"type": "missing", "msg": "Field required"}
    fields = [{**wrong, "loc": ("body", f"f{n}")} for n in range(MAX_ERRORS + 3)]
    problem = to_problem(RequestValidationError(fields))
    assert len(problem.errors) == MAX_ERRORS
    assert "另有 3 处未列出" in problem.message.zh
    assert "3 more are not listed" in problem.message.en


def _body(problem: Problem) -> Any:
    return json.loads(bytes(answer(problem, {"type": "http", "headers": []}).body))


def test_an_error_that_names_a_field_alone_bears_the_words_of_the_problem() -> None:
    words = Message("编号已用", "the code is taken")
    body = _body(Problem(409, "taken", words, errors=[{"field": "code", "uses": 2}]))
    assert body["errors"] == [{"field": "code", "uses": 2, "code": "taken", "message": "编号已用"}]


def test_an_error_with_words_of_its_own_keeps_them() -> None:
    errors = [{"field": "a", "code": "b", "message": Message("其一", "one")}]
    assert _body(Problem(422, "taken", Message("其他", "other"), errors=errors))["errors"] == [
        {"field": "a", "code": "b", "message": "其一"}
    ]


def test_of_any_problem_so_many_errors_are_listed_and_the_others_counted() -> None:
    errors = [{"field": f"f{n}"} for n in range(MAX_ERRORS + 3)]
    body = _body(Problem(422, "wrong", Message("错", "wrong"), errors=errors))
    assert len(body["errors"]) == MAX_ERRORS
    assert body["detail"] == "错（另有 3 处未列出）"


def test_of_an_export_that_does_not_fit_so_many_values_are_listed_and_all_counted() -> None:
    words = Message("太长", "too long")
    misfits = [Misfit("name", "too_long", words, row=n) for n in range(1, MAX_ERRORS + 51)]
    with pytest.raises(ExportRefused) as refused:
        refuse_misfits(misfits)
    body = _body(to_problem(refused.value))
    assert (len(body["errors"]), f"有 {MAX_ERRORS + 50} 个值" in body["detail"]) == (
        MAX_ERRORS,
        True,
    )


def test_a_file_that_is_wrong_though_the_disk_has_room_is_no_full_disk() -> None:
    words = Message("字段 chl 宽 6", "the field chl has 6 bytes")
    problem = to_problem(ExportRefused(words, code="cannot_write"))
    assert (problem.status, problem.code) == (500, "internal_error")


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


@pytest.mark.parametrize("language", ["zh", "en"])
def test_no_refusal_sends_a_person_to_the_page_of_the_interface(
    sign_in: SignIn, language: str
) -> None:
    client = sign_in("gis")
    headers = {"Accept-Language": language}
    unknown = client.get("/api/nothing", headers=headers)
    wrong = client.post("/api/plots", json={"type": 1}, headers=headers)
    assert (unknown.status_code, wrong.status_code) == (404, 422)
    assert "/docs" not in unknown.json()["detail"] + wrong.json()["detail"]
