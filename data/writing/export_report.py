"""The report of an export: number of rows, format, and what did not fit."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from data.schemas import Misfit
from gis.messages import LANGUAGES, Language, Message, MessageError

__all__ = ["ExportRefused", "ExportReport", "Replaced", "Shortened", "refuse_misfits"]

TOLD = 10


class ExportRefused(MessageError, ValueError):  # noqa: N818 - sister of FileRefused, whose name is fixed
    """A file that was not written; no file was overwritten or left behind.

    Attributes
    ----------
    code
        ``does_not_fit``, ``no_geometry``, ``too_big``, ``unknown_format``, ``unknown_encoding``,
        ``wrong_crs``, ``wrong_schema`` or ``cannot_write``.
    misfits
        Every value that did not fit, with row and field; empty for the other codes.
    """

    def __init__(self, message: Message, *, code: str, misfits: Sequence[Misfit] = ()) -> None:
        super().__init__(message)
        self.code = code
        self.misfits = list(misfits)

    def __reduce__(self) -> tuple[object, ...]:
        """Keep all fields when pickled: long exports run in a worker."""
        return _rebuilt, (self.message, self.code, self.misfits)


def _rebuilt(message: Message, code: str, misfits: list[Misfit]) -> ExportRefused:
    return ExportRefused(message, code=code, misfits=misfits)


class Shortened(NamedTuple):
    """A free text that was cut at the end of a character, because its field is too short."""

    row: int
    field: str
    bytes_needed: int
    bytes_kept: int


class Replaced(NamedTuple):
    """Characters of a text that the encoding lacks, written as 〓 because that was asked for."""

    row: int
    field: str
    characters: str
    id: object = None


class ExportReport(NamedTuple):
    """One file as it was written.

    `schema` and `encoding` are None where a format has no such thing; `notes` are whole sentences.
    `unreviewed` counts the plots that are not approved, `left_out`
    those of stages that the schema does not take.
    """

    path: Path
    format: str
    rows: int
    crs: str
    encoding: str | None = None
    schema: str | None = None
    shortened: tuple[Shortened, ...] = ()
    notes: tuple[Message, ...] = ()
    unreviewed: int = 0
    left_out: int = 0
    replaced: tuple[Replaced, ...] = ()

    def text(self, language: Language | None = None) -> str:
        """The report as lines for a reader; in both languages it lies in the zip of a shapefile."""
        lines = [
            f"{_label('行数', 'rows', language)}: {self.rows}",
            f"{_label('坐标系', 'reference system', language)}: {self.crs}",
            *([f"{_label('字段表', 'schema', language)}: {self.schema}"] if self.schema else []),
            *(
                [f"{_label('编码', 'encoding', language)}: {self.encoding}"]
                if self.encoding
                else []
            ),
            *(note.text(language) for note in self.notes),
            *self._cuts(language),
            *self._replacements(language),
        ]
        return "\n".join(lines) + "\n"

    def _cuts(self, language: Language | None) -> list[str]:
        if not self.shortened:
            return []
        number = len(self.shortened)
        head = Message(
            f"{number} 处文字超过字段长度，已在字末截短：",
            f"{number} texts were cut to the length of their field:",
        )
        return [
            _label(head.zh, head.en, language),
            *(
                f"  {_label(f'第 {cut.row} 行', f'row {cut.row}', language)} {cut.field}: "
                f"{cut.bytes_needed} → {cut.bytes_kept} {_label('字节', 'bytes', language)}"
                for cut in self.shortened
            ),
        ]

    def _replacements(self, language: Language | None) -> list[str]:
        if not self.replaced:
            return []
        number = len(self.replaced)
        head = Message(
            f"{number} 处文字含 {self.encoding} 没有的字，已按要求换成〓：",
            f"{number} texts have characters that {self.encoding} lacks; they were written as 〓, "
            "as was asked for:",
        )
        return [
            _label(head.zh, head.en, language),
            *(
                f"  {_whose_row(place.row, place.id).text(language or 'zh')} {place.field}: "
                f"{place.characters}"
                for place in self.replaced
            ),
        ]


def _label(zh: str, en: str, language: Language | None) -> str:
    return f"{zh} {en}" if language is None else Message(zh, en).text(language)


def refuse_misfits(misfits: Sequence[Misfit]) -> None:
    """Raise `ExportRefused` that names the first misfits, or return when there are none.

    A misfit is named by the id of its row, and by its row where that has none.
    """
    if not misfits:
        return
    zh, en = (
        "".join(
            f"\n  {_whose(misfit, language)}: {misfit.message.text(language)}"
            for misfit in misfits[:TOLD]
        )
        for language in LANGUAGES
    )
    more = f"\n  … +{len(misfits) - TOLD}" if len(misfits) > TOLD else ""
    raise ExportRefused(
        Message(
            f"有 {len(misfits)} 个值放不进字段，没有写出文件；请修改后再导出，"
            f"或换一种编码或字段表。{zh}{more}",
            f"{len(misfits)} values do not fit their fields, nothing was written; correct them, "
            f"or choose another encoding or schema:{en}{more}",
        ),
        code="does_not_fit",
        misfits=misfits,
    )


def _whose(misfit: Misfit, language: Language) -> str:
    return f"{_whose_row(misfit.row, misfit.id).text(language)}, {misfit.field}"


def _whose_row(row: int | None, number: object) -> Message:
    if number is None:
        return Message(f"第 {row} 行", f"row {row}")
    return Message(f"编号 {number}", f"id {number}")
