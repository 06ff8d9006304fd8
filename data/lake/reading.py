"""Reads row groups of a lake's files."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely
from numpy.typing import NDArray

from data.lake.columns import SIDES
from data.lake.errors import damaged
from gis.messages import Message

if TYPE_CHECKING:
    import pyarrow as pa


def read_groups(
    path: Path, columns: Sequence[str], groups: Sequence[int] | None = None
) -> pa.Table:
    """Some columns of some row groups, all where None.

    Raises
    ------
    FileRefused
        ``lake_damaged``: the file is missing or no such file any more.
    """
    import pyarrow as pa  # noqa: PLC0415 - it takes half a second
    from pyarrow import parquet  # noqa: PLC0415

    try:
        with parquet.ParquetFile(path) as file:
            if groups is None:
                return file.read(columns=list(columns), use_threads=False)
            return file.read_row_groups(list(groups), columns=list(columns), use_threads=False)
    except FileNotFoundError:
        raise damaged(path, Message("文件不见了", "it is missing")) from None
    except (pa.ArrowException, OSError) as error:
        why = str(error).splitlines()[0]
        raise damaged(path, Message(f"无法读取（{why}）", f"it cannot be read ({why})")) from None


def boxes_of(table: pa.Table) -> NDArray[np.float64]:
    """West, south, east and north of each row, in degrees; NaN where it has no shape."""
    struct = table.column("bbox").combine_chunks()
    sides = [struct.field(side).to_numpy(zero_copy_only=False) for side in SIDES]
    return np.stack(sides, axis=1).reshape(-1, 4)


def numbers_of(table: pa.Table, column: str) -> NDArray[Any]:
    """A column of numbers or booleans without gaps."""
    values: NDArray[Any] = table.column(column).to_numpy()
    return values


def words_of(table: pa.Table, column: str) -> NDArray[np.object_]:
    """A column of texts; None where there is none."""
    return np.asarray(table.column(column).to_numpy(), dtype=object)


def shapes_of(wkb: NDArray[np.object_]) -> NDArray[np.object_]:
    """Shapes out of WKB."""
    return np.asarray(shapely.from_wkb(wkb), dtype=object)


def box_shapes(boxes: NDArray[np.float64]) -> NDArray[np.object_]:
    """Boxes as polygons."""
    return np.asarray(shapely.box(*boxes.reshape(-1, 4).T), dtype=object)
