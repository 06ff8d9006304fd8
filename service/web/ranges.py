"""`Range` as RFC 9110 (14.2) wants it, before starlette's answers of files look at it."""

import re
from typing import Final

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from gis.messages import Message as Words
from service.errors import Problem
from service.web.problem_json import answer

MAX_RANGES: Final = 100
_RANGE: Final = re.compile(rb"\s*(?:(\d{1,30})-(\d{1,30})?|-\d{1,30})\s*")


class RangeMiddleware:
    """ASGI middleware: a `Range` that nobody can meet as it is written is passed over.

    It is one of another unit than bytes, one that is no range, more than a hundred of them, or one
    with HEAD. The answer is then the whole file, as without the header. A range beyond the end of
    the file is 416 in words.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        said = _said(scope) if scope["type"] == "http" else []
        if not said:
            await self.app(scope, receive, send)
            return
        if len(said) > 1 or scope["method"] != "GET" or "luotu.head" in scope or not known(said[0]):
            scope["headers"] = [entry for entry in scope["headers"] if entry[0] != b"range"]
            await self.app(scope, receive, send)
            return
        beyond = False

        async def in_words(message: Message) -> None:
            nonlocal beyond
            if message["type"] == "http.response.start" and message["status"] == 416:
                beyond = True
                where = dict(message["headers"]).get(b"content-range", b"bytes */*").decode()
                await answer(_beyond(where), scope)(scope, receive, send)
            if not beyond:
                await send(message)

        await self.app(scope, receive, in_words)


def known(value: bytes) -> bool:
    """Whether the value of `Range` is one or more ranges of bytes.

    >>> known(b"bytes=0-9, -5"), known(b"bytes=5-2"), known(b"lines=1-2"), known(b"bytes=")
    (True, False, False, False)
    """
    unit, _, ranges = value.partition(b"=")
    if unit.strip().lower() != b"bytes" or ranges.count(b",") >= MAX_RANGES:
        return False
    for part in ranges.split(b","):
        found = _RANGE.fullmatch(part)
        if found is None or (found[2] is not None and int(found[2]) < int(found[1])):
            return False
    return True


def _said(scope: Scope) -> list[bytes]:
    return [value for name, value in scope["headers"] if name == b"range"]


def _beyond(where: str) -> Problem:
    size = where.rpartition("/")[2]
    return Problem(
        416,
        "range_beyond_end",
        Words(
            f"Range 在文件末尾之后（共 {size} 字节），请去掉 Range 或从前面开始",
            f"the range begins after the end of the file ({size} bytes): leave Range out or "
            "begin earlier",
        ),
        headers={"Content-Range": where},
    )
