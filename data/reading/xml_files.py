"""XML from outside (KML, GPX): no entities, any encoding, elements one after another."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final, NamedTuple
from xml.etree import ElementTree as ET
from xml.parsers import expat

from data.errors import FileRefused
from data.reading.damage import EXPORT_AGAIN, damaged
from data.reading.text_files import is_utf8, read_text_file
from gis.messages import Message

__all__ = ["XML_CHUNK_BYTES", "PlainXml", "plain_xml", "refuse_entities", "tag_of", "xml_events"]

XML_CHUNK_BYTES: Final = 2**20
_TAG_BYTES: Final = 2 * XML_CHUNK_BYTES
_DECLARATION: Final = re.compile(r"\s*<\?xml[^>]{0,200}\?>")
_ENCODING: Final = re.compile(rb"""<\?xml[^>]{0,200}?encoding\s*=\s*["']([\w.:-]{1,40})["']""")
_HEAD_BYTES: Final = 512
_UTF8_NAMES: Final = ("utf-8", "utf8", "us-ascii", "ascii")


class PlainXml(NamedTuple):
    """A file in UTF-8, fit for the parser."""

    path: Path
    """The sender's file, or one of our own."""
    encoding: str
    notes: list[Message]


def plain_xml(path: Path, folder: Path, forced: str | None = None) -> PlainXml:
    """Bring XML of any encoding to UTF-8, in a file of our own; entities are refused.

    The parser knows no GBK, and takes a file at its word that says UTF-8 and is not.

    Parameters
    ----------
    path
        The sender's file.
    folder
        Where a file of our own may be written.
    forced
        ``--encoding``.

    Raises
    ------
    FileRefused
        ``xml_entities``, ``file_damaged`` and those of `data.reading.text_files.read_text_file`.
    """
    with path.open("rb") as file:
        match = _ENCODING.search(file.read(_HEAD_BYTES))
    declared = None if match is None else match[1].decode("ascii")
    plain = declared is None or declared.lower() in _UTF8_NAMES
    if forced is None and plain and is_utf8(path):
        refuse_entities(path)
        return PlainXml(path, "UTF-8", [])
    text, encoding, notes = read_text_file(path, declared=declared, forced=forced)
    own = folder / "plain.xml"
    own.write_text(_DECLARATION.sub("", text, count=1), encoding="utf-8", errors="replace")
    refuse_entities(own)
    return PlainXml(own, encoding, notes)


def tag_of(element: ET.Element) -> str:
    """Its name without the namespace."""
    return str(element.tag).rpartition("}")[2]


def refuse_entities(path: Path) -> None:
    """Refuse XML with a document type before GDAL sees it: entities are declared nowhere else.

    A tag or comment of more than 2 MB is refused too (``file_damaged``).

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.NamedTemporaryFile() as file:
    ...     _ = file.write(b'<!DOCTYPE kml [<!ENTITY a "b">]><kml>&a;</kml>')
    ...     file.flush()
    ...     try:
    ...         refuse_entities(Path(file.name))
    ...     except FileRefused as refused:
    ...         print(refused.code)
    xml_entities
    """
    parser = expat.ParserCreate()
    parser.StartDoctypeDeclHandler = _refuse_doctype
    read = 0
    try:
        with path.open("rb") as file:
            while chunk := file.read(XML_CHUNK_BYTES):
                parser.Parse(chunk, False)
                read += len(chunk)
                if read - parser.CurrentByteIndex > _TAG_BYTES:
                    raise _long_tag()
            parser.Parse(b"", True)
    except expat.ExpatError as error:
        raise damaged(error) from error


def _long_tag() -> FileRefused:
    what = Message("XML 中有超过 2 MB 的标签或注释", "a tag or a comment of the XML has over 2 MB")
    return FileRefused("file_damaged", what, EXPORT_AGAIN)


def xml_events(path: Path) -> Iterator[tuple[str, ET.Element]]:
    """``start`` and ``end`` of elements in the order of the file; the caller clears the finished.

    `refuse_entities` comes first. `ET.iterparse` reads pieces of 16 KB, and the parser begins an
    unfinished tag anew with each of them: a tag of 20 MB took five minutes.

    Raises
    ------
    FileRefused
        ``file_damaged``.
    """
    parser: ET.XMLPullParser[Any] = ET.XMLPullParser(("start", "end"))
    try:
        with path.open("rb") as file:
            while chunk := file.read(XML_CHUNK_BYTES):
                parser.feed(chunk)
                yield from _events(parser)
        parser.close()
    except ET.ParseError as error:
        raise damaged(error) from error
    yield from _events(parser)


def _events(parser: ET.XMLPullParser[Any]) -> Iterator[tuple[str, ET.Element]]:
    events: Iterator[Any] = parser.read_events()
    yield from events


def _refuse_doctype(*_declared: object) -> None:
    what = Message("XML 含 DTD 或实体声明", "the XML declares a DTD or entities")
    remedy = Message("请删除 <!DOCTYPE …> 后提交", "take <!DOCTYPE …> out of it")
    raise FileRefused("xml_entities", what, remedy)
