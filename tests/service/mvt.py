"""Vector tiles as GDAL reads them: a reader that is not ours."""

import gzip
from typing import Any

import geopandas
import pyogrio

EXTENT = 4096


def layers(data: bytes) -> dict[str, geopandas.GeoDataFrame]:
    """The layers of a tile by name, packed or not; positions in units of the tile, y downwards."""
    if data[:2] == b"\x1f\x8b":
        data = gzip.decompress(data)
    if not data:
        return {}
    return {str(name): _layer(data, str(name)) for name, *_ in pyogrio.list_layers(data)}


def _layer(data: bytes, name: str) -> Any:
    frame = pyogrio.read_dataframe(data, layer=name)
    return frame.set_geometry(frame.geometry.affine_transform([1, 0, 0, -1, 0, EXTENT]))
