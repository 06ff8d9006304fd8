"""What a return says: canned reasons, words of one's own, pins on the map."""

from collections.abc import Sequence
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import Connection

from gis.messages import Message
from service.codes.db.codes import codes
from service.errors import Problem
from service.plots import comments
from service.web.text_types import Long, Reason, Short

__all__ = ["Pin", "Place", "Return", "reason_of", "said_pins"]

Place = tuple[
    Annotated[float, Field(ge=-180, le=180, allow_inf_nan=False)],
    Annotated[float, Field(ge=-90, le=90, allow_inf_nan=False)],
]


class Pin(BaseModel):
    """A spot that is wrong."""

    model_config = ConfigDict(extra="forbid")

    at: Place
    text: Long | None = None


class Return(BaseModel):
    """Why a plot goes back to its planner: at least one of them."""

    model_config = ConfigDict(extra="forbid")

    reason: Reason | None = None
    reasons: Annotated[list[Short], Field(max_length=20)] = Field(
        [], description="Codes or labels of the list `return_reason`."
    )
    pins: Annotated[list[Pin], Field(max_length=20)] = Field([], description="Spots to look at.")


_NO_REASON = Message(
    "退回须说明理由：reason、reasons 或 pins", "a return needs a reason: reason, reasons or pins"
)


def _refused(field: str, code: str, words: Message) -> Problem:
    return Problem(422, code, words, errors=[{"field": field, "code": code, "message": words}])


def _unknown_reason(word: str) -> Message:
    return Message(
        f"没有退回理由 {word!r}，见 /api/codes/return_reason",
        f"there is no return reason {word!r}: /api/codes/return_reason lists them",
    )


def reason_of(
    connection: Connection, reason: str | None, reasons: Sequence[str], pins: Sequence[Pin]
) -> str:
    """The reason in words: canned ones, the sender's own, and the spots.

    Raises
    ------
    Problem
        422 ``unknown_return_reason``, ``reason_missing``.
    """
    labels = {}
    for entry in codes(connection, "return_reason"):
        for word in (entry["code"], entry["label_zh"], entry["label_en"]):
            labels[word.casefold()] = entry["label_zh"]
    unknown = [word for word in reasons if word.casefold() not in labels]
    if unknown:
        raise _refused("reasons", "unknown_return_reason", _unknown_reason(unknown[0]))
    words = [labels[word.casefold()] for word in reasons]
    words += [reason] if reason else []
    words += [f"{pin.text or ''}（{pin.at[0]:.6f}, {pin.at[1]:.6f}）".strip() for pin in pins]
    if not words:
        raise _refused("reason", "reason_missing", _NO_REASON)
    return "；".join(words)


def said_pins(pins: Sequence[Pin]) -> list[comments.Pin]:
    """The pins as the rules take them."""
    return [comments.Pin(pin.at, pin.text) for pin in pins]
