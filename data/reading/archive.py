"""Unpacking a zip without trusting its contents."""

from __future__ import annotations

import errno
import stat
import zipfile
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path, PurePosixPath
from typing import IO, Final

from data.errors import FileRefused
from data.reading.limits import Limits
from data.reading.reasons import in_chinese
from data.text_cleaning import has_nul
from gis.messages import Message

WANTED: Final = frozenset(
    [
        *(".shp", ".shx", ".dbf", ".prj", ".cpg", ".dbt", ".fpt"),
        *(".gpkg", ".gpkg-wal", ".gpkg-shm", ".gpkg-journal"),
        *(".geojson", ".json", ".kml", ".gpx", ".fgb"),
        *(".geojsonl", ".geojsons", ".ndjson", ".topojson", ".dxf", ".txt", ".csv", ".xlsx"),
        *(".parquet", ".geoparquet"),
    ]
)  # and whatever lies in a .gdb folder
FIRST_GDB_TABLE: Final = "a00000001.gdbtable"
"""A file of every geodatabase."""
NESTED: Final = frozenset([".zip", ".kmz", ".rar", ".7z", ".tar", ".tgz", ".gz", ".bz2", ".xz"])
_CHUNK: Final = 1 << 20
_LOCAL_HEADER: Final = 30
_ENCRYPTED: Final = 0x1
_UTF8_NAME: Final = 0x800

_PACK_AGAIN: Final = Message("请重新打包后再提交", "pack it again and send it")


def unpack(path: Path, into: Path, limits: Limits) -> list[Path]:
    """Write the GIS files of an archive into a folder of our own.

    Parameters
    ----------
    path
        A zip (KMZ and .gdb.zip are zips too).
    into
        An empty folder. Folders of the archive are kept below it.
    limits
        Entries, inflated bytes and ratio are held to.

    Returns
    -------
    list[Path]
        What was written, in the order of the archive. Empty when nothing in it is a GIS file.

    Raises
    ------
    FileRefused
        ``zip_damaged``, ``zip_entries``, ``zip_path``, ``zip_symlink``, ``zip_encrypted``,
        ``zip_nested``, ``zip_overlap``, ``zip_duplicate``, ``zip_too_big``, ``zip_ratio``.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     packed = Path(folder, "plots.zip")
    ...     with zipfile.ZipFile(packed, "w") as archive:
    ...         archive.writestr("photo.jpg", "no GIS file")
    ...         archive.writestr("a/plots.geojson", "{}")
    ...     [file.name for file in unpack(packed, Path(folder, "out"), Limits())]
    ['plots.geojson']
    """
    try:
        with zipfile.ZipFile(path) as archive:
            entries = _entries(archive, limits)
            return list(_written(archive, entries, into, limits, path.stat().st_size))
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OSError) as error:
        raise _broken(error) from error


def _broken(error: Exception) -> Exception:
    """The refusal of a damaged archive; the error itself where our disk is full."""
    if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT):
        return error
    what = Message(
        f"压缩包损坏或不完整（{in_chinese(error)}）",
        f"the archive is damaged or cut off ({error})",
    )
    return FileRefused("zip_damaged", what, _PACK_AGAIN)


