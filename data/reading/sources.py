"""The one layer to read in an uploaded file, whether packed or not."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from data.errors import FileRefused
from data.reading.archive import FIRST_GDB_TABLE, unpack
from data.reading.geojson import read_geojson
from data.reading.gpx import read_gpx
from data.reading.kml import read_kml
from data.reading.kml_tracks import read_kml_tracks
from data.reading.layer_names import one_layer
from data.reading.layers import read_layer
from data.reading.sandbox_result import RawLayer
from data.reading.shapefile_parts import gather
from data.reading.shapefiles import read_shapefile
from data.reading.sniff import READABLE, Format, format_of
from data.reading.task import Task
from gis.messages import Message

_LAYER_SUFFIXES = frozenset(
    [
        *(".shp", ".gpkg", ".geojson", ".json", ".kml", ".gpx", ".fgb", ".dxf"),
        *(".geojsonl", ".geojsons", ".ndjson", ".topojson", ".parquet", ".geoparquet"),
    ]
)
# Texts and tables often lie beside a layer as its description: they count where there is none.
_SECOND_SUFFIXES = frozenset([".txt", ".csv", ".xlsx"])


class Source(NamedTuple):
    """A file that holds layers, and the name it had."""

    path: Path
    name: str


def read_source(task: Task, folder: Path, leave_only: Callable[[str | None], None]) -> RawLayer:
    """Read the layer of a task.

    Parameters
    ----------
    task
        Path, layer, encoding and limits.
    folder
        Our own, for what is unpacked.
    leave_only
        Called with the one driver that the content calls for, before GDAL is loaded.
    """
    path = Path(task.path)
    kind = format_of(path)
    source, layer = Source(path, path.name), task.layer
    if kind is Format.ZIP:
        source, layer = _packed(path, folder, task)
        kind = format_of(source.path)
        if kind is Format.ZIP:
            what = Message("压缩包内还有压缩包", "the archive holds another archive")
            raise FileRefused(
                "zip_nested", what, Message("请解开后提交", "unpack it and send its content")
            )
    if kind is Format.KML:
        leave_only(None)
        read = read_kml_tracks if task.walks else read_kml
        return read(source.path, layer, task.limits, folder, task.encoding)
    if kind is Format.GPX:
        leave_only(None)
        return read_gpx(source.path, layer, task.limits, folder, task.encoding)
    if kind in _BY_PYTHON:
        leave_only(None)
        return _by_python(source.path, kind, layer, folder, task)
    leave_only(kind.driver)
    return _read(source, kind, layer, folder, task)


def _read(source: Source, kind: Format, layer: str | None, folder: Path, task: Task) -> RawLayer:
    stem = Path(source.name).stem
    if kind is Format.GEOJSON:
        said = task.crs_is_said
        return read_geojson(
            source.path,
            layer,
            task.limits,
            crs_is_said=said,
            fourth_is_time=task.walks,
            forced=task.encoding,
        )
    if kind is Format.SHAPEFILE:
        one_layer([stem], layer)
        parts = folder / "parts"
        parts.mkdir()
        return read_shapefile(gather(source.path, parts), stem, task.encoding, task.limits)
    if kind is Format.GEOPACKAGE and any(
        source.path.with_name(source.path.name + end).exists() for end in ("-wal", "-journal")
    ):
        return read_layer(source.path, kind, layer, task.limits, folder)
    own = folder / f"layer{_suffix(kind)}"
    own.symlink_to(source.path.resolve(), target_is_directory=source.path.is_dir())
    return read_layer(own, kind, layer, task.limits, folder)


_BY_LINES = (Format.BOUNDARY_POINTS, Format.DXF, Format.CSV, Format.XLSX)
_BY_PYTHON = (*_BY_LINES, Format.PARQUET)


def _by_python(path: Path, kind: Format, layer: str | None, folder: Path, task: Task) -> RawLayer:
    # Most files need none of these readers, and two of them bring pyproj and pyarrow.
    if kind is Format.PARQUET:
        from data.reading.geoparquet import read_geoparquet  # noqa: PLC0415

        return read_geoparquet(path, layer, task.limits)
    if kind is Format.BOUNDARY_POINTS:
        from data.reading.boundary_points import read_boundary_points  # noqa: PLC0415

        return read_boundary_points(path, layer, task.limits, task.encoding)
    if kind is Format.DXF:
        from data.reading.dxf import read_dxf  # noqa: PLC0415

        return read_dxf(path, layer, task.limits, task.encoding)
    from data.reading.tables import bare_layer, holds_shapes, layer_of_grid  # noqa: PLC0415

    if kind is Format.CSV:
        from data.reading.csv_tables import read_csv  # noqa: PLC0415

        grid = read_csv(path, layer, task.limits, task.encoding)
    else:
        from data.reading.xlsx_tables import read_xlsx  # noqa: PLC0415

        grid = read_xlsx(path, layer, task.limits, folder)
    if task.table:
        return bare_layer(grid, task.limits)
    if task.rows and not holds_shapes(grid):
        from gis.crs import CGCS2000  # noqa: PLC0415

        return replace(bare_layer(grid, task.limits), crs=f"EPSG:{CGCS2000}")
    return layer_of_grid(grid, task.limits, points_only=task.walks or task.rows)


def _suffix(kind: Format) -> str:
    # GDAL also uses the extension: give it our own file name.
    return {
        Format.GEOPACKAGE: ".gpkg",
        Format.FLATGEOBUF: ".fgb",
        Format.FILE_GEODATABASE: ".gdb",
    }[kind]


def _packed(path: Path, folder: Path, task: Task) -> tuple[Source, str | None]:
    """The one source in an archive, and the layer to look for inside it."""
    files = unpack(path, folder / "unpacked", task.limits)
    databases = {part for file in files for part in file.parents if part.suffix.lower() == ".gdb"}
    databases |= {file.parent for file in files if file.name.lower() == FIRST_GDB_TABLE}
    single = [file for file in files if not databases.intersection(file.parents)]
    shown = [file for file in single if file.suffix.lower() in _LAYER_SUFFIXES]
    if not shown and not databases:
        shown = [file for file in single if _is_second(file)]
    sources = [Source(candidate, candidate.name) for candidate in (*sorted(databases), *shown)]
    if not sources:
        raise _nothing(files)
    if len(sources) == 1:
        is_file_layer = sources[0].path.suffix.lower() in (".shp", ".geojson", ".json")
        if task.layer == sources[0].path.stem and is_file_layer:
            return sources[0], None if sources[0].path.suffix.lower() != ".shp" else task.layer
        return sources[0], task.layer
    names = _names([source.path for source in sources], folder / "unpacked")
    chosen = one_layer(names, task.layer)
    return sources[names.index(chosen)], None


def _names(paths: list[Path], root: Path) -> list[str]:
    """What layers of an archive are called: their folders stand before those of one name."""
    stems = [path.stem for path in paths]
    if len(set(stems)) == len(stems):
        return stems
    placed = [path.relative_to(root).with_suffix("").as_posix() for path in paths]
    named = [
        place if stems.count(stem) > 1 else stem for stem, place in zip(stems, placed, strict=True)
    ]
    # One folder may hold a.shp beside a.geojson.
    return [
        path.relative_to(root).as_posix() if named.count(name) > 1 else name
        for path, name in zip(paths, named, strict=True)
    ]


def _is_second(file: Path) -> bool:
    """Whether a text or table is of a format that is read, and no mere description."""
    if file.suffix.lower() not in _SECOND_SUFFIXES:
        return False
    try:
        return format_of(file) in _BY_LINES
    except FileRefused:
        return False


def _nothing(files: list[Path]) -> FileRefused:
    if any(file.suffix.lower() == ".dbf" for file in files):
        what = Message("压缩包内没有 .shp", "there is no .shp in the archive")
        remedy = Message(
            ".shp、.dbf、.shx、.prj 请一起打包", "pack .shp, .dbf, .shx and .prj together"
        )
        return FileRefused("shp_missing", what, remedy)
    what = Message("压缩包内没有 .shp 或其他图层", "the archive holds no .shp nor any other layer")
    return FileRefused("no_layer_in_zip", what, READABLE)
