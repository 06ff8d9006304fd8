"""Text that people send: bounded, and free of what PostgreSQL or UTF-8 cannot hold."""

from typing import Annotated

from pydantic import AfterValidator, StringConstraints


def _storable(value: str) -> str:
    if "\x00" in value:
        raise ValueError("the text contains NUL (U+0000), which cannot be stored: take it out")
    if any("\ud800" <= one <= "\udfff" for one in value):
        raise ValueError("the text contains half of a character (a lone surrogate): send it anew")
    return value


Storable = AfterValidator(_storable)
Short = Annotated[str, StringConstraints(max_length=64, strip_whitespace=True), Storable]
Name = Annotated[str, StringConstraints(max_length=200), Storable]
Long = Annotated[str, StringConstraints(max_length=5_000), Storable]
Reason = Annotated[
    str, StringConstraints(min_length=1, max_length=2_000, strip_whitespace=True), Storable
]
