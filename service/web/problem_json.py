"""Every error as RFC 9457 problem+json.

Each subject maps errors of its own in its ``api/problems.py``: ``service/app.py`` hands those
tables to `add_handlers`.
"""

import errno
import os
from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any, Final

import structlog
from fastapi import FastAPI, Request
from fastapi.encoders import jsonable_encoder
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from fastapi.routing import APIRoute
from psycopg import errors as pg
from sqlalchemy.exc import DataError, DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from starlette.exceptions import HTTPException
from starlette.types import Scope

from data.codes import UnknownCodeError
from data.errors import FileRefused
from data.scratch import FULL, TemporaryDiskFull
from data.writing.atomic import reason
from data.writing.export_report import ExportRefused
from gis.errors import GeometryError
from gis.messages import Message
from service.errors import InvalidValueError, Problem
from service.web.form_fields import by_fields
from service.web.language import language_of, localised_errors, mark_language
from service.web.validation_messages import validation_message

log = structlog.get_logger()

PROBLEM_JSON = "application/problem+json"
MAX_ERRORS: Final = 200

# The answer to errors of each class and of its subclasses.
ErrorTable = Mapping[type[Exception], Callable[[Any], Problem]]


def answer(problem: Problem, scope: Scope) -> JSONResponse:
    """The problem as the response to a request, in the language that the request prefers.

    An error that names a field alone gets the code and the words of the problem. `MAX_ERRORS` are
    listed, and ``detail`` tells how many are not.
    """
    status = HTTPStatus(problem.status)
    language = language_of(scope)
    detail = _with_left_off(problem.message, len(problem.errors) - MAX_ERRORS)
    body: dict[str, Any] = {
        "type": "about:blank",
        "title": status.phrase,
        "status": problem.status,
        "code": problem.code,
        "detail": by_fields(detail).text(language),
    }
    if problem.errors:
        errors = [
            {"code": problem.code, "message": problem.message, **error}
            for error in problem.errors[:MAX_ERRORS]
        ]
        body["errors"] = jsonable_encoder(localised_errors(errors, language))
    response = JSONResponse(body, problem.status, media_type=PROBLEM_JSON)
    for name, value in problem.headers.items():
        for item in (value,) if isinstance(value, str) else value:
            response.headers.append(name, item)
    mark_language(response.headers, language)
    return response


def _with_left_off(message: Message, number: int) -> Message:
    if number <= 0:
        return message
    return Message(
        f"{message.zh}（另有 {number} 处未列出）",
        f"{message.en} ({number} more are not listed)",
    )


def _geometry(error: GeometryError) -> Problem:
    entry: dict[str, Any] = {"field": "geometry", "code": error.code, "message": error.message}
    if error.at is not None:
        entry["at"] = list(error.at)
    return Problem(422, error.code, error.message, errors=[entry])


def _file(error: FileRefused) -> Problem:
    entry: dict[str, Any] = {"row": error.feature, "code": error.code, "message": error.message}
    if error.at is not None:
        entry["at"] = list(error.at)
    return Problem(422, error.code, error.message, errors=[entry])


def _no_room(error: TemporaryDiskFull) -> Problem:
    """The service's own disk is full: the sender cannot mend that, so no 422."""
    log.error("temporary_disk_full", exc_info=error)
    return Problem(503, "temporary_disk_full", error.message, headers={"Retry-After": "60"})


def _without_room(error: BaseException | None) -> bool:
    """Whether a full disk caused an error, such as a body that could not be spooled."""
    while error is not None and not (isinstance(error, OSError) and error.errno in FULL):
        error = error.__cause__ or error.__context__
    return error is not None


# Which part of a request a refused form of a file was named in.
_OF_FORM: Final = {
    "unknown_format": "format",
    "unknown_encoding": "encoding",
    "wrong_crs": "crs",
    "wrong_schema": "schema",
}


