"""Squares and counters of plots (migration 0013) in as few rows as they need."""

from sqlalchemy import Engine, text

_TIDY = text("SELECT tidy_plot_squares()")


def tidy(engine: Engine) -> bool:
    """Put the rows of one block together; False when no block has many more than it needs.

    A bulk load leaves rows by each of its statements, and a tile reads them all. What it shows and
    its tag stay as they are.
    """
    with engine.begin() as connection:
        return bool(connection.scalar(_TIDY))
