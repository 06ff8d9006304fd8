"""Whether a database is empty, and what of it is invented."""

from sqlalchemy import Connection, exists, select

from service.database.metadata import district, plot


def is_empty(connection: Connection) -> bool:
    """Whether there is neither a district nor a plot."""
    return not (
        connection.scalar(select(exists(select(district.c.code))))
        or connection.scalar(select(exists(select(plot.c.id))))
    )


def has_demo(connection: Connection) -> bool:
    """Whether any invented plot is there."""
    return bool(connection.scalar(select(exists(select(plot.c.id).where(plot.c.demo)))))


def own_districts(connection: Connection) -> set[str]:
    """Codes of the districts that are no part of the demo."""
    return set(connection.scalars(select(district.c.code).where(~district.c.demo)))
