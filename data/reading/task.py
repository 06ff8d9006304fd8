"""The task of the process that opens an upload."""

from dataclasses import dataclass

from data.reading.limits import Limits


@dataclass(frozen=True)
class Task:
    """File, layer and limits from the parent."""

    path: str
    layer: str | None
    encoding: str | None
    crs_is_said: bool
    """Whether the sender names the reference system, so that the file's own does not matter."""
    drivers: list[str]
    """Every driver that this GDAL has: all but one are switched off."""
    limits: Limits
    walks: bool = False
    """Whether tracks are wanted, with the time of every fix."""
    table: bool = False
    """Whether the rows of a table are wanted, without places."""
    rows: bool = False
    """Whether each row of a table is a feature of its own, a point or without a shape."""
    cells: bool = False
    """Whether the sheets of a workbook are wanted, cell by cell, and no layer."""
