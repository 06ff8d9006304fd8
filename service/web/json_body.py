"""Strict JSON bodies: parsed once per request, and refused when they are ambiguous."""

import json
import math
import re
from collections import Counter
from collections.abc import Sequence
from typing import Any, NoReturn

from gis.messages import Message
from service.errors import InvalidValueError, Problem
from service.web.text_types import refuse_unstorable

MAX_DEPTH = 64
MAX_DIGITS = 400
# A value of two bytes takes a hundred in memory; a plot of 100 000 vertices has 100 000 lists.
MAX_CONTAINERS = 500_000
# Each name that nobody knows is an error of its own, and takes ten times its own length.
MAX_MEMBERS = 1_000
# Escapes, NUL, and the bytes with which U+202A–202E and U+2066–2069 begin.
_ODD = re.compile(rb"\\u|\x00|\xe2\x80[\xaa-\xae]|\xe2\x81[\xa6-\xa9]")


def read(body: bytes) -> Any:
    """The value of a JSON text. Time and memory grow as the length of the text.

    Raises
    ------
    InvalidValueError
        No UTF-8, no JSON, nested deeper than 64, a name given twice, NaN or
        Infinity, a number of more than 400 digits or too large to store, NUL, a lone surrogate, a
        mark that turns text about, more than 500 000 lists and objects, more than 1 000 names in
        one object.
    """
    if body.count(b"[") + body.count(b"{") > MAX_CONTAINERS:
        raise InvalidValueError(
            Message(
                f"列表与对象超过 {MAX_CONTAINERS} 个，请分批发送",
                f"more than {MAX_CONTAINERS} lists and objects: send it in parts",
            )
        )
    try:
        value = json.loads(
            body.decode("utf-8-sig"),
            object_pairs_hook=_members,
            parse_int=_whole_number,
            parse_float=_number,
            parse_constant=_no_number,
        )
    except UnicodeDecodeError as error:
        raise InvalidValueError(
            Message(
                f"第 {error.start} 字节不是 UTF-8，请用 UTF-8 发送",
                f"byte {error.start} is not UTF-8: send the text as UTF-8",
            )
        ) from None
    except json.JSONDecodeError as error:
        raise InvalidValueError(
            Message(
                f"第 {error.pos} 个字符处不是 JSON（{error.msg}）",
                f"no JSON at character {error.pos}: {error.msg}",
            )
        ) from None
    except RecursionError:
        # json recurses: it stops at the depth of Python's own stack, about a thousand.
        raise _too_deep() from None
    _refuse_depth(value)
    if _ODD.search(body):
        _refuse_unstorable_text(value)
    return value


def _members(pairs: Sequence[tuple[str, Any]]) -> dict[str, Any]:
    if len(pairs) > MAX_MEMBERS:
        raise InvalidValueError(
            Message(
                f"一个对象中的名称超过 {MAX_MEMBERS} 个，请只留需要的各项",
                f"more than {MAX_MEMBERS} names in one object: keep those that are needed",
            )
        )
    members = dict(pairs)
    if len(members) < len(pairs):
        twice = Counter(name for name, _ in pairs).most_common(1)[0][0]
        raise InvalidValueError(
            Message(
                f"同一对象中名称 {twice[:50]!r} 出现两次，请只留一个",
                f"the name {twice[:50]!r} is given twice in one object: keep one",
            )
        )
    return members


def _whole_number(digits: str) -> int:
    _refuse_digits(digits)
    return int(digits)


def _number(digits: str) -> float:
    _refuse_digits(digits)
    number = float(digits)
    if not math.isfinite(number):
        raise InvalidValueError(
            Message(
                "有一个数大到无法保存（1.8e308）",
                "a number is larger than any that can be stored (1.8e308)",
            )
        )
    return number


def _refuse_digits(digits: str) -> None:
    if len(digits) > MAX_DIGITS:
        raise InvalidValueError(
            Message(
                f"有一个数超过 {MAX_DIGITS} 位，无法保存",
                f"a number has more than {MAX_DIGITS} digits: nothing can store it",
            )
        )


def _no_number(word: str) -> NoReturn:
    raise InvalidValueError(
        Message(
            f"{word} 不是 JSON 的数，请去掉该值，或用 null",
            f"{word} is no JSON number: leave the value out or send null",
        )
    )


def _too_deep() -> InvalidValueError:
    return InvalidValueError(
        Message(
            f"嵌套超过 {MAX_DEPTH} 层，请减少层数",
            f"nested more than {MAX_DEPTH} levels deep: flatten it",
        )
    )


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
    """Only an escape, a byte that JSON forbids, or a turning mark can bring in what is refused."""
    left = [value]
    while left:
        item = left.pop()
        if isinstance(item, str):
            refuse_unstorable(item)
        elif isinstance(item, list):
            left.extend(item)
        elif isinstance(item, dict):
            left.extend(item)
            left.extend(item.values())


def parsed(body: bytes) -> Any:
    """As :func:`read`, for the body of a request.

    Raises
    ------
    Problem
        422 ``invalid_json``: what is wrong with it, in words.
    """
    try:
        return read(body)
    except InvalidValueError as error:
        raise _refusal(error) from None


def is_json(content_type: str) -> bool:
    """Whether a body of this type is JSON."""
    kind = content_type.partition(";")[0].strip().lower()
    return kind.startswith("application/") and kind.endswith(("/json", "+json"))


def _refusal(error: InvalidValueError) -> Problem:
    why = error.message
    return Problem(
        422,
        "invalid_json",
        Message(f"请求体不是合格的 JSON：{why.zh}", f"the body is no sound JSON: {why.en}"),
        errors=[{"field": "body", "in": "body", "code": "invalid_json", "message": why}],
    )
