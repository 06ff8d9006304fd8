"""``python -m tests.maps.packed_cases`` prints what the packer makes, with what it made it of.

The scripts of the maps unpack it in their own tests (maps/pages/src/packing.test.ts) and compare.
"""

import json
from typing import Any

import numpy as np
import shapely

from maps.html import Json
from maps.lines import drawable_lines, lines_block
from maps.mercator import to_pixels
from maps.packing import pack, pack_signed
from maps.shapes import SUBPIXELS, Shapes, shape_block

ZOOM = 12
NUMBERS = [0, 1, 31, 32, 1000, 2**31, 2**32 + 5, 2**52 + 1, 2**53]
SIGNED = [0, -1, 1, -2, 2**31, -(2**32) - 7, 2**51, -(2**51)]
HOLE = [[(2, 2), (2, 4), (4, 4), (4, 2)]]
POLYGONS = [
    shapely.Polygon([(0, 0), (0, 10), (10.3, 10.1), (10, 0)], HOLE),
    None,
    shapely.MultiPolygon([shapely.box(20, 0, 21, 1), shapely.box(30, 5, 31.5, 6.25)]),
    None,
    shapely.box(-400_000, 100_000, -399_999, 100_001),
]
LINES = [
    shapely.LineString([(114.90, 25.80), (114.93, 25.85), (114.99, 25.80)]),
    None,
    shapely.MultiLineString([[(115, 26), (115.1, 26)], [(115.2, 26.1), (115.1, 26.3)]]),
]


def grid(points: Any) -> list[Json]:
    """Points as the packer rounds them."""
    rounded: list[Json] = (np.rint(np.asarray(points) * SUBPIXELS) / SUBPIXELS).tolist()
    return rounded


def rings(polygon: Any) -> list[Json]:
    """Polygons of rings of points; a ring's closing point is left out."""
    parts: list[Any] = [] if polygon is None else list(shapely.get_parts(polygon))
    return [[grid(ring.coords[:-1]) for ring in (p.exterior, *p.interiors)] for p in parts]


def cases() -> dict[str, Json]:
    """Packed and plain, side by side."""
    pixels: Shapes = np.array(POLYGONS, dtype=object)
    lonlat = drawable_lines(np.array(LINES, dtype=object))
    lines: list[list[Any]] = [
        [] if line is None else list(shapely.get_parts(line)) for line in to_pixels(lonlat, ZOOM)
    ]
    return {
        "numbers": {"packed": pack(NUMBERS), "plain": list(NUMBERS)},
        "signed": {"packed": pack_signed(SIGNED), "plain": list(SIGNED)},
        "polygons": {"packed": shape_block(pixels, ZOOM), "plain": [rings(p) for p in pixels]},
        "lines": {
            "packed": lines_block(lonlat, ZOOM),
            "plain": [[grid(part.coords) for part in parts] for parts in lines],
        },
    }


if __name__ == "__main__":
    print(json.dumps(cases()))
