"""ETags: versions, so that nobody overwrites what they have not seen, nor gets it twice."""

import re
from collections.abc import Sequence
from typing import Annotated

from fastapi import Depends, Header

from gis.messages import Message
from service.errors import Problem

# `"7"`, as we give it. A proxy that packs answers marks it weak; the version is the same.
_TAG = re.compile(r'\s*(?:W/)?"(\d{1,9})"\s*')
MAX_CHARS = 500

IfMatchHeader = Annotated[
    str | None,
    Header(max_length=MAX_CHARS, description='The ETag of the version that you saw: `"7"`.'),
]
IfNoneMatch = Annotated[
    str | None, Header(max_length=MAX_CHARS, description="ETags that you have: 304 if unchanged.")
]

Versions = Sequence[int]


def etag(version: int) -> str:
    """The ETag of a version.

    >>> etag(7)
    '"7"'
    """
    return f'"{version}"'


def versions_in(header: str) -> list[int]:
    """The versions that a list of ETags names; ETags of another form are left out.

    >>> versions_in('"7", W/"8", "x"')
    [7, 8]
    """
    matches = (_TAG.fullmatch(part) for part in header.split(","))
    return [int(tag[1]) for tag in matches if tag]


async def optional_match(if_match: IfMatchHeader = None) -> Versions | None:
    """Versions in ``If-Match``; None without it. Raises `Problem` 428 for ``*``."""
    if if_match is None:
        return None
    if if_match.strip() == "*":
        raise precondition_required()
    return versions_in(if_match)


def precondition_required() -> Problem:
    """428: a change must name the version that it changes."""
    return Problem(
        428,
        "precondition_required",
        Message(
            '修改须带 If-Match：先 GET 这一条，把 ETag（如 "7"）原样放入 If-Match，* 不行',
            "a change must say which version it changes: GET it first and send its ETag, e.g. "
            '"7", as If-Match (`*` names none)',
        ),
    )


OptionalMatchDep = Annotated[Versions | None, Depends(optional_match)]


async def match(versions: OptionalMatchDep) -> Versions:
    """As `optional_match`, where the header is required. Raises `Problem` 428 without it."""
    if versions is None:
        raise precondition_required()
    return versions


MatchDep = Annotated[Versions, Depends(match)]


def unchanged(if_none_match: str | None, version: int) -> bool:
    """Whether the caller has this version already."""
    if if_none_match is None:
        return False
    return if_none_match.strip() == "*" or version in versions_in(if_none_match)


def has_tag(if_none_match: str | None, tag: str) -> bool:
    """Whether the caller has what bears a tag; a proxy may have marked it weak.

    >>> has_tag('"a", W/"b"', '"b"'), has_tag(None, '"b"')
    (True, False)
    """
    known = (if_none_match or "").split(",")
    return tag in (one.strip().removeprefix("W/") for one in known)
