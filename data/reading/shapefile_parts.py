"""The files that make one shapefile, whatever their letter case."""

from __future__ import annotations

import struct
from pathlib import Path
from typing import Final, NamedTuple

from data.errors import FileRefused
from gis.messages import Message

_SUFFIXES: Final = (".shp", ".shx", ".dbf", ".prj", ".cpg")
_PRJ_BYTES: Final = 65_536
_SEND_AGAIN: Final = Message("请重新导出或重新上传", "export or upload it again")


class Shapefile(NamedTuple):
    """One shapefile, linked into a folder of our own under plain names."""

    shp: Path
    dbf: Path
    prj: str | None
    cpg: str | None
    has_index: bool


def gather(shp: Path, into: Path) -> Shapefile:
    """Find the parts beside a ``.shp`` and link them into `into` under lower-case names.

    Parameters
    ----------
    shp
        The part with the shapes; its siblings may differ in letter case.
    into
        An existing folder without them; a missing ``.shx`` is later restored there, so that
        nothing is ever written beside the sender's own file.

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
    shapes = _index_count(parts[".shx"]) or _shape_count(shp)
    if shapes != rows:
        what = Message(
            f".shp 有 {shapes} 个要素，.dbf 有 {rows} 行",
            f"the .shp has {shapes} features and the .dbf {rows} rows",
        )
        raise FileRefused("rows_differ", what, _SEND_AGAIN, file=shp.name)
    for suffix in (".shp", ".shx", ".dbf"):
        part = parts[suffix]
        if part is not None:
            (into / f"layer{suffix}").symlink_to(part.resolve())
    return Shapefile(
        shp=into / "layer.shp",
        dbf=into / "layer.dbf",
        prj=_text(parts[".prj"]),
        cpg=_text(parts[".cpg"]),
        has_index=parts[".shx"] is not None,
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


def _index_count(shx: Path | None) -> int:
    return max(shx.stat().st_size - 100, 0) // 8 if shx is not None else 0


def _shape_count(shp: Path) -> int:
    """Records of a ``.shp`` without an index: each says how long it is."""
    raw = shp.read_bytes()
    count, at = 0, 100
    while at + 8 <= len(raw):
        at += 8 + 2 * max(struct.unpack_from(">i", raw, at + 4)[0], 0)
        count += 1
    return count


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
