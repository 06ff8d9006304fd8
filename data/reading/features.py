"""Reading the features of a GIS file from outside."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import Final, NamedTuple

import geopandas
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from data.cell_values import Unreadable
from data.errors import FileRefused, sentence
from data.packed_shapes import PackedShapes
from data.reading.crs_names import BY_NUMBERS
from data.reading.limits import MIB, Limits
from data.reading.placing import placed_parts
from data.reading.reasons import in_chinese
from data.reading.sandbox import open_in_sandbox
from data.reading.sandbox_answer import Result
from data.reading.sandbox_result import Column
from data.reading.stated_crs import crs_notes, stated_system
from data.reading.zone_prefixes import refuse_mixed_zones
from data.text_cleaning import row_list
from gis.crs import CGCS2000
from gis.messages import Message

__all__ = [
    "Features",
    "Limits",
    "PackedFeatures",
    "read_features",
    "read_packed",
    "read_rows",
    "read_untouched",
    "read_walks",
]


class Features(NamedTuple):
    """One layer, in degrees of CGCS2000, its columns called as in the file."""

    frame: geopandas.GeoDataFrame
    """One row a feature, in the order of the file. A feature without geometry has None."""
    crs_name: str
    """Of the file (or as ``--crs`` said), before it was brought to CGCS2000."""
    encoding: str | None
    layer: str
    notes: list[Message]
    """Notes for the sender: chosen encoding, dropped heights, rows without geometry."""
    declared: str | None = None
    """Reference system in the file's own words (its ``.prj``), or as ``--crs`` said."""


class PackedFeatures(NamedTuple):
    """As `Features`, of which few shapes are in memory at once."""

    table: pd.DataFrame
    """The columns beside the shapes, called as in the file."""
    shapes: PackedShapes
    """In degrees of CGCS2000, None where a feature has none."""
    crs_name: str
    encoding: str | None
    layer: str
    notes: list[Message]
    declared: str | None = None

    def drawn(self) -> Features:
        """All of them, with their shapes in memory."""
        drawn = self.shapes[:]
        frame = geopandas.GeoDataFrame(self.table, geometry=drawn, crs=CGCS2000)
        return Features(frame, *self[2:])


def read_features(
    path: Path,
    *,
    layer: str | None = None,
    crs: str | None = None,
    encoding: str | None = None,
    limits: Limits = Limits(),  # noqa: B008 - frozen
) -> Features:
    """Read one layer of an untrusted file.

    A child process of its own opens it: without network, with bounds on memory, time and disk,
    and with only the one GDAL driver that the content calls for.

    Parameters
    ----------
    path
        ``.shp`` (with its parts), ``.zip``, ``.gpkg``, ``.geojson``, ``.kml``, ``.kmz``,
        ``.gdb.zip``, ``.fgb``, ``.gpx``; recognised by content.
    layer
        Which one, where there are several.
    crs
        Reference system, in place of what the file says: ``EPSG:4547``, ``gcj02``, ``bd09``,
        ``EPSG:4530+swapped``; see `data.reading.stated_crs.stated_system`.
    encoding
        Of the text of a shapefile, in place of the detected one.
    limits
        See `data.reading.limits.Limits`.

    Returns
    -------
    Features
        Longitudes and latitudes in degrees, CGCS2000; heights are dropped, which is told.
        Geometry is not checked for validity here.

    Raises
    ------
    FileRefused
        With the file, the feature where there is one, and how to mend it.

    Examples
    --------
    >>> import tempfile
    >>> text = '''{"type": "FeatureCollection", "features": [{"type": "Feature",
    ...     "properties": {"name": "一号"},
    ...     "geometry": {"type": "Point", "coordinates": [125.3, 43.9]}}]}'''
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     file = Path(folder, "plots.geojson")
    ...     _ = file.write_text(text, encoding="utf-8")
    ...     features = read_features(file)
    >>> features.frame["name"][0], features.frame.geometry[0].wkt
    ('一号', 'POINT (125.3 43.9)')
    """
    return _read(path, layer=layer, crs=crs, encoding=encoding, limits=limits).drawn()


