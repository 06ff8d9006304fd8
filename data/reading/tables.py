"""Tables with places in them (CSV, Excel): WKT, a point a row, or the corners of plots."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import Final

import numpy as np
import shapely

from data.errors import FileRefused
from data.headings import plain_heading
from data.reading.crs_names import BY_NUMBERS
from data.reading.layer_names import too_many_features
from data.reading.limits import Limits
from data.reading.position_headings import EAST, KEYS, NORTH, ORDERS, RINGS, SHAPES
from data.reading.positions import ordinate
from data.reading.reasons import in_chinese
from data.reading.rings import polygon_of_rings
from data.reading.sandbox_result import Column, RawLayer
from data.reading.shape_cells import NoShapeError, is_shape, shape_of_cell
from data.text_cleaning import Unprintable, few
from gis.messages import Message

__all__ = ["Grid", "bare_layer", "holds_shapes", "layer_of_grid"]

_MIN_CORNERS: Final = 3
_MEND: Final = Message("请改正后提交", "mend it and send it again")
_EACH_A_POINT: Final = Message(
    "每行读作一个点；若是图斑的拐点，请加图斑号列，同一图斑号连成面",
    "each row was read as a point; where they are corners, add a column 图斑号: those of one "
    "number become a polygon",
)


@dataclass
class Grid:
    """A heading and rows of cells; texts as they are written, None for an empty cell."""

    name: str
    heading: list[str]
    rows: list[list[object]]
    encoding: str = "UTF-8"
    notes: list[Message] = field(default_factory=list)
    unreadable: dict[tuple[int, int], Message] = field(default_factory=dict)
    """Row and column, both from 0, of a cell that cannot be read."""
    first_row: int = 0
    """Which row of the file is the first below the heading, from 0."""


def layer_of_grid(grid: Grid, limits: Limits, *, points_only: bool) -> RawLayer:
    """Make a layer of a table.

    A column of WKT, WKB or GeoJSON gives a shape a row. Columns of positions give a point a row,
    or a polygon of the rows that share a number or name, where each has three rows at least; a row
    that leaves the number empty belongs to the one above it, as in merged cells.

    Parameters
    ----------
    grid
        As the file has it.
    limits
        Features and vertices are held to.
    points_only
        Whether every row is a point (a fix of a track).

    Raises
    ------
    FileRefused
        ``no_geometry_column``, ``geometry_damaged`` with the row, ``too_many_features``,
        ``too_many_vertices``.
    """
    if len(grid.rows) > limits.vertices:
        raise too_many_features(len(grid.rows), limits)
    if not grid.rows:
        what = Message("表头下没有数据", "there is no row below the heading")
        raise FileRefused("table_damaged", what, _MEND)
    plain = [plain_heading(name) for name in grid.heading]
    drawn = _shape_column(grid)
    if drawn is not None:
        return _of_shapes(grid, drawn, limits)
    east, north = _position_columns(plain)
    if east is None or north is None:
        shown = few(grid.heading)
        what = Message(
            f"找不到几何：没有 WKT 列，也没有经度和纬度（或横、纵坐标）列；有：{shown}",
            f"no column holds WKT, and none longitude and latitude (or eastings and northings): "
            f"there are {shown}",
        )
        remedy = Message(
            "请加 WKT 列，或“经度”“纬度”列（逐点一行，同一图斑号连成面）",
            "add a column WKT, or 经度 and 纬度 with a corner a row and its 图斑号",
        )
        raise FileRefused("no_geometry_column", what, remedy)
    if points_only:
        return _of_points(grid, east, north, limits)
    key = _key_column(grid, plain, (east, north))
    if key is not None:
        return _of_corners(grid, plain, (east, north, key), limits)
    if _is_outline(grid, plain, (east, north)):
        return _of_corners(*_as_one_plot(grid), (east, north, len(grid.heading)), limits)
    grid.notes.append(_EACH_A_POINT)
    return _of_points(grid, east, north, limits)


def bare_layer(grid: Grid, limits: Limits) -> RawLayer:
    """The rows of a table without places.

    Raises
    ------
    FileRefused
        ``too_many_features``.
    """
    if len(grid.rows) > limits.features:
        raise too_many_features(len(grid.rows), limits)
    return RawLayer(grid.name, None, [None] * len(grid.rows), *_columns(grid, ()))


def holds_shapes(grid: Grid) -> bool:
    """Whether a table has a column of shapes, or columns of positions."""
    plain = [plain_heading(name) for name in grid.heading]
    return _shape_column(grid) is not None or None not in _position_columns(plain)


def _position_columns(plain: Sequence[str]) -> tuple[int | None, int | None]:
    east = next((n for n, name in enumerate(plain) if name in EAST), None)
    north = next((n for n, name in enumerate(plain) if name in NORTH and n != east), None)
    return east, north


def _shape_column(grid: Grid) -> int | None:
    """The column of shapes: its first cell is one, or its heading says so and some cell is one."""
    for number, name in enumerate(grid.heading):
        there = (row[number] for row in grid.rows if row[number] is not None)
        looked_at = 100 if plain_heading(name) in SHAPES else 1
        if any(is_shape(cell) for cell in islice(there, looked_at)):
            return number
    return None


def _of_shapes(grid: Grid, column: int, limits: Limits) -> RawLayer:
    if len(grid.rows) > limits.features:
        raise too_many_features(len(grid.rows), limits)
    shapes: list[bytes | None] = []
    said: str | None = None
    first = None
    for row, cells in enumerate(grid.rows, 1):
        written = cells[column]
        if written is None:
            shapes.append(None)
            continue
        try:
            shape, srid = shape_of_cell(str(written))
        except NoShapeError as error:
            raise _damaged(row, error.message) from error
        if first is not None and srid != said:
            named = f"{said or '-'} ≠ {srid or '-'}"
            zh, en = f"SRID 与第 {first} 行不同：{named}", f"its SRID is not that of row {first}"
            raise _damaged(row, Message(zh, f"{en}: {named}"))
        first, said = first or row, srid
        shapes.append(bytes(shapely.to_wkb(shape, include_srid=False)))
    crs = BY_NUMBERS if said is None else f"EPSG:{said}"
    return RawLayer(grid.name, crs, shapes, *_columns(grid, [column]))


def _of_points(grid: Grid, east: int, north: int, limits: Limits) -> RawLayer:
    if len(grid.rows) > limits.features:
        raise too_many_features(len(grid.rows), limits)
    shapes: list[bytes | None] = []
    for row in range(len(grid.rows)):
        at = _position(grid, row, east, north)
        shapes.append(None if at is None else bytes(shapely.to_wkb(shapely.Point(at))))
    return RawLayer(grid.name, BY_NUMBERS, shapes, *_columns(grid, [east, north]))


def _position(grid: Grid, row: int, east: int, north: int) -> tuple[float, float] | None:
    cells = grid.rows[row][east], grid.rows[row][north]
    if cells == (None, None):
        return None
    try:
        x, y = (ordinate(str(cell)) for cell in cells)
    except ValueError:
        shown = f"{cells[0]}, {cells[1]}"[:40]
        words = Message(f"“{shown}”不是坐标", f"{shown!r} is no position")
        raise _damaged(row + 1, words) from None
    return x, y


def _damaged(row: int, reason: Message) -> FileRefused:
    what = Message(f"几何写法有错（{reason.zh}）", f"its geometry is damaged ({reason.en})")
    return FileRefused("geometry_damaged", what, _MEND, feature=row)


def _key_column(grid: Grid, plain: Sequence[str], taken: Sequence[int]) -> int | None:
    """The column whose values name the plots, where most rows belong to one with a ring."""
    for name in KEYS:
        if name not in plain or plain.index(name) in taken:
            continue
        number = plain.index(name)
        sizes = [len(rows) for rows in _groups(grid, number).values()]
        short = sum(size for size in sizes if size < _MIN_CORNERS)
        # A few that lack corners are told by their name; where most do, the rows are points.
        if sizes and max(sizes) >= _MIN_CORNERS and 2 * short < sum(sizes):
            return number
    return None


def _is_outline(grid: Grid, plain: Sequence[str], taken: Sequence[int]) -> bool:
    """Whether a table holds nothing but the corners of one plot, numbered one after the other."""
    others = [name for n, name in enumerate(plain) if n not in taken]
    numbered = any(name in ORDERS for name in others)
    return (
        numbered
        and len(grid.rows) >= _MIN_CORNERS
        and all(name in ORDERS or name in RINGS for name in others)
    )


def _as_one_plot(grid: Grid) -> tuple[Grid, list[str]]:
    """The grid with a column that names its only plot, and its plain headings."""
    heading = [*grid.heading, "name"]
    rows = [[*cells, grid.name] for cells in grid.rows]
    one = replace(grid, heading=heading, rows=rows)
    return one, [plain_heading(name) for name in heading]


def _groups(grid: Grid, key: int) -> dict[str, list[int]]:
    groups: dict[str, list[int]] = {}
    above = None
    for row, cells in enumerate(grid.rows):
        above = above if cells[key] is None else str(cells[key])
        if above is not None:
            groups.setdefault(above, []).append(row)
    return groups


def _of_corners(
    grid: Grid, plain: Sequence[str], numbers: tuple[int, int, int], limits: Limits
) -> RawLayer:
    east, north, key = numbers
    groups = _groups(grid, key)
    if len(groups) > limits.features:
        raise too_many_features(len(groups), limits)
    ring = next((plain.index(name) for name in RINGS if name in plain), None)
    shapes: list[bytes | None] = [
        _ringed(grid, rows, (east, north, ring), (row, name))
        for row, (name, rows) in enumerate(groups.items(), 1)
    ]
    firsts = [rows[0] for rows in groups.values()]
    orders = [plain.index(name) for name in ORDERS if name in plain]
    varied = [
        number
        for number in range(len(grid.heading))
        if number not in (*numbers, ring, *orders)
        and any(
            len({grid.rows[row][number] for row in rows} - {None}) > 1 for rows in groups.values()
        )
    ]
    table = Grid(
        grid.name,
        grid.heading,
        [
            [
                next((grid.rows[row][n] for row in rows if grid.rows[row][n] is not None), None)
                for n in range(len(grid.heading))
            ]
            for rows in groups.values()
        ],
        grid.encoding,
        list(grid.notes),
        {
            (firsts.index(row), number): why
            for (row, number), why in grid.unreadable.items()
            if row in firsts
        },
    )
    table.notes.append(
        Message(
            f"按 {grid.heading[key]} 把 {len(grid.rows)} 个拐点连成 {len(groups)} 个面",
            f"{len(grid.rows)} corners became {len(groups)} polygons by {grid.heading[key]}",
        )
    )
    if varied:
        shown = few([grid.heading[number] for number in varied])
        table.notes.append(
            Message(
                f"同一面内取值不同、未读取的列：{shown}",
                f"columns left out, for they differ within a polygon: {shown}",
            )
        )
    taken = [east, north, *varied, *orders, *([] if ring is None else [ring])]
    return RawLayer(grid.name, BY_NUMBERS, shapes, *_columns(table, taken))


def _ringed(
    grid: Grid, rows: Sequence[int], numbers: tuple[int, int, int | None], named: tuple[int, str]
) -> bytes:
    east, north, ring = numbers
    feature, name = named
    places: dict[object, list[tuple[float, float]]] = {}
    for row in rows:
        at = _position(grid, row, east, north)
        if at is not None:
            places.setdefault(None if ring is None else grid.rows[row][ring], []).append(at)
    rings = []
    for corners in places.values():
        closed = corners if corners[0] == corners[-1] else [*corners, corners[0]]
        if len(closed) <= _MIN_CORNERS:
            words = Message(
                f"{name} 的一圈只有 {len(closed) - 1} 个拐点，至少要 3 个",
                f"a ring of {name} has {len(closed) - 1} corners, and three are needed",
            )
            raise _damaged(feature, words)
        rings.append(np.array(closed))
    if not rings:
        raise _damaged(feature, Message(f"{name} 没有坐标", f"{name} has no position"))
    try:
        return bytes(shapely.to_wkb(polygon_of_rings(rings)))
    except ValueError as error:
        raise _damaged(
            feature, Message(f"{name}：{in_chinese(error)}", f"{name}: {error}")
        ) from error


def _columns(grid: Grid, taken: Sequence[int]) -> tuple[list[Column], str, list[Message]]:
    """All other columns, the encoding, and the notes."""
    unprintable = Unprintable()
    columns = []
    for number, name in enumerate(grid.heading):
        if number in taken:
            continue
        values = [
            unprintable.cleaned(row[number], row=n, column=name)
            for n, row in enumerate(grid.rows, 1)
        ]
        unreadable: Mapping[int, Message] = {
            row: why for (row, column), why in grid.unreadable.items() if column == number
        }
        columns.append(Column(str(unprintable.cleaned(name, row=0, column="")), "any", values))
        columns[-1].unreadable.update(unreadable)
    return columns, grid.encoding, [*grid.notes, *unprintable.notes()]
