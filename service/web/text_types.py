"""Text that people send: bounded, fit to be stored, and read in the order of its letters."""

from typing import Annotated

from pydantic import AfterValidator, StringConstraints

from data.text_cleaning import has_nul, turned, unseen
from gis.messages import Message
from service.errors import InvalidValueError

NUL = Message(
    "文字含非法字符 NUL（U+0000），无法保存，请去掉",
    "the text contains NUL (U+0000), which cannot be stored: take it out",
)
LONE_SURROGATE = Message(
    "文字含半个字符（单独的代理码），请重新发送",
    "the text contains half of a character (a lone surrogate): send it anew",
)


def refuse_unstorable(text: str) -> str:
    """The text, when PostgreSQL and UTF-8 can hold it, and it is read as it is stored.

    Raises
    ------
    InvalidValueError
        It contains NUL, a lone surrogate, or a mark that turns what follows about.
    """
    if has_nul(text):
        raise InvalidValueError(NUL)
    try:
        text.encode()
    except UnicodeEncodeError:
        raise InvalidValueError(LONE_SURROGATE) from None
    if words := turned(text):
        raise InvalidValueError(words)
    return text


def refuse_unseen(text: str) -> str:
    """A number or code as it stands, when each character of it is seen.

    Raises
    ------
    InvalidValueError
        It contains one that nobody sees: it would look like another one and not be the same.
    """
    if words := unseen(text):
        raise InvalidValueError(words)
    return text


Storable = AfterValidator(refuse_unstorable)
Seen = AfterValidator(refuse_unseen)
Short = Annotated[str, StringConstraints(max_length=64, strip_whitespace=True), Storable, Seen]
Name = Annotated[str, StringConstraints(max_length=200), Storable]
Long = Annotated[str, StringConstraints(max_length=5_000), Storable]
Reason = Annotated[
    str, StringConstraints(min_length=1, max_length=2_000, strip_whitespace=True), Storable
]