def read_packed(
    path: Path,
    *,
    layer: str | None = None,
    crs: str | None = None,
    encoding: str | None = None,
    limits: Limits = Limits(),  # noqa: B008 - frozen
) -> PackedFeatures:
    """As `read_features`, for a file that may be large: it may have ``stored_vertices``."""
    most = replace(limits, vertices=limits.stored_vertices)
    return _read(path, layer=layer, crs=crs, encoding=encoding, limits=most)


def read_walks(
    path: Path,
    *,
    layer: str | None = None,
    crs: str | None = None,
    encoding: str | None = None,
    limits: Limits = Limits(),  # noqa: B008 - frozen
) -> Features:
    """Read a layer of tracks: as `read_features`, but with the time of every fix.

    GPX, KML and KMZ give one row a track, all in one layer, with a column ``times``; a fourth
    ordinate of GeoJSON becomes that column too. Other formats are read as by `read_features`.
    """
    read = _read(path, layer=layer, crs=crs, encoding=encoding, limits=limits, walks=True)
    return read.drawn()


def read_rows(
    path: Path,
    *,
    layer: str | None = None,
    crs: str | None = None,
    encoding: str | None = None,
    limits: Limits = Limits(),  # noqa: B008 - frozen
) -> Features:
    """Read things that need no shape: as `read_features`, but each row of a table is one of them.

    A table without places is read, too; with 经度 and 纬度 each row is a point.
    """
    read = _read(path, layer=layer, crs=crs, encoding=encoding, limits=limits, rows=True)
    return read.drawn()


def _read(  # noqa: PLR0913
    path: Path,
    *,
    layer: str | None,
    crs: str | None,
    encoding: str | None,
    limits: Limits,
    walks: bool = False,
    rows: bool = False,
) -> PackedFeatures:
    try:
        _refuse_missing(path, limits)
        stored = open_in_sandbox(
            path,
            layer=layer,
            encoding=encoding,
            crs_is_said=crs is not None,
            limits=limits,
            walks=walks,
            rows=rows,
        )
        return _features(stored, crs, limits)
    except FileRefused as refused:
        raise refused.about(path.name) from refused.__cause__


def _refuse_missing(path: Path, limits: Limits) -> None:
    if not (path.is_file() or path.is_dir()):
        what = Message("找不到文件", "there is no such file")
        raise FileRefused("no_file", what, Message("请检查路径", "look at its path"))
    if (size := path.stat().st_size) > limits.file_bytes:
        what = Message(
            f"文件 {size // MIB} MB，上限 {limits.file_bytes // MIB} MB",
            f"it has {size // MIB} MB, {limits.file_bytes // MIB} MB are allowed",
        )
        raise FileRefused("too_big", what, Message("请分批提交", "send it in parts"))


def _features(layer: Result, crs: str | None, limits: Limits) -> PackedFeatures:
    shapes, notes = _shapes(layer.shapes, limits)
    named = layer.crs is not None and layer.crs != BY_NUMBERS
    positions = np.empty((0, 2)) if named else shapely.get_coordinates(shapes[:])
    if layer.crs == BY_NUMBERS and crs is None:
        refuse_mixed_zones(shapes[:])
    system = stated_system(layer.crs, crs, positions)
    del positions
    messages = [*layer.notes, *notes, *crs_notes(system)]
    table = _table(layer.columns, len(shapes))
    words = [sentence(said) for said in messages]
    there = placed_parts(shapes, system)
    return PackedFeatures(
        table, there, system.name, layer.encoding, layer.layer, words, system.text
    )


def read_untouched(
    path: Path,
    *,
    layer: str | None = None,
    crs: str | None = None,
    encoding: str | None = None,
    limits: Limits = Limits(),  # noqa: B008 - frozen
) -> Features:
    """Read a layer with its coordinates unchanged, to find out their reference system.

    Parameters, limits and refusals are those of `read_features`, but for the reference system:
    none is needed, a declared one is ignored, and any numbers are allowed. The frame has none, and
    ``crs_name`` is empty.
    """
    try:
        _refuse_missing(path, limits)
        stored = open_in_sandbox(
            path, layer=layer, encoding=encoding, crs_is_said=True, limits=limits
        )
        shapes, notes = _shapes(stored.shapes, limits)
    except FileRefused as refused:
        raise refused.about(path.name) from refused.__cause__
    frame = geopandas.GeoDataFrame(_table(stored.columns, len(shapes)), geometry=shapes[:])
    words = [sentence(said) for said in (*stored.notes, *notes)]
    declared = None if stored.crs == BY_NUMBERS else stored.crs
    return Features(frame, "", stored.encoding, stored.layer, words, crs or declared)