def _export(error: ExportRefused) -> Problem:
    if error.code == "cannot_write":
        if error.__cause__ is None:  # what was written is not what it should be: a fault of ours
            log.error("export_broken", exc_info=error)
            return Problem(500, "internal_error", error.message)
        # In the folder for temporary files, where exports begin.
        return _no_room(TemporaryDiskFull(reason(error.__cause__)))
    errors = [
        {
            "row": issue.row,
            "id": issue.id,
            "field": issue.field,
            "code": issue.code,
            "message": issue.message,
        }
        for issue in error.misfits[:MAX_ERRORS]  # the message counts all of them
    ]
    if error.code in _OF_FORM:
        errors = [{"field": _OF_FORM[error.code], "code": error.code, "message": error.message}]
    return Problem(422, error.code, error.message, errors=errors)


def _validation(error: RequestValidationError) -> Problem:
    details = error.errors()
    errors = [
        {
            "field": ".".join(str(part) for part in detail["loc"][1:]) or str(detail["loc"][0]),
            "in": str(detail["loc"][0]),
            "code": detail["type"],
            "message": validation_message(detail),
        }
        for detail in details[:MAX_ERRORS]
    ]
    first = errors[0]
    return Problem(
        422,
        "invalid_request",
        _with_left_off(
            Message(
                f"{first['field']}：{first['message'].zh}；请改正后重发",
                f"{first['field']}: {first['message'].en}; mend the named fields "
                "describes and send again",
            ),
            len(details) - len(errors),
        ),
        errors=errors,
    )


UNAVAILABLE = Problem(
    503,
    "database_unavailable",
    Message(
        "数据库暂不可用，请稍后重试",
        "the database is away, try again in a moment",
    ),
    headers={"Retry-After": "5"},
)
TIMED_OUT = Problem(
    503,
    "query_timed_out",
    Message(
        "查询超时，请缩小范围",
        "the query took too long, ask for a smaller area or fewer plots",
    ),
    headers={"Retry-After": "30"},
)
LOCKED = Problem(
    503,
    "locked",
    Message(
        "数据正被另一项操作锁定（如导入、维护），未保存任何内容，请稍后重试",
        "another operation (an import, maintenance) holds the data, nothing was stored: try "
        "again in a moment",
    ),
    headers={"Retry-After": "5"},
)
DISK_FULL = Problem(
    503,
    "disk_full",
    Message(
        "数据库磁盘已满，未保存任何内容：请管理员清理磁盘后重试",
        "the database's disk is full, nothing was stored: an administrator must free space, "
        "then send it again",
    ),
    headers={"Retry-After": "60"},
)
CONFLICT = Problem(
    409,
    "conflict",
    Message(
        "与另一次修改冲突，请重试",
        "another change came first, try again",
    ),
)
REFERRED = Problem(
    409,
    "conflict",
    Message(
        "另一次修改同时删除了这里引用的数据，或引用了这里要删除的数据；未保存任何内容，请重新读取后再试",
        "at the same moment another change deleted what this one refers to, or came to refer to "
        "what it deletes; nothing was stored: read it again, then try again",
    ),
)
UNSTORABLE = Problem(
    422,
    "value_not_storable",
    Message(
        "有一个值数据库无法保存（过大或含非法字符），请改正后重发",
        "the database cannot hold one of the values (a number too large, a character that is "
        "none): mend it and send again",
    ),
)
FAILED = Problem(
    500,
    "internal_error",
    Message(
        "服务内部错误，详见服务日志",
        "an error of ours: see the service's log",
    ),
)


def _at_one_moment(error: DBAPIError) -> Problem:
    """Two changes at one moment, of which our checks saw the other one not yet."""
    cause = error.orig
    if isinstance(cause, pg.ForeignKeyViolation):
        # A check that is missing would show in the log again and again.
        log.warning("referred_at_one_moment", reason=str(cause))
        return REFERRED
    if isinstance(cause, pg.CheckViolation | pg.NotNullViolation):
        return _ours(error)
    return CONFLICT


def _ours(error: DBAPIError) -> Problem:
    log.error("database_error", exc_info=error)
    return FAILED


def _database(error: DBAPIError) -> Problem:
    cause = error.orig
    if isinstance(cause, pg.QueryCanceled | pg.LockNotAvailable):
        return TIMED_OUT if isinstance(cause, pg.QueryCanceled) else LOCKED
    if isinstance(cause, pg.DiskFull):
        log.error("disk_full", exc_info=error)
        return DISK_FULL
    if isinstance(error, DataError):
        # Our checks should refuse this before; if not, it is still the sender's error.
        log.warning("database_refused_value", exc_info=error)
        return UNSTORABLE
    # Before the next, since a deadlock is an OperationalError, too.
    if isinstance(cause, pg.IntegrityError | pg.SerializationFailure | pg.DeadlockDetected):
        return _at_one_moment(error)
    if isinstance(error, OperationalError) or error.connection_invalidated:
        return UNAVAILABLE
    return _ours(error)


