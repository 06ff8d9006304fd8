"""A fingerprint that changes whenever figures, maps or files would."""

from sqlalchemy import Connection, text

_STATE = text("""
SELECT concat_ws(' ',
    (SELECT version_num FROM alembic_version),
    (SELECT concat_ws('/', count(*), sum(version), max(changed_at)) FROM plot_version),
    (SELECT concat_ws('/', count(*), max(id), bit_xor(hashtextextended(source, id)))
     FROM district_boundary),
    (SELECT bit_xor(hashtextextended(concat_ws(' ', code, name, level, parent), 0))
     FROM district))
""")


def fingerprint(connection: Connection) -> str:
    """Made of counts and newest changes of plots, boundaries and districts."""
    return str(connection.scalar(_STATE))
