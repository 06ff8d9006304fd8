"""A word that changes whenever figures, maps or files would."""

from typing import Final

from sqlalchemy import Connection, text

# Out of the catalogue alone: no lock on a table of ours, held by whomever, is waited for.
IS_MIGRATED: Final = (
    b"SELECT coalesce(has_table_privilege(to_regclass('plot'), 'SELECT'), false) AS migrated"
)
_STATE = text("""
SELECT concat_ws(' ',
    (SELECT version_num FROM alembic_version),
    (SELECT concat_ws('/', count(*), sum(version), max(changed_at)) FROM plot_version),
    (SELECT concat_ws('/', count(*), max(id), bit_xor(hashtextextended(source, id)))
     FROM district_boundary),
    (SELECT bit_xor(hashtextextended(concat_ws(' ', code, name, level, parent), 0))
     FROM district))
""")


def data_state(connection: Connection) -> str:
    """Made of counts and newest changes of plots, boundaries and districts."""
    return str(connection.scalar(_STATE))
