"""Squares and counters of plots (migration 0013) in as few rows as they need."""

from sqlalchemy import Engine, text
from sqlalchemy.exc import OperationalError

# Less than the second after which PostgreSQL looks for a deadlock: who tidies gives way, never a
# writer.
_PATIENCE = text("SET LOCAL lock_timeout = '200ms'")
_LOCK_NOT_AVAILABLE = "55P03"
_TIDY = text("SELECT tidy_plot_squares()")


def tidy(engine: Engine) -> bool:
    """Put the rows of one block together; False when no block has many more than it needs.

    False, too, when somebody writes there: it is done another time.

    A bulk load leaves rows by each of its statements, and a tile reads them all. What it shows and
    its tag stay as they are.
    """
    try:
        with engine.begin() as connection:
            connection.execute(_PATIENCE)
            return bool(connection.scalar(_TIDY))
    except OperationalError as error:
        if getattr(error.orig, "sqlstate", None) != _LOCK_NOT_AVAILABLE:
            raise
        return False
