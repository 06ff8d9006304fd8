"""JSON that means one thing: read once before every route, refused in words when it does not."""

import json
import math
from collections import Counter
from collections.abc import Sequence
from typing import Any, NoReturn

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.requests import ClientDisconnect, Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from service.errors import Problem
from service.web.admission import Gate
from service.web.problem_json import answer

MAX_DEPTH = 64
MAX_DIGITS = 400
# A value of two bytes takes a hundred in memory; a plot of 100 000 vertices has 100 000 lists.
MAX_CONTAINERS = 500_000
# Bodies that are read at once: threads are not for them alone.
AT_ONCE = 8


def read(body: bytes) -> Any:
    """The value of a JSON text. Time and memory grow as the length of the text.

    Raises
    ------
    ValueError
        In words for people: no UTF-8, no JSON, nested deeper than 64, a name given twice, NaN or
        Infinity, a number of more than 400 digits or too large to store, NUL, half a character,
        more than 500 000 lists and objects.
    """
    if body.count(b"[") + body.count(b"{") > MAX_CONTAINERS:
        raise ValueError(f"more than {MAX_CONTAINERS} lists and objects: send it in parts")
    try:
        value = json.loads(
            body.decode("utf-8-sig"),
            object_pairs_hook=_once,
            parse_int=_whole_number,
            parse_float=_number,
            parse_constant=_no_number,
        )
    except UnicodeDecodeError as error:
        raise ValueError(f"byte {error.start} is not UTF-8: send the text as UTF-8") from None
    except json.JSONDecodeError as error:
        raise ValueError(f"no JSON at character {error.pos}: {error.msg}") from None
    except RecursionError:
        # json recurses: it stops at the depth of Python's own stack, about a thousand.
        raise _too_deep() from None
    _refuse_depth(value)
    if b"\\u" in body or b"\x00" in body:
        _refuse_unstorable_text(value)
    return value


def _once(pairs: Sequence[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) < len(pairs):
        twice = Counter(name for name, _ in pairs).most_common(1)[0][0]
        raise ValueError(f"the name {twice[:50]!r} is given twice in one object: keep one")
    return members


def _whole_number(digits: str) -> int:
    _refuse_digits(digits)
    return int(digits)


def _number(digits: str) -> float:
    _refuse_digits(digits)
    number = float(digits)
    if not math.isfinite(number):
        raise ValueError("a number is larger than any that can be stored (1.8e308)")
    return number


def _refuse_digits(digits: str) -> None:
    if len(digits) > MAX_DIGITS:
        raise ValueError(f"a number has more than {MAX_DIGITS} digits: nothing can store it")


def _no_number(word: str) -> NoReturn:
    raise ValueError(f"{word} is no JSON number: leave the value out or send null")


def _too_deep() -> ValueError:
    return ValueError(f"nested more than {MAX_DEPTH} levels deep: flatten it")


def _refuse_depth(value: Any) -> None:
    """Go down level by level; only lists and objects have a next level."""
    level = [value] if isinstance(value, list | dict) else []
    for _depth in range(MAX_DEPTH):
        if not level:
            return
        level = [
            child
            for parent in level
            for child in (parent.values() if isinstance(parent, dict) else parent)
            if isinstance(child, list | dict)
        ]
    if level:
        raise _too_deep()


def _refuse_unstorable_text(value: Any) -> None:
    """Only an escape, or a byte that JSON forbids, can bring in what PostgreSQL cannot store."""
    left = [value]
    while left:
        item = left.pop()
        if isinstance(item, str):
            _refuse_text(item)
        elif isinstance(item, list):
            left.extend(item)
        elif isinstance(item, dict):
            left.extend(item)
            left.extend(item.values())


def _refuse_text(text: str) -> None:
    if "\x00" in text:
        raise ValueError("a text contains NUL (U+0000), which cannot be stored: take it out")
    try:
        text.encode()
    except UnicodeEncodeError:
        raise ValueError("a text contains half a character (a lone surrogate)") from None


class StrictJson:
    """ASGI middleware: a JSON body comes to its route well-formed, or not at all."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self.gate = Gate(AT_ONCE, {"json": AT_ONCE})

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not _is_json(Headers(scope=scope).get("content-type", "")):
            await self.app(scope, receive, send)
            return
        try:
            body = await Request(scope, receive).body()
        except ClientDisconnect:
            return  # nobody is left to be answered
        if body:
            try:
                async with self.gate.slot("json"):
                    # A large one takes seconds, in which nobody else must wait.
                    await run_in_threadpool(read, body)
            except Problem as problem:
                await answer(problem)(scope, receive, send)
                return
            except ValueError as error:
                await answer(_refusal(str(error)))(scope, receive, send)
                return

        told = False

        async def again() -> Message:
            nonlocal told
            if told:
                return await receive()
            told = True
            return {"type": "http.request", "body": body, "more_body": False}

        await self.app(scope, again, send)


def _is_json(content_type: str) -> bool:
    kind = content_type.partition(";")[0].strip().lower()
    return kind.startswith("application/") and kind.endswith(("/json", "+json"))


def _refusal(words: str) -> Problem:
    return Problem(
        422,
        "invalid_json",
        f"请求体不是合格的 JSON：{words}；the body is no sound JSON: {words}",
        errors=[{"field": "body", "in": "body", "code": "invalid_json", "message": words}],
    )
