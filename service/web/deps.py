"""Route dependencies: settings, a transaction, common query parameters."""

import math
from contextlib import AbstractContextManager
from typing import Annotated

from fastapi import Depends, Query, Request
from sqlalchemy import Connection, Engine

import service.web.path_numbers  # noqa: F401 - addresses of numbers are made with it
from gis.messages import Message
from service.errors import InvalidValueError, Problem
from service.settings import Settings
from service.web.thread_route import resources

SESSION_COOKIE = "luotu_session"


def settings_of(request: Request) -> Settings:
    """The settings that the app was made with."""
    settings: Settings = request.app.state.settings
    return settings


async def _settings(request: Request) -> Settings:
    return settings_of(request)


SettingsDep = Annotated[Settings, Depends(_settings)]


def begun(request: Request) -> AbstractContextManager[Connection]:
    """A transaction of its own, committed at its end."""
    engine: Engine = request.app.state.engine
    return engine.begin()


# Dependencies are `async` but never await: see `ThreadRoute`.
async def _transaction(request: Request) -> Connection:
    # Committed before the answer is sent.
    connection = resources(request).enter_context(begun(request))
    request.state.connection = connection
    return connection


ConnectionDep = Annotated[Connection, Depends(_transaction)]


def parse_bbox(text: str) -> tuple[float, float, float, float]:
    """``west,south,east,north`` in degrees.

    Raises
    ------
    InvalidValueError
        Not four finite numbers in range and in order.

    >>> parse_bbox("125,43,126,44")
    (125.0, 43.0, 126.0, 44.0)
    """
    try:
        west, south, east, north = (float(part) for part in text.split(","))
    except ValueError:
        raise InvalidValueError(
            Message(
                "bbox 应为 west,south,east,north 四个数（度）",
                "bbox is west,south,east,north: four numbers in degrees",
            )
        ) from None
    if not all(math.isfinite(bound) for bound in (west, south, east, north)):
        raise InvalidValueError(Message("bbox 须为有限数", "bbox must be finite numbers"))
    if not (-180 <= west <= east <= 180 and -90 <= south <= north <= 90):
        raise InvalidValueError(
            Message(
                "bbox 须自西向东、自南向北，经度在 ±180、纬度在 ±90 之内",
                "bbox must run from west to east within ±180 and south to north within ±90",
            )
        )
    return west, south, east, north


async def acknowledged_codes(
    acknowledge: Annotated[
        str | None,
        Query(
            max_length=500,
            pattern="^[a-z_]+(,[a-z_]+)*$",
            description="Codes of the warnings that you have seen, as the 409 named them.",
        ),
    ] = None,
) -> tuple[str, ...]:
    """Warnings that the writer lets stand."""
    return () if acknowledge is None else tuple(acknowledge.split(","))


AcknowledgedDep = Annotated[tuple[str, ...], Depends(acknowledged_codes)]

Bbox = Annotated[
    str | None,
    Query(max_length=200, description="west,south,east,north in degrees (CRS84)."),
]


def bad_query(field: str, message: Message, code: str = "invalid_request") -> Problem:
    """422 for a query parameter."""
    return Problem(422, code, message, errors=[{"field": field, "in": "query", "message": message}])
