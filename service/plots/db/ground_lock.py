"""Locks on ground: two writers of the same ground take turns, so that the second sees the first.

Two transactions do not see each other's plots until they are committed: two drawings of one place
that are sent at the same moment would each find it empty. So a writer locks the cells that its
shapes touch before it reads the neighbours, until it commits. Cells are squares of degrees at four
levels; each lies within one of the next larger level. A writer takes the smallest level at which
its shapes touch few enough cells, and locks these exclusively; the cells of every larger level
around them it locks shared. So a file of a county waits for a plot within it and the plot for the
file, while plots a few kilometres apart never wait for each other.

Borders are ground of everybody's. Whoever writes plots announces it before reading to which county
they belong (:func:`lock_ground` does), and a border waits, as its last step, for those who did
(:func:`wait_for_writers`): what it finds then are all plots that were placed by the old border.
"""

import time
from collections.abc import Sequence
from typing import Final, Literal

import numpy as np
import shapely
from numpy.typing import NDArray
from psycopg.errors import LockNotAvailable
from sqlalchemy import Connection, text
from sqlalchemy.exc import OperationalError

# Halvings of 360 degrees: the sides of the cells are 90, 5.6, 0.35 and 0.022 degrees.
LEVELS: Final = (2, 6, 10, 14)
MAX_CELLS: Final = 256
# Advisory lock keys are shared by the whole database; each subject has its own range.
NAMESPACES: Final = {
    "plots": 7_461_095,
    "zones": 7_461_096,
    "findings": 7_461_097,
}
WAIT_S: Final = 2.0
FILE_WAIT_S: Final = 60.0

Subject = Literal["plots", "zones", "findings"]


class GroundBusy(RuntimeError):  # noqa: N818 - somebody else was first
    """Somebody else is writing the same ground, and did not end in time."""


_TAKE = text("SELECT take_ground(CAST(:keys AS bigint[]), CAST(:alone AS boolean[]), :wait_ms)")


def lock_ground(
    connection: Connection,
    shapes: Sequence[shapely.Geometry],
    subject: Subject = "plots",
    *,
    wait_s: float = WAIT_S,
) -> None:
    """Lock the ground of shapes (degrees of CGCS2000) until the transaction ends.

    Call it after the plots themselves are locked and before any number is registered: in this order
    no two writers wait for each other. Files do it last, with numbers that nobody else is given
    (`service.plots.db.late_lock`). What is read afterwards includes what the others committed, and
    the county of a plot stays what it is until the transaction ends.

    Raises
    ------
    GroundBusy
        Others hold it for longer than ``wait_s`` seconds; the transaction has failed.
    """
    bounds = shapely.bounds(np.array(shapes, dtype=object)).reshape(-1, 4)
    lock_boxes(connection, bounds, subject, wait_s=wait_s)


def lock_boxes(
    connection: Connection,
    bounds: NDArray[np.float64],
    subject: Subject = "plots",
    *,
    wait_s: float = WAIT_S,
) -> None:
    """As `lock_ground`, of the boxes of shapes: ``(n, 4)`` west, south, east, north."""
    if subject == "plots":
        announce(connection)
    cells = [(key, alone) for key, alone in sorted(_cells(bounds, NAMESPACES[subject]).items())]
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


def announce(connection: Connection) -> None:
    """Say that plots will be written, before their counties are read: borders wait for the end."""
    connection.execute(_ANNOUNCE)


# What every INSERT and UPDATE takes, only earlier.
_ANNOUNCE = text("LOCK TABLE plot_version IN ROW EXCLUSIVE MODE")
_ALONE = text("LOCK TABLE plot_version IN SHARE MODE")
_PATIENCE = text("SELECT set_config('lock_timeout', :wait, true)")
# New writers queue behind who waits for all others: so long at most, then they are let through.
_TURN_MS: Final = 500
_PAUSE_S: Final = 0.1


def wait_for_writers(connection: Connection, *, wait_s: float = FILE_WAIT_S) -> None:
    """Wait until nobody else is writing plots, and keep others from it until the transaction ends.

    Raises
    ------
    GroundBusy
        Somebody was writing all the time for ``wait_s`` seconds.
    """
    before = connection.scalar(text("SELECT current_setting('lock_timeout')"))
    ends = time.monotonic() + wait_s
    while True:
        try:
            with connection.begin_nested():
                connection.execute(_PATIENCE, {"wait": f"{_TURN_MS}ms"})
                connection.execute(_ALONE)
                connection.execute(_PATIENCE, {"wait": before})
        except OperationalError as error:
            if not isinstance(error.orig, LockNotAvailable):
                raise
        else:
            return
        if time.monotonic() > ends:
            raise GroundBusy
        time.sleep(_PAUSE_S)


def _cells(bounds: NDArray[np.float64], namespace: int) -> dict[int, bool]:
    """Lock keys, each with True for an exclusive lock. Larger cells have the lower keys."""
    if not len(bounds):
        return {}
    for level in reversed(LEVELS):
        at_level = _covered(bounds, level)
        if at_level is not None:
            break
    assert at_level is not None  # the largest cells are fewer than that
    keys = {_key(namespace, level, x, y): True for x, y in at_level}
    for above in (larger for larger in LEVELS if larger < level):
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
    cells: set[tuple[int, int]] = set()
    blocks = np.unique(np.hstack([first, last]), axis=0)
    for west, south, east, north in blocks.tolist():
        cells |= {(x, y) for x in range(west, east + 1) for y in range(south, north + 1)}
        if len(cells) > MAX_CELLS:
            return None
    return cells


def _key(namespace: int, level: int, x: int, y: int) -> int:
    """One number a cell: larger cells come first in order, so that everybody locks in one order."""
    return (namespace << 40) | (level << 32) | (x << 16) | y
