"""Memo files beside a dBASE table: ``.dbt`` of dBASE III and IV, ``.fpt`` of FoxPro."""

from __future__ import annotations

import struct
from pathlib import Path
from typing import Final

from data.reading.dbf import DbfField

__all__ = ["MemoFile", "references"]

_END: Final = b"\x1a"
_BLOCK_BYTES: Final = 512
_DBASE4: Final = b"\xff\xff\x08\x00"
_MEMO_BYTES: Final = 2**24
_DBASE3: Final = 0x83


class MemoFile:
    """Texts by the number of their block.

    Parameters
    ----------
    path
        Its suffix tells the kind.
    version
        First byte of the table.
    """

    def __init__(self, path: Path, version: int) -> None:
        self._raw = path.read_bytes()
        self._known: dict[int, bytes] = {}
        self._foxpro = path.suffix.lower() == ".fpt"
        self._block = _BLOCK_BYTES
        if self._foxpro and len(self._raw) >= 8:
            self._block = struct.unpack_from(">H", self._raw, 6)[0] or _BLOCK_BYTES
        elif version != _DBASE3 and len(self._raw) >= 22:
            self._block = struct.unpack_from("<H", self._raw, 20)[0] or _BLOCK_BYTES

    def text(self, number: int) -> bytes:
        """The bytes of a memo.

        Raises
        ------
        ValueError
            The file has no such memo.
        """
        if number not in self._known:
            self._known[number] = self._read(number)
        return self._known[number]

    def _read(self, number: int) -> bytes:
        at = number * self._block
        head = self._raw[at : at + 8]
        if number < 1 or len(head) < 8:
            raise ValueError("no such memo")
        if self._foxpro:
            return self._part(at + 8, struct.unpack(">I", head[4:])[0])
        if head.startswith(_DBASE4):
            return self._part(at + 8, struct.unpack("<I", head[4:])[0] - 8)
        end = self._raw.find(_END, at)
        return self._part(at, (len(self._raw) if end < 0 else end) - at)

    def _part(self, begin: int, length: int) -> bytes:
        if not 0 <= length <= _MEMO_BYTES or begin + length > len(self._raw):
            raise ValueError("a memo is longer than its file")
        return self._raw[begin : begin + length].rstrip(b"\x1a\x00 \r\n")


def references(field: DbfField) -> list[int | None]:
    """Number of the memo of each record; None for none.

    Ten digits, or four bytes in FoxPro. What is neither is -1.
    """
    found: list[int | None] = []
    for cell in map(bytes, field.block):
        written = cell.strip(b" \x00")
        if len(cell) == 4:
            found.append(struct.unpack("<i", cell)[0] or None)
        elif not written or not written.strip(b"0"):
            found.append(None)
        else:
            found.append(int(written) if written.isdigit() else -1)
    return found
