"""Why a file was refused in the background: kept in both languages, told in that of the request."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from pydantic import BaseModel, Field

from data.errors import FileRefused, printable
from data.import_result import ImportRefused, Rejection
from data.reading.encoding import codec_of
from data.reading.stated_crs import refuse_unknown_system
from gis.messages import Message, MessageError
from service.errors import Problem
from service.web.language import localised

__all__ = [
    "ImportFault",
    "ImportRefusal",
    "checked_setting",
    "file_name",
    "kept",
    "refusal",
    "refuse_unreadable",
    "spoken",
    "words_of",
]

# Faults of a file that are kept with its import, and told.
MAX_ERRORS: Final = 200
NAME_MAX_BYTES: Final = 200


class ImportFault(BaseModel):
    """What is wrong with a feature of the file, or with all of it."""

    row: int | None = Field(description="Of the file, from 1; null: the whole file.")
    code: str
    message: str
    at: tuple[float, float] | None


class ImportRefusal(BaseModel):
    """Why nothing was changed."""

    code: str
    detail: str
    errors: list[ImportFault]
    left_out: int = Field(description="How many more faults there are.")


def refusal(refused: FileRefused | ImportRefused | Problem) -> dict[str, Any]:
    """Why a file was refused, as it is kept with its import."""
    if isinstance(refused, ImportRefused):
        return kept(refused.message, "refused", refused.rejections)
    if isinstance(refused, FileRefused):
        fault = Rejection(refused.feature, refused.code, refused.message, refused.at)
        return kept(refused.message, refused.code, [fault])
    assert isinstance(refused, MessageError)
    return kept(refused.message, refused.code)


def kept(message: Message, code: str, rejections: Sequence[Rejection] = ()) -> dict[str, Any]:
    """An `ImportRefusal` in both languages."""
    return {
        "code": code,
        "detail": message._asdict(),
        "errors": [
            {
                "row": rejection.row,
                "code": rejection.code,
                "message": rejection.message._asdict(),
                "at": rejection.at,
            }
            for rejection in rejections[:MAX_ERRORS]
        ],
        "left_out": max(0, len(rejections) - MAX_ERRORS),
    }


def refuse_unreadable(file: str, *, crs: str | None, encoding: str | None) -> None:
    """Refuse how a file shall be read, before it waits for its turn; None and empty say nothing.

    Raises
    ------
    Problem
        422 ``crs_unknown`` or ``unknown_encoding`` with the field.
    """
    if crs:
        checked_setting(file, "crs", lambda: refuse_unknown_system(crs))
    if encoding:
        checked_setting(file, "encoding", lambda: codec_of(encoding))


def checked_setting(file: str, field: str, check: Callable[[], object]) -> None:
    """Look at one setting of a file; its refusal is a `Problem` 422 that names the field."""
    try:
        check()
    except FileRefused as refused:
        message = refused.about(file).message
        errors = [{"field": field, "code": refused.code, "message": message}]
        raise Problem(422, refused.code, message, errors=errors) from None


def words_of(stored: Mapping[str, str]) -> str:
    """Stored words in the language of the request."""
    return localised(Message(stored["zh"], stored["en"]))


def spoken(error: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """A kept refusal in the language of the request."""
    if error is None:
        return None
    faults = [{**fault, "message": words_of(fault["message"])} for fault in error["errors"]]
    return {**error, "detail": words_of(error["detail"]), "errors": faults}


def file_name(client_name: str | None, default: str) -> str:
    """A name that a file on disk can bear: the last part of what the sender calls it.

    >>> file_name("C:\\\\gis\\\\农田.zip", "x.zip"), file_name("..", "x.zip")
    ('农田.zip', 'x.zip')

    Browsers write a quotation mark of a name as ``%22`` (HTML, multipart/form-data).

    >>> file_name("古%22树%22.pdf", "x.pdf")
    '古"树".pdf'
    """
    said = (client_name or "").replace("%22", '"').replace("\\", "/")
    name = Path(printable(said)).name
    # File systems count bytes, and the end says what the file is.
    while len(name.encode()) > NAME_MAX_BYTES:
        name = name[1:]
    return default if name in ("", ".", "..") else name
