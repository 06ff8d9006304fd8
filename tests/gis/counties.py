"""Invented counties with crooked borders, and the real ones where they are at hand."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any

import geopandas
import numpy as np
import pytest
import shapely
from numpy.typing import NDArray

from gis.crs import CGCS2000

REAL = Path(__file__).resolve().parents[3] / "shared" / "real"


@lru_cache(maxsize=1)
def counties() -> Any:
    """Six counties about Changchun: a grid whose lines wander by some kilometres."""
    along = np.linspace(0.0, 1.0, 60)
    wander = 0.03 * np.sin(along * 17.0) + 0.012 * np.sin(along * 61.0) * (along * (1 - along) > 0)
    lines = [
        np.column_stack([lon + wander, 43.0 + along * 1.5]) for lon in (124.6, 125.3, 126.0, 126.7)
    ] + [np.column_stack([124.5 + along * 2.3, lat + wander]) for lat in (43.1, 43.8, 44.4)]
    noded = shapely.unary_union(shapely.linestrings(lines))
    shapes = shapely.get_parts(shapely.polygonize(shapely.get_parts(noded)))
    codes = [f"22010{number}" for number in range(1, len(shapes) + 1)]
    names = [f"{number}号县" for number in range(1, len(shapes) + 1)]
    return geopandas.GeoDataFrame({"code": codes, "name": names}, geometry=shapes, crs=CGCS2000)


def borders() -> NDArray[np.object_]:
    """Their shapes, as an array."""
    return np.asarray(counties().geometry.array, dtype=object)


def real(name: str) -> Path:
    """A folder of real data; the test is skipped, and says so, where it is absent."""
    folder = REAL / name
    if not folder.is_dir():
        pytest.skip(f"the real data {name} are not beside the project")
    return folder


def real_districts() -> Any:
    """The 73 districts of the demo, columns code, name, city_name, geometry."""
    file = real("districts") / "places_tianditu_cgcs2000.geojson"
    frame = geopandas.read_file(file)
    return frame.rename(columns={"district_adcode": "code", "district_name": "name"})
