"""The encoding of the text of a shapefile: found from its bytes, not from its declaration."""

from __future__ import annotations

import codecs
import struct
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from data.errors import FileRefused
from gis.messages import Message

UTF8: Final = "UTF-8"
GBK: Final = "GB18030"  # every GBK and GB2312 text is GB18030
_NUMBERS: Final = frozenset(b"NFDLOBIY@+")
_FIELD_BYTES: Final = 32
_NAME_BYTES: Final = 10


class TextField(NamedTuple):
    """A text column of a dBASE table as raw bytes, blanks at the end taken off."""

    number: int
    """Which field of the table, counted from 0."""
    width: int
    values: list[bytes]
    cut_rows: list[int]
    """Records (from 0) with text after a NUL, which every reader cuts off."""


class Table(NamedTuple):
    """What a dBASE table holds as text."""

    rows: int
    names: list[bytes]
    fields: list[TextField]


def read_text(dbf: Path) -> Table:
    """Read names and text columns of a dBASE table without decoding a byte.

    GDAL decodes while it reads and silently cuts at a NUL, so the bytes are read here.
    Numbers and dates are left to GDAL.

    Parameters
    ----------
    dbf
        A table whose length was checked against its header.
    """
    raw = dbf.read_bytes()
    rows, start, width = struct.unpack_from("<IHH", raw, 4)
    names, kinds, sizes = _fields(raw, start)
    if 1 + sum(sizes) > width:
        what = Message(".dbf 表头损坏", "the header of the .dbf is damaged")
        raise FileRefused("dbf_damaged", what, Message("请重新导出", "export it again"))
    records = np.frombuffer(raw, np.uint8, rows * width, start).reshape(rows, width)
    columns = []
    at = 1  # the first byte of a record marks it as deleted
    for index, (kind, size) in enumerate(zip(kinds, sizes, strict=True)):
        if kind not in _NUMBERS and size:
            columns.append(_text_field(index, size, records[:, at : at + size]))
        at += size
    return Table(rows, names, columns)


def _fields(raw: bytes, start: int) -> tuple[list[bytes], list[int], list[int]]:
    names, kinds, sizes = [], [], []
    for offset in range(32, min(start, len(raw)) - _FIELD_BYTES + 1, _FIELD_BYTES):
        if raw[offset] == 0x0D:
            break
        names.append(raw[offset : offset + 11].split(b"\x00", 1)[0])
        kinds.append(raw[offset + 11])
        sizes.append(raw[offset + 16])
    return names, kinds, sizes


def _text_field(index: int, size: int, block: NDArray[np.uint8]) -> TextField:
    values = [bytes(row) for row in np.ascontiguousarray(block)]
    heads = [value.split(b"\x00", 1) for value in values]
    cut = [row for row, parts in enumerate(heads) if parts[1:] and parts[1].strip(b"\x00 ")]
    return TextField(index, size, [parts[0].rstrip(b" ") for parts in heads], cut)


class Choice(NamedTuple):
    """The encoding that fits, and why."""

    encoding: str
    note: Message | None
    """None when everything is ASCII, or as the ``.cpg`` says."""


def choose(table: Table, *, declared: str | None, forced: str | None) -> Choice:
    """Find the encoding that all text of a table can be read in.

    Strict UTF-8 comes first, for GBK text is hardly ever valid UTF-8 by chance; then what the
    ``.cpg`` declares when that is neither UTF-8 nor GBK nor a Latin page (GDAL and ArcGIS write
    Latin pages for any text); then GB18030.

    Parameters
    ----------
    table
        From `read_text`.
    declared
        Content of the ``.cpg``, or None.
    forced
        Encoding from the sender (``--encoding``); no other is tried.

    Raises
    ------
    FileRefused
        ``unknown_encoding`` (no such encoding) or ``encoding_unfit`` (with the row that does not
        fit).

    Examples
    --------
    >>> column = TextField(0, 20, ["南关区".encode("gbk")], [])
    >>> choose(Table(1, [b"name"], [column]), declared="UTF-8", forced=None).encoding
    'GB18030'
    """
    if forced is not None:
        encoding = _codec(forced)
        _refuse_misfit(table, encoding)
        return Choice(encoding, None)
    if not any(_odd(table)):
        return Choice(UTF8, None)
    fits = [encoding for encoding in _candidates(declared) if _misfit(table, encoding) is None]
    if not fits:
        _refuse_misfit(table, UTF8)
    chosen = _unless_chance(table, fits, declared)
    return Choice(chosen, _why(table, chosen, declared))


def decoded(value: bytes, encoding: str, width: int) -> tuple[str, bool]:
    """Text of one value, and whether its last character was cut by the width of the field.

    Examples
    --------
    >>> decoded("树种".encode()[:5], "UTF-8", 5)
    ('树', True)
    """
    decoder = codecs.getincrementaldecoder(encoding)("strict")
    full = len(value) >= width
    text = decoder.decode(value, final=not full)
    return text, bool(decoder.getstate()[0])


