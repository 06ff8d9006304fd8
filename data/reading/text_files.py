"""Files of text (GeoJSON, XML, CSV, TXT, DXF) in whatever encoding they are: never mojibake."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final, NamedTuple

from data.errors import FileRefused
from data.reading.big5 import BIG5, is_big5
from data.reading.encoding import GBK, UTF8, codec_of, is_latin, looks_utf8
from gis.messages import Message

__all__ = ["TextFile", "is_utf8", "read_text_file", "utf_16_of"]

_BOMS: Final = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# The second byte of a character in GBK may be a letter, never a quotation mark, comma or bracket.
_PIECES: Final = re.compile(rb"[^\x00-\x7f](?:[\x40-\x7e]?[^\x00-\x7f])*")
_CHUNK_BYTES: Final = 2**20
_LOOKED_AT: Final = 4096
_MANY_PIECES: Final = 100_000
_SAVE_AS: Final = Message(
    "请统一存为一种编码（UTF-8 或 GBK）后提交",
    "save all of it in one encoding, UTF-8 or GBK, and send it again",
)


class TextFile(NamedTuple):
    """The text of a file."""

    text: str
    encoding: str
    notes: list[Message]


def is_utf8(path: Path) -> bool:
    """Whether a file is UTF-8 from beginning to end, without a mark of another encoding."""
    decoder = codecs.getincrementaldecoder("utf-8")("strict")
    with path.open("rb") as file:
        head = file.read(_CHUNK_BYTES)
        if b"\x00" in head[:4]:
            return False
        try:
            while head:
                decoder.decode(head)
                head = file.read(_CHUNK_BYTES)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return False
    return True


def read_text_file(
    path: Path, *, declared: str | None = None, forced: str | None = None
) -> TextFile:
    """Decode a file strictly: as the sender says, by its mark, as UTF-8, as declared, as GB18030.

    Parameters
    ----------
    path
        Read whole.
    declared
        What the file says of itself.
    forced
        ``--encoding``; no other is tried.

    Raises
    ------
    FileRefused
        ``unknown_encoding``; ``encoding_unfit``; ``mixed_encodings``: parts are UTF-8 and others
        are not.
    """
    raw = path.read_bytes()
    if forced is not None:
        encoding = codec_of(forced)
        try:
            return TextFile(raw.decode(encoding).removeprefix("\ufeff"), encoding, [])
        except UnicodeDecodeError as error:
            raise _unfit(raw, error, encoding) from error
    for mark, encoding in _BOMS:
        if raw.startswith(mark):
            try:
                return TextFile(raw.decode(encoding), encoding.removesuffix("-sig").upper(), [])
            except UnicodeDecodeError as error:
                raise _unfit(raw, error, encoding) from error
    if (wide := _without_mark(raw)) is not None:
        return TextFile(raw.decode(wide, "replace"), "UTF-16", [])
    return _tried(raw, declared)


def utf_16_of(raw: bytes) -> str | None:
    """The codec of a text in UTF-16, with its mark or without; None for any other file.

    Examples
    --------
    >>> utf_16_of("甲,乙".encode("utf-16")), utf_16_of(b'{"type": "Feature"}')
    ('utf-16', None)
    """
    if raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    return _without_mark(raw)


def _without_mark(raw: bytes) -> str | None:
    """UTF-16 without a mark: letters of ASCII have a zero, nearly all first or all second in their
    pairs (a few characters such as 一 have one on the other side)."""
    head = raw[:_LOOKED_AT]
    first, second = head[0::2].count(0), head[1::2].count(0)
    few, many = sorted((first, second))
    if not many or 20 * many < len(head) or 10 * few > many:
        return None
    return "utf-16-le" if many == second else "utf-16-be"


def _tried(raw: bytes, declared: str | None) -> TextFile:
    said = None if declared is None else _known(declared)
    # Every text fits a Latin page: one that is declared comes last.
    order = (UTF8, GBK, said) if declared and is_latin(declared) else (UTF8, said, GBK)
    candidates = dict.fromkeys(name for name in order if name is not None)
    failed = UnicodeDecodeError(UTF8, b"", 0, 0, "")
    for encoding in candidates:
        try:
            text = raw.decode(encoding)
        except UnicodeDecodeError as error:
            failed = error if encoding == (said or UTF8) else failed
            continue
        if encoding != UTF8:
            _refuse_mixed(raw)
        if encoding == GBK != said and (other := _big5(raw, text)) is not None:
            return TextFile(other, BIG5, _notes(other, BIG5, declared, said))
        return TextFile(text, encoding, _notes(text, encoding, declared, said))
    _refuse_mixed(raw)
    raise _unfit(raw, failed, said or UTF8)


def _big5(raw: bytes, as_gb: str) -> str | None:
    """The text where it is Big5, of which GB18030 makes rare characters; else None."""
    try:
        text = raw.decode(BIG5)
    except UnicodeDecodeError:
        return None
    return text if is_big5(text, as_gb) else None


def _known(declared: str) -> str | None:
    try:
        return codec_of(declared)
    except FileRefused:
        return None


def _notes(text: str, encoding: str, declared: str | None, said: str | None) -> list[Message]:
    if text.isascii() or (encoding == UTF8 and said in (None, UTF8)):
        return []
    sample = next(iter(re.findall(r"[^\x00-\x7f]+", text[:1_000_000])), "")[:12]
    zh = "文件不是 UTF-8" if declared is None else f"文件声明的编码是 {declared[:40]}"
    en = "the file is not UTF-8" if declared is None else f"it declares {declared[:40]}"
    return [
        Message(
            f"{zh}，按 {encoding} 读取文字，例如“{sample}”；若不对请用 --encoding 指定",
            f'{en}; text was read as {encoding}, as in "{sample}"; if that is wrong, give '
            "--encoding",
        )
    ]


def _unfit(raw: bytes, error: UnicodeDecodeError, encoding: str) -> FileRefused:
    line = raw.count(b"\n", 0, error.start) + 1
    what = Message(
        f"第 {line} 行的文字不是 {encoding} 编码", f"line {line}: its text is not in {encoding}"
    )
    remedy = Message(
        "请用 --encoding 说明编码（如 GBK、BIG5），或存为 UTF-8",
        "name the encoding, as --encoding GBK or BIG5, or save it as UTF-8",
    )
    return FileRefused("encoding_unfit", what, remedy)


def _refuse_mixed(raw: bytes) -> None:
    """Refuse text of which parts are surely UTF-8 and others surely are not."""
    utf8: list[re.Match[bytes]] = []
    other: list[re.Match[bytes]] = []
    for piece in _pieces(raw):
        (utf8 if looks_utf8(piece[0]) else other).append(piece)
    if not utf8 or not any(not _decodes(piece[0]) for piece in other):
        return
    few, name = (utf8, "UTF-8") if len(utf8) <= len(other) else (other, "GBK")
    line = raw.count(b"\n", 0, few[0].start()) + 1
    shown = few[0][0].decode(UTF8 if few is utf8 else GBK, "replace")[:20]
    rest = "GBK" if few is utf8 else "UTF-8"
    what = Message(
        f"文字混用两种编码：第 {line} 行“{shown}”是 {name}，别处是 {rest}",
        f'its text is in two encodings: line {line} ("{shown}") in {name}, others in {rest}',
    )
    raise FileRefused("mixed_encodings", what, _SAVE_AS)


def _pieces(raw: bytes) -> Iterator[re.Match[bytes]]:
    for number, piece in enumerate(_PIECES.finditer(raw)):
        if number >= _MANY_PIECES:
            return
        yield piece


def _decodes(piece: bytes) -> bool:
    try:
        piece.decode(UTF8)
    except UnicodeDecodeError:
        return False
    return True
