"""The encoding of the text of a shapefile: found from its bytes, not from its declaration."""

from __future__ import annotations

import codecs
from collections.abc import Collection, Iterable, Sequence
from pathlib import Path
from typing import Final, NamedTuple

import numpy as np

from data.errors import FileRefused
from data.reading.big5 import BIG5, is_big5
from data.reading.dbf import DbfField, DbfTable, is_memo, is_text
from data.reading.memo import MemoFile, references
from data.text_cleaning import row_list
from gis.messages import Message

UTF8: Final = "UTF-8"
GBK: Final = "GB18030"  # every GBK and GB2312 text is GB18030
MEMO_WIDTH: Final = 2**31
"""A memo is never cut by the width of its field."""
_MEMO_BYTES: Final = 2**28
_NAME_BYTES: Final = 10
_COMMON: Final = range(0xB0, 0xD8)
"""First bytes of the 3 755 characters that GB 2312 calls common."""
_LANGUAGE_AT: Final = 29
_LANGUAGES: Final = {0x4D: "936", 0x7A: "936", 0x4F: "950", 0x78: "950", 0x4E: "949", 0x7B: "932"}


class TextField(NamedTuple):
    """A text column of a dBASE table as raw bytes, blanks at the end taken off."""

    number: int
    """Which field of the table, counted from 0."""
    width: int
    values: list[bytes]
    cut_rows: list[int]
    """Records (from 0) with text after a NUL, which every reader cuts off."""
    lost_rows: Collection[int] = ()
    """Records (from 0) whose memo is not in the memo file."""


class Table(NamedTuple):
    """What a dBASE table holds as text."""

    rows: int
    names: list[bytes]
    fields: list[TextField]


def read_text(table: DbfTable, memo: MemoFile | None) -> Table:
    """Names and text columns of a dBASE table, without decoding a byte.

    GDAL decodes while it reads and silently cuts at a NUL, so the bytes are read here.

    Parameters
    ----------
    table
        From `data.reading.dbf.read_dbf`.
    memo
        Its memos, or None where their file is missing: then their fields are left out.
    """
    fields = []
    for field in table.fields:
        if is_text(field, table.version):
            fields.append(_text_field(field))
        elif memo is not None and is_memo(field, table.version):
            fields.append(_memo_field(field, memo))
    return Table(len(table.deleted), [field.name for field in table.fields], fields)


def _text_field(field: DbfField) -> TextField:
    values = [bytes(row) for row in np.ascontiguousarray(field.block)]
    heads = [value.split(b"\x00", 1) for value in values]
    cut = [row for row, parts in enumerate(heads) if parts[1:] and parts[1].strip(b"\x00 ")]
    return TextField(field.number, field.width, [parts[0].rstrip(b" ") for parts in heads], cut)


