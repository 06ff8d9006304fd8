"""The address of a database as PostgreSQL's own programs and driver read it."""

from psycopg.conninfo import make_conninfo
from sqlalchemy.engine import URL

__all__ = ["libpq_words"]


def libpq_words(database: URL) -> str:
    """The address as ``key=value`` words, each with what libpq needs escaped.

    An address of SQLAlchemy is none for libpq everywhere: it leaves blanks of a password as they
    are.

    Parameters
    ----------
    database
        With the driver psycopg or none named. Words after its ``?`` are taken along.

    Examples
    --------
    >>> from sqlalchemy.engine import make_url
    >>> libpq_words(make_url("postgresql://forestry:a%20b@db/plots?sslmode=require"))
    "host=db dbname=plots user=forestry password='a b' sslmode=require"
    """
    url = database.set(drivername="postgresql+psycopg")
    _, words = url.get_dialect()().create_connect_args(url)
    return make_conninfo(**words)
