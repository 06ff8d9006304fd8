"""The files that make one shapefile, whatever their letter case; the sender's are only read."""

from __future__ import annotations

import struct
from pathlib import Path
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from data.errors import FileRefused
from gis.messages import Message

_SUFFIXES: Final = (".shp", ".shx", ".dbf", ".prj", ".cpg", ".dbt", ".fpt")
_HEADER_BYTES: Final = 100
_PRJ_BYTES: Final = 65_536
_SEND_AGAIN: Final = Message("请重新导出或重新上传", "export or upload it again")


class Shapefile(NamedTuple):
    """One shapefile, linked into a folder of our own under plain names."""

    shp: Path
    dbf: Path
    prj: str | None
    cpg: str | None
    memo: Path | None
    """The file of its memos, ``.dbt`` or ``.fpt``."""
    notes: list[Message]


def gather(shp: Path, into: Path) -> Shapefile:
    """Find the parts beside a ``.shp`` and link them into `into` under lower-case names.

    Parameters
    ----------
    shp
        The part with the shapes; its siblings may differ in letter case.
    into
        An existing folder without them. The index is always written there anew, from that of the
        sender or from the records: GDAL would "repair" the sender's own, and bring back shapes
        that were deleted.

    Raises
    ------
    FileRefused
        ``dbf_missing``, ``shp_truncated`` or ``dbf_truncated`` (less is there than the header
        promises), ``rows_differ`` (GDAL would leave out the rows that one of them lacks).
    """
    parts = {suffix: _sibling(shp, suffix) for suffix in _SUFFIXES}
    dbf = parts[".dbf"]
    if dbf is None:
        what = Message("缺少同名 .dbf（属性表）", "its .dbf, the table of attributes, is missing")
        remedy = Message(
            ".shp、.dbf、.shx、.prj 请一起提交", "send .shp, .dbf, .shx and .prj together"
        )
        raise FileRefused("dbf_missing", what, remedy, file=shp.name)
    rows = _refuse_truncated(shp, dbf)
    index, note = _index(shp, _whole(parts[".shx"]))
    if len(index) != rows:
        what = Message(
            f".shp 有 {len(index)} 个要素，.dbf 有 {rows} 行",
            f"the .shp has {len(index)} features and the .dbf {rows} rows",
        )
        raise FileRefused("rows_differ", what, _SEND_AGAIN, file=shp.name)
    for suffix, part in ((".shp", shp), (".dbf", dbf)):
        (into / f"layer{suffix}").symlink_to(part.resolve())
    _write_index(into / "layer.shx", shp, index)
    return Shapefile(
        shp=into / "layer.shp",
        dbf=into / "layer.dbf",
        prj=_text(parts[".prj"]),
        cpg=_text(parts[".cpg"]),
        memo=parts[".fpt"] or parts[".dbt"],
        notes=[note] if note else [],
    )


def _sibling(shp: Path, suffix: str) -> Path | None:
    wanted = (shp.stem + suffix).lower()
    same = [path for path in shp.parent.iterdir() if path.name.lower() == wanted]
    exact = [path for path in same if path.stem == shp.stem]
    return min(exact or same, default=None)


def _text(path: Path | None) -> str | None:
    if path is None:
        return None
    with path.open("rb") as file:
        text = file.read(_PRJ_BYTES).decode("utf-8-sig", "replace").strip("\x00 \r\n\t")
    return text or None


Index = NDArray[np.int64]
"""``(n, 2)`` offset and length of each record of a ``.shp``, in words of 16 bits."""


def _index(shp: Path, shx: Path | None) -> tuple[Index, Message | None]:
    """Where the records lie: as the ``.shx`` says, which skips what was deleted."""
    if shx is None:
        return _walked(shp), Message(
            "缺少 .shx（或不完整），已按 .shp 逐条读取",
            "the .shx is missing or cut off; the .shp was read record by record",
        )
    raw = shx.read_bytes()[_HEADER_BYTES:]
    entries = len(raw) // 8
    for order in (">i4", "<i4"):
        index = np.frombuffer(raw, order, 2 * entries).reshape(-1, 2).astype(np.int64)
        if _fits(shp, index):
            turned = Message(
                ".shx 的字节序有误，已按相反字节序读取",
                "the .shx has its bytes in the other order, and was read so",
            )
            return index, turned if order == "<i4" else None
    return _walked(shp), Message(
        ".shx 与 .shp 不符，已按 .shp 逐条读取；若要素多于预期，请重新导出",
        "the .shx does not fit the .shp, which was read record by record; export it again if it "
        "has more features than it should",
    )


def _whole(shx: Path | None) -> Path | None:
    """An index that has entries and is as long as it says; None for any other."""
    if shx is None or shx.stat().st_size <= _HEADER_BYTES:
        return None
    with shx.open("rb") as file:
        head = file.read(28)
    promised = (2 * struct.unpack(order, head[24:28])[0] for order in (">i", "<i"))
    return shx if any(0 < size <= shx.stat().st_size for size in promised) else None


def _fits(shp: Path, index: Index) -> bool:
    """Whether every entry of an index names a record of the file."""
    raw = np.memmap(shp, np.uint8, "r")
    begins = 2 * index[:, 0]
    if (begins < _HEADER_BYTES).any() or (begins + 8 + 2 * index[:, 1] > len(raw)).any():
        return False
    heads = raw[(begins + 4)[:, None] + np.arange(4)].astype(np.int64)
    lengths = heads @ np.array([1 << 24, 1 << 16, 1 << 8, 1])
    return bool((lengths == index[:, 1]).all())


def _walked(shp: Path) -> Index:
    """Records of a ``.shp`` one after another: each says how long it is."""
    raw = shp.read_bytes()
    records = []
    at = _HEADER_BYTES
    while at + 8 <= len(raw):
        words = max(struct.unpack_from(">i", raw, at + 4)[0], 0)
        records.append((at // 2, words))
        at += 8 + 2 * words
    return np.array(records, dtype=np.int64).reshape(-1, 2)


def _write_index(path: Path, shp: Path, index: Index) -> None:
    with shp.open("rb") as file:
        head = bytearray(file.read(_HEADER_BYTES))
    head[24:28] = struct.pack(">i", (_HEADER_BYTES + 8 * len(index)) // 2)
    path.write_bytes(bytes(head) + index.astype(">i4").tobytes())


def _refuse_truncated(shp: Path, dbf: Path) -> int:
    """Rows of the table, when both files are as long as they say."""
    with shp.open("rb") as file:
        promised = 2 * struct.unpack(">i", file.read(28)[24:28])[0]  # 16-bit words
    if promised > (there := shp.stat().st_size):
        what = Message(
            f".shp 不完整：应有 {promised} 字节，只有 {there}",
            f"the .shp is cut off: it should have {promised} bytes and has {there}",
        )
        raise FileRefused("shp_truncated", what, _SEND_AGAIN, file=shp.name)
    with dbf.open("rb") as file:
        head = file.read(32)
    if len(head) < 32:
        what = Message(".dbf 不完整", "the .dbf is cut off")
        raise FileRefused("dbf_truncated", what, _SEND_AGAIN, file=dbf.name)
    rows, start, width = struct.unpack_from("<IHH", head, 4)
    if start + rows * width > (there := dbf.stat().st_size):
        what = Message(
            f".dbf 不完整：应有 {rows} 行，只有 {there} 字节",
            f"the .dbf is cut off: {rows} rows do not fit into its {there} bytes",
        )
        raise FileRefused("dbf_truncated", what, _SEND_AGAIN, file=dbf.name)
    return int(rows)