def _memo_field(field: DbfField, memo: MemoFile) -> TextField:
    values: list[bytes] = []
    lost: set[int] = set()
    total = 0
    for record, number in enumerate(references(field)):
        try:
            values.append(b"" if number is None else memo.text(number))
        except ValueError:
            values.append(b"")
            lost.add(record)
        total += len(values[-1])
        if total > _MEMO_BYTES:  # many records may point at one memo
            what = Message("备注文字过多", "its memos are too long")
            raise FileRefused("dbf_damaged", what, Message("请重新导出", "export it again"))
    return TextField(field.number, MEMO_WIDTH, values, [], lost)


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
        ``unknown_encoding`` (no such encoding), ``encoding_unfit`` (with the row that does not
        fit), or ``mixed_encodings`` (some rows are UTF-8 and others are not).

    Examples
    --------
    >>> column = TextField(0, 20, ["南关区".encode("gbk")], [])
    >>> choose(Table(1, [b"name"], [column]), declared="UTF-8", forced=None).encoding
    'GB18030'
    """
    if forced is not None:
        encoding = codec_of(forced)
        _refuse_misfit(table, encoding)
        return Choice(encoding, _mixed_note(table) if encoding == GBK else None)
    if not any(_odd(table)):
        return Choice(UTF8, None)
    _refuse_mixed(table)
    fits = [encoding for encoding in _candidates(declared) if _misfit(table, encoding) is None]
    if not fits:
        _refuse_misfit(table, UTF8)
    chosen = _unless_chance(table, fits, declared)
    if chosen == GBK and not _says_gbk(declared) and _is_big5(table):
        chosen = BIG5
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
    if declared is not None and not is_latin(declared):
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


def is_latin(declared: str) -> bool:
    """Whether a declared encoding is one of the Latin pages, which are written for any text."""
    return _plain(declared) in ("cp1252", "88591", "8859_1", "iso-8859-1", "latin1", "cp437")


def codec_of(name: str) -> str:
    """The codec of a name; GBK and its kin are all ``GB18030``.

    Raises
    ------
    FileRefused
        ``unknown_encoding``.

    Examples
    --------
    >>> codec_of("ANSI 936"), codec_of("utf8")
    ('GB18030', 'UTF-8')
    """
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


def language_of(dbf: Path) -> str | None:
    """The code page that the header of a table names, for tables without a ``.cpg``."""
    with dbf.open("rb") as file:
        return _LANGUAGES.get(file.read(_LANGUAGE_AT + 1)[-1])


def _refuse_mixed(table: Table) -> None:
    """Refuse a table of two encodings: one of them would come out as other characters."""
    utf8, other = _apart(table)
    if not utf8 or not other:
        return
    few, many = sorted((utf8, other), key=len)
    name, one = (UTF8, "UTF-8") if few is utf8 else ("GBK", "GBK")
    row, index, value = few[0]
    where = row_list(sorted({row + 1 for row, _, _ in few}))
    shown = value.decode(UTF8 if few is utf8 else GBK, "replace")[:20]
    rest = "GBK" if few is utf8 else "UTF-8"
    what = Message(
        f"文字混用两种编码：列 {_readable(table.names[index])} {where.zh}是 {name}"
        f"（“{shown}”），其余 {len(many)} 处是 {rest}",
        f"its text is in two encodings: column {_readable(table.names[index])}, {where.en} in "
        f'{one} ("{shown}"), {len(many)} others in {rest}',
    )
    remedy = Message(
        "请统一存为一种编码（UTF-8 或 GBK）后提交",
        "save all rows in one encoding, UTF-8 or GBK, and send it again",
    )
    raise FileRefused("mixed_encodings", what, remedy, feature=row + 1)


def _mixed_note(table: Table) -> Message | None:
    rows = sorted({row + 1 for row, _, _ in _apart(table)[0]})
    if not rows:
        return None
    where = row_list(rows)
    return Message(
        f"{where.zh}的文字像是 UTF-8，按所指定的编码读取",
        f"{where.en}: the text looks like UTF-8, and was read in the encoding that was named",
    )


_Place = tuple[int, int, bytes]


def _apart(table: Table) -> tuple[list[_Place], list[_Place]]:
    """Row, field and bytes of texts that are surely UTF-8, and of those that surely are not."""
    utf8, other = [], []
    for value, width, row, index in _texts(table):
        if row is None or value.isascii():
            continue
        try:
            decoded(value, UTF8, width)
        except UnicodeDecodeError:
            other.append((row, index, value))
            continue
        if looks_utf8(value):
            utf8.append((row, index, value))
    return utf8, other


def looks_utf8(value: bytes) -> bool:
    """Whether bytes are Chinese in UTF-8 rather than GBK: as GBK they would be rare characters.

    Examples
    --------
    >>> looks_utf8("双阳湖东".encode()), looks_utf8("双阳湖东".encode("gbk"))
    (True, False)
    """
    try:
        text = codecs.getincrementaldecoder(UTF8)("strict").decode(value)
    except UnicodeDecodeError:
        return False
    if not text or max(text) < "\u0800":
        return False
    return _common_share(text) > _common_share(value.decode(GBK, "replace"))


def _common_share(text: str) -> float:
    """Share of common Chinese characters among those that are not ASCII."""
    letters = [letter for letter in text if not letter.isascii()]
    common = sum(letter.encode("gb2312", "replace")[0] in _COMMON for letter in letters)
    return common / len(letters) if letters else 0.0


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


def _says_gbk(declared: str | None) -> bool:
    return declared is not None and _plain(declared) == "gbk"


def _is_big5(table: Table) -> bool:
    if _misfit(table, BIG5) is not None:
        return False
    texts = [(value, width) for value, width, *_ in _texts(table) if not value.isascii()]
    as_big5, as_gb = (
        "".join(decoded(value, codec, width)[0] for value, width in texts) for codec in (BIG5, GBK)
    )
    return is_big5(as_big5, as_gb)


def _why(table: Table, chosen: str, declared: str | None) -> Message | None:
    said = _plain(declared) if declared else None
    if (chosen, said) in ((UTF8, "utf-8"), (UTF8, "utf8"), (GBK, "gbk")):
        return None
    sample = _sample(table, chosen)
    zh = "没有 .cpg" if declared is None else f".cpg 或表头写的是 {declared[:40]}"
    en = "there is no .cpg" if declared is None else f"the .cpg or the header says {declared[:40]}"
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