# What Starlette and FastAPI answer themselves, in English only.
_CHINESE_STATUS: Final[dict[int, str]] = {
    HTTPStatus.BAD_REQUEST: "请求无法读懂",
    HTTPStatus.NOT_FOUND: "没有这个地址",
    HTTPStatus.METHOD_NOT_ALLOWED: "此地址不支持这一方法",
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: "请求过大",
}


def _http(error: HTTPException) -> Problem:
    phrase = HTTPStatus(error.status_code).phrase
    return Problem(
        error.status_code,
        phrase.lower().replace(" ", "_"),
        Message(
            f"{_CHINESE_STATUS.get(error.status_code, error.detail)}；请核对地址和方法",
            f"{error.detail}; look at the address and the method",
        ),
        headers=error.headers,
    )


def _failed(error: Exception) -> Problem:
    log.error("internal_error", exc_info=error)
    return FAILED


# Errors of the libraries, of gis/ and data/, and our own Problem.
COMMON_ERRORS: Final[ErrorTable] = {
    Problem: lambda problem: problem,
    GeometryError: _geometry,
    FileRefused: _file,
    TemporaryDiskFull: _no_room,
    ExportRefused: _export,
    UnknownCodeError: lambda error: Problem(422, error.code, error.message),
    InvalidValueError: lambda error: Problem(422, "invalid_request", error.message),
    RequestValidationError: _validation,
    HTTPException: _http,
    DBAPIError: _database,
    PoolTimeout: lambda _: UNAVAILABLE,
    Exception: _failed,
}


def error_table(*tables: ErrorTable) -> ErrorTable:
    """The common errors and those of the subjects, as one table.

    Raises
    ------
    ValueError
        Two tables answer the same class.
    """
    merged = dict(COMMON_ERRORS)
    for table in tables:
        for kind, to_answer in table.items():
            if kind in merged:
                raise ValueError(f"{kind.__name__} is in two error tables")
            merged[kind] = to_answer
    return merged


def add_handlers(app: FastAPI, *tables: ErrorTable) -> None:
    """Let the app answer every error, FastAPI's own included, as problem+json.

    ``tables`` are those of the subjects; an error is answered by its nearest class in any of them.
    """
    table = error_table(*tables)

    # Needs no thread: a request may be refused because none is free.
    async def handle(request: Request, error: Exception) -> JSONResponse:
        problem = to_problem(error, table)
        if problem.status == HTTPStatus.METHOD_NOT_ALLOWED:
            problem.headers["Allow"] = _allowed(app, request.url.path) or problem.headers["Allow"]
        return answer(problem, request.scope)

    for kind in table:
        app.add_exception_handler(kind, handle)


def _allowed(app: FastAPI, path: str) -> str:
    """Every method of the address: the router knows only the first route that fits."""
    # Out of the routes: the document takes a second to make, and this is said by the event loop.
    exact: set[str] = set()
    fitting: set[str] = set()
    for included in app.routes:
        of_subject = getattr(included, "original_router", None)
        for route in [included] if of_subject is None else of_subject.routes:
            if isinstance(route, APIRoute) and route.include_in_schema:
                if route.path_format == path:
                    exact.update(route.methods or ())
                # By its converters too: a word is no number.
                elif route.path_regex.match(path):
                    fitting.update(route.methods or ())
    methods = exact or fitting
    if "GET" in methods:
        methods.add("HEAD")
    return ", ".join(sorted(methods))


def to_problem(error: Exception, table: ErrorTable = COMMON_ERRORS) -> Problem:
    """The problem that an error is answered with: by its nearest class in the table."""
    if not isinstance(error, TemporaryDiskFull) and _without_room(error):
        error = TemporaryDiskFull(os.strerror(errno.ENOSPC))
    return next(table[kind] for kind in type(error).__mro__ if kind in table)(error)