def _candidates(declared: str | None) -> list[str]:
    between = []
    if declared is not None and not _is_latin(declared):
        try:
            between = [codecs.lookup(_plain(declared)).name]
        except LookupError:
            between = []
    return [UTF8, *(name for name in between if name not in ("utf-8", "gbk", "gb2312")), GBK]


def _plain(declared: str) -> str:
    """``ANSI 936`` and ``CP936`` are ArcGIS' words for GBK."""
    name = declared.strip().lower().removeprefix("ansi").strip()
    if name in ("936", "cp936", "gb2312", "gbk", "gb18030"):
        return "gbk"
    return f"cp{name}" if name.isdigit() and len(name) < 5 else name


def _is_latin(declared: str) -> bool:
    return _plain(declared) in ("cp1252", "88591", "8859_1", "iso-8859-1", "latin1", "cp437")


def _codec(name: str) -> str:
    try:
        codec = codecs.lookup(_plain(name)).name
        b"a".decode(codec)  # refuses hex and rot13, which are codecs but not of text
    except LookupError as error:
        what = Message(f"不认识编码 {name[:40]!r}", f"there is no encoding {name[:40]!r}")
        remedy = Message("请用 --encoding GBK 或 UTF-8", "use --encoding GBK or UTF-8")
        raise FileRefused("unknown_encoding", what, remedy) from error
    return {"utf-8": UTF8, "gbk": GBK, "gb2312": GBK, "gb18030": GBK}.get(codec, codec)


def _texts(table: Table) -> Iterable[tuple[bytes, int, int | None, int]]:
    """Every name and value with its width, record (None for a name) and field."""
    for index, name in enumerate(table.names):
        yield name, _NAME_BYTES, None, index
    for field in table.fields:
        for row, value in enumerate(field.values):
            yield value, field.width, row, field.number


def _odd(table: Table) -> Iterable[bytes]:
    return (value for value, *_ in _texts(table) if not value.isascii())


def _misfit(table: Table, encoding: str) -> tuple[int | None, int] | None:
    for value, width, row, index in _texts(table):
        if value.isascii():
            continue
        try:
            decoded(value, encoding, width)
        except UnicodeDecodeError:
            return row, index
    return None


def _refuse_misfit(table: Table, encoding: str) -> None:
    misfit = _misfit(table, encoding)
    if misfit is None:
        return
    row, index = misfit
    name = _readable(table.names[index])
    what = Message(
        f"列 {name} 的文字不是 {encoding} 编码",
        f"text in column {name} is not encoded in {encoding}",
    )
    remedy = Message(
        "请用 --encoding 说明编码（如 GBK、BIG5）", "name the encoding, as --encoding GBK or BIG5"
    )
    feature = None if row is None else row + 1
    raise FileRefused("encoding_unfit", what, remedy, feature=feature)


def _readable(name: bytes) -> str:
    """A column name for a message, before its encoding is known."""
    for encoding in (UTF8, GBK):
        try:
            return decoded(name, encoding, _NAME_BYTES)[0]
        except UnicodeDecodeError:
            continue
    return name.decode("ascii", "backslashreplace")


def _unless_chance(table: Table, fits: Sequence[str], declared: str | None) -> str:
    # 联通 in GBK is four bytes that are valid UTF-8 too, and come out as two letters below
    # U+0800, where there is no Chinese: text of nothing but these is taken for GBK.
    if fits[0] != UTF8 or GBK not in fits or (declared or "").upper().startswith("UTF"):
        return fits[0]
    letters = "".join(value.decode(UTF8, "ignore") for value in _odd(table))
    return UTF8 if max(letters, default="") >= "\u0800" else GBK


def _why(table: Table, chosen: str, declared: str | None) -> Message | None:
    said = _plain(declared) if declared else None
    if (chosen, said) in ((UTF8, "utf-8"), (UTF8, "utf8"), (GBK, "gbk")):
        return None
    sample = _sample(table, chosen)
    zh = "没有 .cpg" if declared is None else f".cpg 写的是 {declared[:40]}"
    en = "there is no .cpg" if declared is None else f"the .cpg says {declared[:40]}"
    return Message(
        f"{zh}，按 {chosen} 读取文字，例如“{sample}”；若不对请用 --encoding 指定",
        f'{en}; text was read as {chosen}, as in "{sample}"; if that is wrong, give --encoding',
    )


def _sample(table: Table, encoding: str) -> str:
    values = [
        decoded(value, encoding, width)[0]
        for value, width, row, _ in _texts(table)
        if row is not None and not value.isascii()
    ]
    names = [decoded(name, encoding, _NAME_BYTES)[0] for name in table.names]
    return (values or names)[0]
