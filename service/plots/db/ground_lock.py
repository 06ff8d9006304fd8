"""Whoever writes ground waits for whoever is just writing the same ground, and so sees it.

Two transactions do not see each other's plots until they are committed: two drawings of one place,
sent at one moment, would each find it empty. So a writer locks the cells that its shapes touch
before it looks around, until it commits. The cells are squares of degrees, each within one of the
next size. Of the size that needs few enough cells they are locked alone, and those of every larger
size around them together with others: a county's file waits for a plot within it and a plot for
the file, but plots a few kilometres apart never wait for each other.
"""

from collections.abc import Sequence
from typing import Final, Literal

import numpy as np
import shapely
from psycopg.errors import LockNotAvailable
from sqlalchemy import Connection, text
from sqlalchemy.exc import OperationalError

# Halvings of 360 degrees: cells of 90, 5.6, 0.35 and 0.022 degrees to a side.
LEVELS: Final = (2, 6, 10, 14)
MAX_CELLS: Final = 256
# The numbers of locks are shared by the whole database: these are ours, one kind a subject.
NAMESPACES: Final = {"plots": 7_461_095, "zones": 7_461_096}
WAIT_S: Final = 2.0
FILE_WAIT_S: Final = 60.0

Subject = Literal["plots", "zones"]


class GroundBusy(RuntimeError):  # noqa: N818 - somebody else was first
    """Somebody else is writing there, and did not end in time."""


_TAKE = text("SELECT take_ground(CAST(:keys AS bigint[]), CAST(:alone AS boolean[]), :wait_ms)")


def lock_ground(
    connection: Connection,
    shapes: Sequence[shapely.Geometry],
    subject: Subject = "plots",
    *,
    wait_s: float = WAIT_S,
) -> None:
    """Lock the ground of shapes (degrees) until the transaction ends.

    To be called with the plots themselves locked and before any number is given: in this order
    nobody waits in a circle. What is looked up afterwards is seen as the others left it.

    Raises
    ------
    GroundBusy
        Others hold it for longer than ``wait_s`` seconds; the transaction has failed.
    """
    cells = [(key, alone) for key, alone in sorted(_cells(shapes, NAMESPACES[subject]).items())]
    values = {
        "keys": [key for key, _ in cells],
        "alone": [alone for _, alone in cells],
        "wait_ms": int(wait_s * 1000),
    }
    try:
        connection.execute(_TAKE, values)
    except OperationalError as error:
        if isinstance(error.orig, LockNotAvailable):
            raise GroundBusy from None
        raise


def _cells(shapes: Sequence[shapely.Geometry], namespace: int) -> dict[int, bool]:
    """Keys of locks, and whether each is taken alone. Larger cells have the lower keys."""
    if not shapes:
        return {}
    bounds = shapely.bounds(np.array(shapes, dtype=object))
    for level in reversed(LEVELS):
        at_level = _covered(bounds, level)
        if at_level is not None:
            break
    assert at_level is not None  # the largest cells are fewer than that
    keys = {_key(namespace, level, x, y): True for x, y in at_level}
    for above in (one for one in LEVELS if one < level):
        step = level - above
        keys |= {_key(namespace, above, x >> step, y >> step): False for x, y in at_level}
    return keys


def _covered(bounds: np.ndarray, level: int) -> set[tuple[int, int]] | None:
    """Cells of a level that boxes (west, south, east, north) touch; None for too many."""
    degrees = 360.0 / 2**level
    first = np.floor((bounds[:, :2] + (180.0, 90.0)) / degrees).astype(int)
    last = np.floor((bounds[:, 2:] + (180.0, 90.0)) / degrees).astype(int)
    if np.prod(last - first + 1, axis=1).max() > MAX_CELLS:
        return None
    found: set[tuple[int, int]] = set()
    for (west, south), (east, north) in zip(first.tolist(), last.tolist(), strict=True):
        found |= {(x, y) for x in range(west, east + 1) for y in range(south, north + 1)}
        if len(found) > MAX_CELLS:
            return None
    return found


def _key(namespace: int, level: int, x: int, y: int) -> int:
    """One number a cell: sorted by size first, so that everybody takes them in one order."""
    return (namespace << 40) | (level << 32) | (x << 16) | y
