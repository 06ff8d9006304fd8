"""A version of all that figures, maps and files are made of: it changes whenever they would."""

from typing import Final

from sqlalchemy import Connection, text

from service.accounts.db.accounts import Account

# Counts of logs and of changes, for the newest change misses who began early and committed late.
_VERSION: Final = text("""
SELECT concat_ws(' ',
    coverage_stamp('county', 'all'), beijing_today(),
    (SELECT version_num FROM alembic_version),
    (SELECT coalesce(sum(changes), 0) FROM plot_change),
    (SELECT version FROM district_state),
    (SELECT bit_xor(hashtextextended(c::text, 0)) FROM code c),
    (SELECT bit_xor(hashtextextended(k::text, 0)) FROM kind k),
    (SELECT concat_ws('/', count(*), max(id), max(at)) FROM layer_change),
    (SELECT concat_ws('/', count(*), max(id), max(at)) FROM office_change),
    (SELECT concat_ws('/', count(*), max(id), max(at)) FROM patrol_log),
    (SELECT concat_ws('/', count(*), max(id), max(at)) FROM task_change),
    (SELECT concat_ws('/', count(*), max(id), max(at)) FROM record_history),
    (SELECT concat_ws('/', count(*), sum(version), max(changed_at)) FROM register))
WHERE coverage_stamp('county', 'all') IS NOT NULL
""")


def data_version(connection: Connection, account: Account) -> str | None:
    """The version of what the account sees; ask for it before what is made of it.

    Two moments with the same version have the same data, on the same day of Beijing. None when
    nothing may be kept: coverage is still being computed, or the account sees plots by unit, whose
    changes are not counted.
    """
    if account.units:
        return None
    version = connection.scalar(_VERSION)
    return None if version is None else str(version)