def _shapes(raw: PackedShapes, limits: Limits) -> tuple[PackedShapes, list[Message]]:
    """The shapes, flat; each of them can be read."""
    count, with_heights = 0, False
    for drawn in raw.look(_read_shapes):
        count += int(shapely.get_num_coordinates(drawn).sum())
        with_heights |= bool(shapely.has_z(drawn).any())
    shapes = raw.changed(lambda drawn, _first: shapely.force_2d(drawn)) if with_heights else raw
    if count > limits.vertices:
        what = Message(
            f"有 {count} 个顶点，上限 {limits.vertices}",
            f"it has {count} vertices, {limits.vertices} are allowed",
        )
        raise FileRefused("too_many_vertices", what, Message("请分批提交", "send it in parts"))
    notes = []
    if with_heights:
        notes.append(
            Message("高程已去掉，只保留平面位置", "heights were dropped; positions are kept")
        )
    bare = (np.flatnonzero(shapes.missing) + 1).tolist()
    if bare:
        rows = row_list(bare)
        notes.append(Message(f"{rows.zh}没有几何", f"{rows.en}: there is no geometry"))
    return shapes, notes


def _read_shapes(wkb: NDArray[np.object_], first: int) -> NDArray[np.object_]:
    """Shapes of some rows, the first of which is row `first` from 0."""
    try:
        with np.errstate(invalid="ignore"):
            return np.asarray(shapely.from_wkb(wkb), dtype=object)
    except shapely.GEOSException:  # one by one, to say which it is
        shapes = np.empty(len(wkb), dtype=object)
        shapes[:] = [_shape(raw, first + row) for row, raw in enumerate(wkb)]
        return shapes


def _shape(raw: bytes | None, row: int) -> shapely.Geometry | None:
    try:
        with np.errstate(invalid="ignore"):  # NaN is refused later, with its feature
            return None if raw is None else shapely.from_wkb(raw)
    except shapely.GEOSException as error:
        what = Message(
            f"几何无法读取（{in_chinese(error)}）", f"its geometry cannot be read ({error})"
        )
        remedy = Message(
            "请改正后提交（曲线请先转为折线）", "mend it; turn curves into straight lines"
        )
        raise FileRefused("geometry_damaged", what, remedy, feature=row + 1) from error


def _table(columns: Sequence[Column], rows: int) -> pd.DataFrame:
    series = {}
    for column in columns:
        name = column.name
        while name in series or name == "geometry":
            name += "_"  # a second column of one name; nothing is lost
        series[name] = _series(column)
    return pd.DataFrame(series, index=pd.RangeIndex(rows))


def _series(column: Column) -> pd.Series:
    if column.kind == "number" and not column.unreadable:
        return _numbers(column.values)
    parse = _PARSERS.get(column.kind)
    values = [parse(value) if parse and value is not None else value for value in column.values]
    for row, why in column.unreadable.items():
        values[row] = Unreadable(str(column.values[row]), why)
    return pd.Series(values, dtype=object)


def _numbers(values: Sequence[object]) -> pd.Series:
    there = [value for value in values if value is not None]
    if any(isinstance(value, float) for value in there):
        return pd.Series(values, dtype="float64")
    if any(abs(int(str(value))) >= 2**63 for value in there):
        return pd.Series(values, dtype=object)
    return pd.Series(values, dtype="int64" if len(there) == len(values) else "Int64")


def _date(value: object) -> object:
    try:
        return date.fromisoformat(str(value)[:10])
    except ValueError:
        return value


def _datetime(value: object) -> object:
    try:
        return datetime.fromisoformat(str(value))
    except ValueError:
        return value


_PARSERS: Final[dict[str, Callable[[object], object]]] = {"date": _date, "datetime": _datetime}
