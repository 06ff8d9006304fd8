"""Optimistic locking: a change names the version it is based on, and overwrites no other."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple, Protocol, TypeVar

from gis.messages import Message
from service.errors import Problem, not_found
from service.web.etags import Versions, etag


class Thing(NamedTuple):
    """The name of what is changed, for messages."""

    zh: str
    en: str


class Versioned(Protocol):
    """A row that was locked for a change."""

    @property
    def version(self) -> int:
        """Its present version."""


Locked = TypeVar("Locked", bound=Versioned)


def require_current(locked: Locked | None, seen: Versions, thing: Thing) -> Locked:
    """The locked row, when it is at one of the versions that the sender of the change has seen.

    Raises
    ------
    Problem
        404 for None: there is no such row, or it is not theirs; 412 ``stale`` with the ETag of the
        newest version when somebody else changed it meanwhile.
    """
    if locked is None:
        raise not_found(f"此{thing.zh}")
    if locked.version not in seen:
        raise stale(
            locked.version,
            Message(
                f"{thing.zh}已改为第 {locked.version} 版，您的修改未保存，请重新 GET 后再改",
                f"the {thing.en} is at version {locked.version} by now: GET it again and redo "
                "your change",
            ),
        )
    return locked


def stale(version: int, message: Message, errors: Sequence[Mapping[str, Any]] = ()) -> Problem:
    """412 with the ETag of the newest version; ``errors`` say what changed since."""
    return Problem(412, "stale", message, errors=errors, headers={"ETag": etag(version)})
