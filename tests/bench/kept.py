"""A landscape in files, partition by partition, and a process that covers nothing else.

``python -m tests.bench.kept FOLDER`` prints the most memory that its coverage took, in MB: the
process that made the landscape took more than the one that counts it.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Final

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray

from gis.coverage import coverage, merge
from gis.crs import CGCS2000
from tests.bench.landscape import Landscape

_AT_ONCE: Final = 25_000


def write(landscape: Landscape, folder: Path, partitions: int) -> None:
    """Districts from north to south in so many partitions, each with the plots that it meets."""
    tree = shapely.STRtree(landscape.plots)
    codes = np.array(landscape.codes)
    for number, rows in enumerate(np.array_split(np.arange(len(codes)), partitions)):
        part = folder / f"{number:03d}"
        part.mkdir(parents=True)
        np.save(part / "codes.npy", codes[rows])
        _write_shapes(landscape.districts[rows], part / "districts")
        near = np.unique(tree.query(landscape.districts[rows])[1])
        _write_shapes(landscape.plots[near], part / "plots")


def _write_shapes(shapes: NDArray[np.object_], folder: Path) -> None:
    folder.mkdir()
    for first in range(0, len(shapes), _AT_ONCE):
        wkb = shapely.to_wkb(shapes[first : first + _AT_ONCE])
        ends = np.cumsum([len(blob) for blob in wkb])
        np.savez(folder / f"{first:09d}.npz", wkb=np.frombuffer(b"".join(wkb), np.uint8), ends=ends)


def _read_shapes(folder: Path) -> NDArray[np.object_]:
    read: list[NDArray[np.object_]] = []
    for path in sorted(folder.iterdir()):
        with np.load(path) as chunk:
            whole, ends = chunk["wkb"].tobytes(), chunk["ends"]
        wkb = [whole[a:b] for a, b in zip(np.append(0, ends[:-1]), ends, strict=True)]
        read.append(np.asarray(shapely.from_wkb(np.array(wkb, dtype=object)), dtype=object))
    return np.concatenate(read) if read else np.empty(0, dtype=object)


def _frame(shapes: NDArray[np.object_], **columns: object) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(columns, geometry=shapes, crs=CGCS2000)


def main(folder: Path) -> None:
    """Cover each partition, put the rows together, print the peak."""
    parts = []
    for part in sorted(folder.iterdir()):
        districts = _frame(_read_shapes(part / "districts"), code=np.load(part / "codes.npy"))
        plots = _frame(_read_shapes(part / "plots"))
        parts.append(coverage(districts, plots, checked=True, fast=True))
    merge(parts)
    print(peak_mb())


def peak_mb() -> float:
    """Most resident memory since this program began; `getrusage` counts its parent's too."""
    status = Path("/proc/self/status").read_text("ascii")
    return int(status.split("VmHWM:")[1].split()[0]) / 1024


if __name__ == "__main__":
    main(Path(sys.argv[1]))
