"""What a sender is told to do about the reference system of a file."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from data.errors import FileRefused
from gis.crs import CGCS2000, Zone
from gis.messages import Message

SAMPLE: Final = 1_000
"""Of so many positions the numbers are looked at."""

NONE_NAMED: Final = Message(
    "没有坐标系（缺少 .prj）", "it names no reference system (a .prj is missing)"
)
SAY_CRS: Final = Message(
    f"请用 --crs 说明坐标系，例如 --crs EPSG:{CGCS2000}",
    f"name the reference system, as --crs EPSG:{CGCS2000}",
)
SAY_ZONE: Final = Message(
    f"请用 --crs 说明投影带，例如 --crs EPSG:{Zone(42).epsg}（3° 带 42 带，坐标含带号）",
    f"name the zone, as --crs EPSG:{Zone(42).epsg} for 3° zone 42 with its number in the easting",
)
SAY_MERIDIAN: Final = Message(
    "数值像是不带带号的高斯坐标，请问明中央经线再用 --crs 说明，例如 "
    f"EPSG:{Zone(42, prefixed=False).epsg}（3° 带，中央经线 126°）",
    "its numbers look like metres of a zone without its number: ask for the central meridian, and "
    f"name it, as --crs EPSG:{Zone(42, prefixed=False).epsg} for 126° of a 3° zone",
)


def axes_swapped(system: str, position: NDArray[np.float64]) -> FileRefused:
    """The refusal of a file whose northing or latitude comes first."""
    x, y = position
    what = Message(
        f"横纵坐标写反了（先北后东）：({x:.10g}, {y:.10g})",
        f"its axes are swapped, the northing or latitude comes first: ({x:.10g}, {y:.10g})",
    )
    remedy = Message(
        f"若确实如此，请用 --crs {system}+swapped", f"if so, take it by --crs {system}+swapped"
    )
    return FileRefused("axes_swapped", what, remedy)