def extract(
    path: Path, into: Path, limits: Limits, wanted: Callable[[str], bool]
) -> dict[str, Path]:
    """Write entries of a package (a workbook) into a folder of our own.

    Parameters
    ----------
    path, into, limits
        As for `unpack`.
    wanted
        Whether an entry of this name is written.

    Raises
    ------
    FileRefused
        As `unpack`; packages within the package are no fault of it.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            infos = archive.infolist()
            _refuse_many(len(infos), limits)
            _refuse_overlap(archive, infos)
            named = _distinct([(info, entry_name(info)) for info in infos])
            for info, name in named:
                _refuse_place(info, name)
            chosen = [(info, name) for info, name in named if wanted(name) and not info.is_dir()]
            size = path.stat().st_size
            written = list(_written(archive, chosen, into, limits, size))
            return {name: file for (_info, name), file in zip(chosen, written, strict=True)}
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OSError) as error:
        raise _broken(error) from error


def _entries(archive: zipfile.ZipFile, limits: Limits) -> list[tuple[zipfile.ZipInfo, str]]:
    infos = archive.infolist()
    _refuse_many(len(infos), limits)
    _refuse_overlap(archive, infos)
    named = [(info, entry_name(info)) for info in infos]
    for info, name in named:
        _refuse_entry(info, name)
    databases = {
        PurePosixPath(name).parent
        for _, name in named
        if PurePosixPath(name).name.lower() == FIRST_GDB_TABLE
    }
    return _distinct([(info, name) for info, name in named if _is_wanted(info, name, databases)])


def _refuse_many(count: int, limits: Limits) -> None:
    if count > limits.entries:
        what = Message(
            f"压缩包内有 {count} 个文件，上限 {limits.entries}",
            f"the archive holds {count} entries, {limits.entries} are allowed",
        )
        raise FileRefused("zip_entries", what, Message("请只打包图层文件", "pack only the layer"))


def entry_name(info: zipfile.ZipInfo) -> str:
    """Name of an entry; without the UTF-8 flag it is often GBK.

    Examples
    --------
    >>> info = zipfile.ZipInfo("图斑.shp".encode("gbk").decode("cp437"))
    >>> entry_name(info)
    '图斑.shp'
    """
    if info.flag_bits & _UTF8_NAME:
        return info.orig_filename
    raw = info.orig_filename.encode("cp437", "replace")
    for encoding in ("utf-8", "gb18030"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    return info.orig_filename


def _refuse_entry(info: zipfile.ZipInfo, name: str) -> None:
    _refuse_place(info, name)
    path = PurePosixPath(name)
    if path.suffix.lower() in NESTED and not _is_rubbish(path):
        shown = repr(name[:80])
        what = Message(f"压缩包内还有压缩包 {shown}", f"the archive holds another archive, {shown}")
        raise FileRefused(
            "zip_nested", what, Message("请解开后提交", "unpack it and send its content")
        )


def _refuse_place(info: zipfile.ZipInfo, name: str) -> None:
    shown = repr(name[:80])
    path = PurePosixPath(name)
    if "\\" in name or has_nul(name) or ":" in name or path.is_absolute() or ".." in path.parts:
        what = Message(f"压缩包内路径 {shown} 越界", f"the entry {shown} names a place outside")
        raise FileRefused("zip_path", what, _PACK_AGAIN)
    if stat.S_ISLNK(info.external_attr >> 16):
        what = Message(f"压缩包内 {shown} 是符号链接", f"the entry {shown} is a symbolic link")
        raise FileRefused("zip_symlink", what, _PACK_AGAIN)
    if info.flag_bits & _ENCRYPTED:
        what = Message("压缩包有密码", f"the entry {shown} is encrypted")
        raise FileRefused(
            "zip_encrypted", what, Message("请去掉密码", "pack it without a password")
        )


def _is_rubbish(path: PurePosixPath) -> bool:
    return "__MACOSX" in path.parts or path.name.startswith("._")


def _is_wanted(info: zipfile.ZipInfo, name: str, databases: set[PurePosixPath]) -> bool:
    path = PurePosixPath(name)
    if info.is_dir() or _is_rubbish(path):
        return False
    # A geodatabase whose files were packed without their folder is one all the same.
    in_gdb = any(part.lower().endswith(".gdb") for part in path.parts[:-1])
    in_gdb = in_gdb or path.parent in databases
    return in_gdb or path.suffix.lower() in WANTED


def _distinct(entries: list[tuple[zipfile.ZipInfo, str]]) -> list[tuple[zipfile.ZipInfo, str]]:
    seen: set[str] = set()
    for _info, name in entries:
        if name.lower() in seen:
            what = Message(f"压缩包内有两个 {name[:80]!r}", f"two entries are called {name[:80]!r}")
            raise FileRefused("zip_duplicate", what, _PACK_AGAIN)
        seen.add(name.lower())
    return entries


def _refuse_overlap(archive: zipfile.ZipFile, infos: list[zipfile.ZipInfo]) -> None:
    # A small archive whose entries share one body inflates to anything; zipfile of Python 3.11.7
    # does not notice. Bodies must follow one another, and end before the table of contents.
    ends = 0
    for info in sorted(infos, key=lambda info: info.header_offset):
        if info.header_offset < ends:
            what = Message("压缩包内条目互相重叠", "entries of the archive overlap each other")
            raise FileRefused("zip_overlap", what, _PACK_AGAIN)
        ends = info.header_offset + _LOCAL_HEADER + info.compress_size
    if infos and ends > archive.start_dir:
        what = Message("压缩包条目超出范围", "an entry reaches beyond the end of the archive")
        raise FileRefused("zip_overlap", what, _PACK_AGAIN)


def _written(
    archive: zipfile.ZipFile,
    entries: list[tuple[zipfile.ZipInfo, str]],
    into: Path,
    limits: Limits,
    packed_bytes: int,
) -> Iterator[Path]:
    inflated = 0
    for info, name in entries:
        target = into.joinpath(*PurePosixPath(name).parts)
        target.parent.mkdir(parents=True, exist_ok=True)
        with archive.open(info) as source, target.open("xb") as sink:
            for chunk in _chunks(source):
                inflated += len(chunk)
                _refuse_size(inflated, packed_bytes, limits)
                sink.write(chunk)
        yield target


def _chunks(source: IO[bytes]) -> Iterator[bytes]:
    while chunk := source.read(_CHUNK):
        yield chunk


def _refuse_size(inflated: int, packed: int, limits: Limits) -> None:
    fewer = Message("请分批提交", "send it in parts")
    if inflated > limits.inflated_bytes:
        most = limits.inflated_bytes / 2**20
        what = Message(f"解压后超过 {most:g} MB", f"the archive inflates to more than {most:g} MB")
        raise FileRefused("zip_too_big", what, fewer)
    if inflated > limits.ratio_from_bytes and inflated > packed * limits.ratio:
        what = Message(
            f"压缩比超过 {limits.ratio}，疑似压缩炸弹",
            f"the archive inflates more than {limits.ratio} times, as zip bombs do",
        )
        raise FileRefused("zip_ratio", what, fewer)
