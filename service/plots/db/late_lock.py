"""A file of plots locks its ground when it is stored, not while it is checked: others save on.

Checking and storing a county takes a minute, in which nobody else could write there. So the file
is checked and stored first, and its ground is locked at the end. Whoever wrote there meanwhile may
not have been seen: the plots on their ground are looked at again, and where these cannot stand as
they are all is taken back and done again, with the ground locked before.
"""

from collections.abc import Callable, Sequence
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, text

from service.plots.db.ground_lock import FILE_WAIT_S, announce, lock_boxes

__all__ = ["with_ground_locked_last"]

Written = TypeVar("Written")

_FIRST_UNSEEN = text("SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint")
_WRITTEN_BESIDE = text("SELECT written_beside(:first_unseen) AS id ORDER BY id")


def with_ground_locked_last(
    connection: Connection,
    bounds: NDArray[np.float64],
    write: Callable[[], Written],
    stand: Callable[[Written, Sequence[int]], bool],
) -> Written:
    """Do what ``write`` does, as if the ground of some boxes had been locked before it.

    Until the transaction ends the ground is locked as `lock_boxes` does it.

    Parameters
    ----------
    bounds
        ``(n, 4)`` west, south, east, north, degrees of CGCS2000; all that is written lies there.
    write
        Checks and stores plots; it may be called again, after all that it wrote was taken back.
    stand
        Whether plots with some ids, on whose ground somebody else wrote meanwhile, may stay as they
        were written.

    Raises
    ------
    GroundBusy
        Others hold the ground for longer than a minute; the transaction has failed.
    """
    announce(connection)
    first_unseen = connection.scalar(_FIRST_UNSEEN)
    with connection.begin_nested() as trial:
        written = write()
        lock_boxes(connection, bounds, wait_s=FILE_WAIT_S)
        beside = connection.scalars(_WRITTEN_BESIDE, {"first_unseen": first_unseen}).all()
        if not beside or stand(written, beside):
            return written
        trial.rollback()
    lock_boxes(connection, bounds, wait_s=FILE_WAIT_S)
    return write()
