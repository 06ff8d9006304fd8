"""What a job of each kind does: handed to the worker by whoever knows the kind."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, TypeAlias

from sqlalchemy import Connection

from service.accounts.db.accounts import Account, Role

ROLES: Final[Mapping[str, tuple[Role, ...]]] = {
    "export": ("planner", "inspector"),
    "handin": ("gis",),
}
"""Who asks for jobs of a kind, has them done and fetches their files: all three, by one of these
roles. An account that lost them since has neither the work nor the file."""


@dataclass(frozen=True)
class Task:
    """A job as its kind works on it.

    ``connection`` sees what the account sees. ``count`` tells how many rows there are, ``advance``
    that some more are done; both raise `Cancelled` once the job is to end. The file is written
    into ``folder``.
    """

    connection: Connection
    account: Account
    params: Mapping[str, Any]
    folder: Path
    count: Callable[[int], None]
    advance: Callable[[int], None]


@dataclass(frozen=True)
class Made:
    """What came of a job: its file, and what it says of it."""

    file_name: str | None
    """None where the job has nothing to hand out."""
    media_type: str
    result: Mapping[str, Any]


class Cancelled(Exception):  # noqa: N818 - no failure: somebody wanted it
    """The job was cancelled while it ran."""


Kind: TypeAlias = Callable[[Task], Made]
