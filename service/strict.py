"""JSON that means one thing: read once before every route, refused in words when it does not."""

import json
import math
import re
from collections import Counter
from collections.abc import Sequence
from itertools import accumulate
from typing import Any, NoReturn

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.requests import ClientDisconnect, Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from service.admission import Gate
from service.errors import Problem
from service.problems import answer

DEPTH = 64
# Bodies that are read at once: threads are not for them alone.
AT_ONCE = 8
_STRINGS = re.compile(rb'"(?:[^"\\]|\\.)*+"', re.DOTALL)
_NOT_BRACKETS = bytes(set(range(256)) - set(b"[]{}"))
_STEP = {ord("["): 1, ord("{"): 1, ord("]"): -1, ord("}"): -1}
# A NUL that is written as an escape, not one whose backslash is itself escaped.
_NUL = re.compile(r"(?<!\\)(?:\\\\)*\\u0000")
_LONG_NUMBER = re.compile(rb"[0-9]{401}")
_LARGE_EXPONENT = re.compile(rb"[eE]\+?[0-9]{3}")


def read(body: bytes) -> Any:
    """The value of a JSON text.

    Raises
    ------
    ValueError
        In words for people: no UTF-8, no JSON, nested deeper than 64, a name given twice, NaN or
        Infinity, NUL, half a character.
    """
    bare = _STRINGS.sub(b"", body) if b'"' in body else body
    brackets = bare.translate(None, _NOT_BRACKETS)
    depth = max(accumulate(map(_STEP.__getitem__, brackets)), default=0)
    if depth > DEPTH:
        raise ValueError(f"nested {depth} levels deep, {DEPTH} are allowed: flatten it")
    if _LONG_NUMBER.search(bare):
        raise ValueError("a number has more than 400 digits: nothing can store it")
    try:
        value = json.loads(
            body.decode("utf-8-sig"), object_pairs_hook=_once, parse_constant=_no_number
        )
    except UnicodeDecodeError as error:
        raise ValueError(f"byte {error.start} is not UTF-8: send the text as UTF-8") from None
    except json.JSONDecodeError as error:
        raise ValueError(f"no JSON at character {error.pos}: {error.msg}") from None
    _refuse_what_nobody_can_hold(value, body)
    return value


def _once(pairs: Sequence[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        twice = Counter(name for name, _ in pairs).most_common(1)[0][0]
        raise ValueError(f"the name {twice[:50]!r} is given twice in one object: keep one")
    return found


def _no_number(word: str) -> NoReturn:
    raise ValueError(f"{word} is no JSON number: leave the value out or send null")


def _refuse_what_nobody_can_hold(value: Any, body: bytes) -> None:
    if _LARGE_EXPONENT.search(body) and not _finite(value):
        raise ValueError("a number is larger than any that can be stored (1.8e308)")
    if b"\\u" in body or b"\x00" in body:
        text = json.dumps(value, ensure_ascii=False)
        if _NUL.search(text):
            raise ValueError("a text contains NUL (U+0000), which cannot be stored: take it out")
        try:
            text.encode()
        except UnicodeEncodeError:
            raise ValueError("a text contains half a character (a lone surrogate)") from None


def _finite(value: Any) -> bool:
    left = [value]
    while left:
        one = left.pop()
        if isinstance(one, float) and not math.isfinite(one):
            return False
        if isinstance(one, list):
            left.extend(one)
        elif isinstance(one, dict):
            left.extend(one.values())
    return True


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
            except (ValueError, RecursionError) as error:
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
