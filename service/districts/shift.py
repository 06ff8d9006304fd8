"""Whether positions of a file are the shifted ones of web maps: the known borders tell."""

from typing import Final

import numpy as np
import shapely
from numpy.typing import NDArray
from sqlalchemy import Connection

from gis.detect import detect, detect_sampled, sample_of
from gis.errors import GeometryError
from gis.messages import Message
from gis.stored_shapes import StoredShapes, stored
from gis.verdicts import Problem as Verdict
from gis.verdicts.problems import problem
from service.districts.db.districts import counties_near

__all__ = ["ANOTHER_DATUM", "shift_told"]

ANOTHER_DATUM: Final = "another_datum"
"""Acknowledged, a file is taken as it is."""
_NAMES: Final = {"gcj02": "GCJ-02", "bd09": "BD-09"}


def shift_told(
    connection: Connection,
    shapes: NDArray[np.object_] | StoredShapes,
    *,
    may_stand: bool = True,
) -> Verdict | None:
    """The warning that a file is in GCJ-02 or BD-09; None where the borders do not say so.

    Parameters
    ----------
    shapes
        Of the file, in degrees of CGCS2000; None for what has no shape. Vertices of stored ones
        are finite.
    may_stand
        Whether this import knows an acknowledgement to take the file as it is.
    """
    held = stored(shapes)
    if not np.isfinite(held.bounds).any():
        return None
    west, south = (float(edge) for edge in np.nanmin(held.bounds[:, :2], axis=0))
    east, north = (float(edge) for edge in np.nanmax(held.bounds[:, 2:], axis=0))
    known = counties_near(connection, (west, south, east, north))
    if known.empty:
        return None
    try:
        if isinstance(shapes, np.ndarray):
            drawn = shapes[~(shapely.is_missing(shapes) | shapely.is_empty(shapes))]
            shift = detect(drawn, districts=known).shift
        else:
            sample, vertices = sample_of(shapes)
            shift = detect_sampled(sample, vertices, districts=known).shift
    except GeometryError:  # not one position on the globe: the rows say so
        return None
    if shift.verdict not in _NAMES:
        return None
    name = _NAMES[shift.verdict]
    stand_zh = stand_en = ""
    if may_stand:
        stand_zh = f"；确为 CGCS2000 时用 --acknowledge {ANOTHER_DATUM} 按原样导入"
        stand_en = f", or take them as they are by --acknowledge {ANOTHER_DATUM}"
    words = Message(
        f"坐标像是 {name}（互联网地图的偏移坐标）：{shift.words.zh}请用 --crs {shift.verdict} "
        f"换算到 CGCS2000{stand_zh}。",
        f"the coordinates look like {name}, the shifted ones of web maps: {shift.words.en} Bring "
        f"them to CGCS2000 by --crs {shift.verdict}{stand_en}.",
    )
    return problem(ANOTHER_DATUM, words, at=((west + east) / 2, (south + north) / 2))
