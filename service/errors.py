"""Errors that refuse a request or a command; every command imports them, so they import little.

`service/web/problem_json.py` answers the web with them.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from gis.messages import InvalidValueError, Message, MessageError

__all__ = ["InvalidValueError", "PortTaken", "Problem", "not_found", "wrong_state"]


class PortTaken(MessageError, RuntimeError):  # noqa: N818 - said to a person
    """Another process listens on the port of the service."""


class Problem(MessageError):  # noqa: N818 - RFC 9457's word
    """A request that cannot be answered as asked.

    ``code`` is stable, ``message`` is for people and says what to do next, ``errors`` name fields,
    rows and places: their ``message`` is a `Message`, of which one language is sent. A header with
    several values is sent once for each.
    """

    def __init__(
        self,
        status: int,
        code: str,
        message: Message,
        *,
        errors: Sequence[Mapping[str, Any]] = (),
        headers: Mapping[str, str | Sequence[str]] | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.errors = list(errors)
        self.headers = dict(headers or {})


def not_found(what: str) -> Problem:
    """404 both for what does not exist and for what lies outside the scope, on purpose."""
    return Problem(
        404,
        "not_found",
        Message(
            f"没有{what}，或不在您的管辖范围，请核对，或请管理员扩大范围",
            "not found, or not in your scope: check the address, or ask an administrator for more",
        ),
    )


def wrong_state(
    thing: Message,
    state: str,
    needed: Sequence[str],
    name: Callable[[str], str | None],
    way: str = "",
) -> Problem:
    """409: a step does not follow from the state of a thing.

    ``name`` gives the Chinese word of a state, ``way`` is the route that leads on.
    """
    here, there = name(state) or state, "或".join(name(other) or other for other in needed)
    return Problem(
        409,
        "wrong_state",
        Message(
            f"{thing.zh}现为“{here}”，此操作需要“{there}”" + (f"；可用 {way}" if way else ""),
            f"{thing.en} is {state}, this step needs {' or '.join(needed)}"
            + (f": {way}" if way else ""),
        ),
    )
