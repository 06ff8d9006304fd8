"""Merges rows of plot squares and change counters."""

from sqlalchemy import Engine, text
from sqlalchemy.exc import OperationalError

# Less than deadlock_timeout (1 s): in a conflict this gives way, never a writer.
_PATIENCE = text("SET LOCAL lock_timeout = '200ms'")
_LOCK_NOT_AVAILABLE = "55P03"
_TIDY = text("SELECT tidy_plot_squares()")


def tidy(engine: Engine) -> bool:
    """Merge the rows of one block; False when no block has many more than it needs.

    False, too, while somebody writes there.

    A bulk load leaves rows by each of its statements, and a tile reads them all. The tile's content
    and its tag do not change.
    """
    try:
        with engine.begin() as connection:
            connection.execute(_PATIENCE)
            return bool(connection.scalar(_TIDY))
    except OperationalError as error:
        if getattr(error.orig, "sqlstate", None) != _LOCK_NOT_AVAILABLE:
            raise
        return False
