"""How much of each district its plots cover, the same ground never counted twice."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from gis.crs import is_degrees
from gis.errors import GeometryError, ReferenceSystemError
from gis.kernels import kernel
from gis.measure import areas_m2, check_all
from gis.messages import Message
from gis.overlaps import compiled_or_plain
from gis.polygons import polygon_parts

if TYPE_CHECKING:
    from geopandas import GeoDataFrame
    from shapely.geometry.base import BaseGeometry

FIGURES: Final = ["district_m2", "green_m2", "sum_m2", "overlap_m2", "coverage", "plot_count"]


class CoverageArrays(NamedTuple):
    """Figures of every district (row) and group (column)."""

    green_m2: NDArray[np.float64]
    sum_m2: NDArray[np.float64]
    plot_count: NDArray[np.int64]

    @classmethod
    def zeros(cls, districts: int, groups: int) -> CoverageArrays:
        """Nothing planted anywhere."""
        shape = (districts, groups)
        return cls(np.zeros(shape), np.zeros(shape), np.zeros(shape, dtype=np.int64))


def coverage(
    districts: GeoDataFrame,
    plots: GeoDataFrame,
    *,
    by: str | None = None,
    checked: bool = False,
    fast: bool | None = None,
) -> pd.DataFrame:
    """Green area and coverage of each district.

    Parameters
    ----------
    districts
        Columns ``code`` and ``geometry``: valid polygons in degrees of CGCS2000, one row a code.
    plots
        Column ``geometry``: valid polygons in degrees of CGCS2000, and the column `by`. Missing
        and empty geometries count nothing.
    by
        A column of `plots`: figures are computed for each of its values. A union within
        one group may overlap another's, so groups may add up to more than the whole. A
        categorical column gives a row for each of its categories, in every partition.
    checked
        True when the caller knows that every geometry is valid and on the globe, as stored ones
        are: checking them again takes a quarter of the time.
    fast
        True for the kernels of the extra ``fast``, False for the plain way; None chooses the
        kernels when they are installed and there are enough plots to pay for loading them.

    Returns
    -------
    pandas.DataFrame
        One row a district in the given order (a district without plots has zeros), or one row a
        district and group value. Columns ``code``, `by` when given, and

        - ``district_m2``: area of the district, m² on the ellipsoid;
        - ``green_m2``: area of the union of the plots inside it; ground counts once;
        - ``sum_m2``: areas of the plots inside it added up;
        - ``overlap_m2``: what was counted twice, ``sum_m2 - green_m2``, never negative;
        - ``coverage``: ``green_m2 / district_m2``, a ratio, not clamped; NaN without an area;
        - ``plot_count``: plots that share ground with the district; touching is not sharing.

    Raises
    ------
    ReferenceSystemError
        ``not_degrees``: a frame is in a projected system.
    GeometryError
        ``code_twice``, ``no_such_column``, ``not_installed`` (`fast` without numba), and every
        code of `gis.measure.areas_m2`.

    Notes
    -----
    A plot on a border gives each district its piece. Figures are ellipsoidal areas of the cut
    pieces; every vertex that a cut adds moves an area by less than L³·tan φ / (8R) for an edge of
    length L, so sums of pieces equal wholes within that bound and not exactly.

    Examples
    --------
    >>> import geopandas
    >>> from shapely import box
    >>> county = geopandas.GeoDataFrame({"code": ["220102"]}, geometry=[box(126, 43, 126.1, 43.1)])
    >>> wood = [box(126.00, 43.0, 126.02, 43.1), box(126.01, 43.0, 126.03, 43.1)]
    >>> rows = coverage(county, geopandas.GeoDataFrame(geometry=wood))
    >>> rows[["code", "coverage", "plot_count"]].round(6).to_dict("records")
    [{'code': '220102', 'coverage': 0.3, 'plot_count': 2}]
    """
    codes = _codes(districts)
    shapes, pieces = _shapes(districts), _shapes(plots)
    if not checked:
        check_all(shapes)
        check_all(pieces)
    group_of, values = _groups(plots, by)
    ways = _fast_figures if compiled_or_plain(fast, len(pieces)) else union_figures
    figures = ways(shapes, pieces, group_of, max(len(values), 1))
    return _table(codes, areas_m2(shapes, checked=True), figures, by, values)


def merge(parts: Iterable[pd.DataFrame]) -> pd.DataFrame:
    """Put the rows of several partitions together, in any order and any nesting.

    Parameters
    ----------
    parts
        Answers of `coverage` or of `merge` over districts that differ from part to part: county
        is the partition of everything.

    Returns
    -------
    pandas.DataFrame
        All rows, sorted by code (and group).

    Raises
    ------
    GeometryError
        ``code_twice``: a district is in two partitions. The union of ground does not add up, so
        the district must be computed in one.

    Examples
    --------
    >>> import pandas as pd
    >>> rows = [pd.DataFrame({"code": ["b"], "green_m2": [1.0]}), pd.DataFrame({"code": ["a"]})]
    >>> merge(rows)["code"].tolist()
    ['a', 'b']
    """
    listed = list(parts)
    if not listed:
        return pd.DataFrame(columns=["code", *FIGURES])
    whole = pd.concat(listed, ignore_index=True)
    keys = [column for column in whole.columns if column not in FIGURES]
    _refuse_twice(whole, keys)
    return whole.sort_values(keys, ignore_index=True)


def union_figures(
    districts: NDArray[np.object_],
    plots: NDArray[np.object_],
    group_of: NDArray[np.int64],
    groups: int,
) -> CoverageArrays:
    """The plain reference: cut every plot by its districts, unite, measure.

    Parameters
    ----------
    districts, plots
        Checked polygons in degrees; None and empty ones count nothing.
    group_of
        Group of each plot, from 0 to `groups` less one.

    Examples
    --------
    >>> import numpy as np
    >>> from shapely import box
    >>> county, wood = np.array([box(126, 43, 127, 44)]), np.array([box(126, 43, 126.1, 43.1)])
    >>> union_figures(county, np.repeat(wood, 2), np.array([0, 0]), 1).plot_count
    array([[2]])
    """
    figures = CoverageArrays.zeros(len(districts), groups)
    tree = shapely.STRtree(plots)
    for row, district in enumerate(districts):
        if district is None or district.is_empty:
            continue
        near = np.sort(tree.query(district))
        pieces = _cut(district, plots[near])
        ground = ~shapely.is_empty(pieces)
        _fill(figures, row, pieces[ground], group_of[near[ground]])
    return figures


def _cut(district: BaseGeometry, plots: NDArray[np.object_]) -> NDArray[np.object_]:
    shapely.prepare(district)
    crossing = ~shapely.covers(district, plots)
    pieces = np.array(plots, dtype=object)
    pieces[crossing] = [
        polygon_parts(piece) for piece in shapely.intersection(district, plots[crossing])
    ]
    return pieces


def _fill(
    figures: CoverageArrays, row: int, pieces: NDArray[np.object_], group_of: NDArray[np.int64]
) -> None:
    sizes = areas_m2(pieces, checked=True)
    groups = figures.sum_m2.shape[1]
    figures.sum_m2[row] = np.bincount(group_of, sizes, minlength=groups)
    figures.plot_count[row] = np.bincount(group_of, minlength=groups)
    for group in np.unique(group_of):
        # Most plots touch no other: only those that hang together need to be united.
        united = shapely.disjoint_subset_union_all(pieces[group_of == group])
        green = areas_m2(np.array([polygon_parts(united)], dtype=object), checked=True)[0]
        # Vertices that the union adds may make it larger than the sum by some mm².
        figures.green_m2[row, group] = min(green, figures.sum_m2[row, group])


def _fast_figures(
    districts: NDArray[np.object_],
    plots: NDArray[np.object_],
    group_of: NDArray[np.int64],
    groups: int,
) -> CoverageArrays:
    return CoverageArrays(*kernel("coverage").union_figures(districts, plots, group_of, groups))


def _codes(districts: GeoDataFrame) -> NDArray[np.object_]:
    _refuse_twice(districts, ["code"])
    return np.asarray(districts["code"], dtype=object)


def _shapes(frame: GeoDataFrame) -> NDArray[np.object_]:
    if frame.crs is not None and not is_degrees(frame.crs):
        raise ReferenceSystemError(
            Message(
                f"坐标系是 {frame.crs.name}，请先转换为 CGCS2000 经纬度。",
                f"The frame is in {frame.crs.name}; bring it to degrees of CGCS2000 first.",
            ),
            code="not_degrees",
        )
    return np.asarray(frame.geometry.array, dtype=object)


def _groups(plots: GeoDataFrame, by: str | None) -> tuple[NDArray[np.int64], NDArray[np.object_]]:
    if by is None:
        return np.zeros(len(plots), dtype=np.int64), np.empty(0, dtype=object)
    _refuse_unknown(plots, by)
    column = plots[by]
    if not isinstance(column.dtype, pd.CategoricalDtype):
        column = column.astype("category")
    codes = column.cat.codes.to_numpy(dtype=np.int64)
    values = column.cat.categories.to_numpy(dtype=object)
    if (codes < 0).any():  # plots that do not say their group are a group too
        codes = np.where(codes < 0, len(values), codes)
        values = np.array([*values, None], dtype=object)
    return codes, values


def _table(
    codes: NDArray[np.object_],
    district_m2: NDArray[np.float64],
    figures: CoverageArrays,
    by: str | None,
    values: NDArray[np.object_],
) -> pd.DataFrame:
    groups = figures.green_m2.shape[1]
    whole = np.nan_to_num(np.repeat(district_m2, groups))
    green, total = figures.green_m2.ravel(), figures.sum_m2.ravel()
    columns: dict[str, object] = {"code": np.repeat(codes, groups)}
    if by is not None:
        columns[by] = np.tile(values if len(values) else np.array([None], dtype=object), len(codes))
    columns |= {
        "district_m2": whole,
        "green_m2": green,
        "sum_m2": total,
        "overlap_m2": total - green,
        "coverage": np.divide(green, whole, out=np.full(len(whole), np.nan), where=whole > 0),
        "plot_count": figures.plot_count.ravel(),
    }
    return pd.DataFrame(columns)


def _refuse_unknown(frame: pd.DataFrame, column: str) -> None:
    if column not in frame.columns:
        raise GeometryError(
            Message(
                f"图斑没有 {column!r} 这一列，可用的有 {list(frame.columns)}。",
                f"Plots have no column {column!r}; they have {list(frame.columns)}.",
            ),
            code="no_such_column",
        )


def _refuse_twice(frame: pd.DataFrame, keys: list[str]) -> None:
    twice = frame[frame.duplicated(keys)]
    if len(twice):
        which = " ".join(str(value) for value in twice.iloc[0][keys])
        raise GeometryError(
            Message(
                f"行政区 {which} 出现两次，请先合并为一个。",
                f"District {which} is given twice; unite its parts first.",
            ),
            code="code_twice",
        )
