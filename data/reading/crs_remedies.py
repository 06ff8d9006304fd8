"""What a sender is told to do about the reference system of a file."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from data.errors import FileRefused
from gis.crs import CGCS2000, Zone
from gis.detect import readings
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
    "数值像是不带带号的高斯坐标，请问明中央经线再用 --crs 说明，例如 --crs CM126（中央经线 126°，"
    f"即 EPSG:{Zone(42, prefixed=False).epsg}）",
    "its numbers look like metres of a zone without its number: ask for the central meridian, and "
    f"name it, as --crs CM126 for 126°, which is EPSG:{Zone(42, prefixed=False).epsg}",
)
IN_METRES: Final = Message(
    "数值像是以公里为单位，请换算成米后重新导出",
    "its numbers look like kilometres: convert them to metres and export it again",
)
IN_ONE_SYSTEM: Final = Message(
    "同一文件混有经纬度和以米为单位的坐标，请统一到一个坐标系后提交",
    "the file mixes degrees and metres: bring all of it into one system and send it again",
)
_METRES_IN_KM: Final = 1000.0


def are_kilometres(positions: NDArray[np.float64]) -> bool:
    """Whether finite numbers fit no system, and a Gauss-Krüger zone as a thousand times as many.

    Examples
    --------
    >>> are_kilometres(np.array([[42471.08, 4826.89]])), are_kilometres(np.array([[125.6, 43.6]]))
    (True, False)
    """
    some = positions[:: max(1, len(positions) // SAMPLE)]
    if not len(some) or any(readings(some)):
        return False
    return any(guess.zone or "zone" in guess.kind for guess in readings(some * _METRES_IN_KM))


def are_bare(positions: NDArray[np.float64]) -> bool:
    """Whether finite numbers look like metres of a zone whose number is not in front of them.

    Examples
    --------
    >>> are_bare(np.array([[471082.96, 4826885.91]]))
    True
    """
    some = positions[:: max(1, len(positions) // SAMPLE)]
    return len(some) > 0 and any(guess.kind.endswith("bare") for guess in readings(some))


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
