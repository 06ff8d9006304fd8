"""Which ground a transaction sees: the second lock, below the predicates of the queries.

The database shows a transaction no plot until it was *entered*: with somebody's secret
(:func:`service.accounts.db.accounts.account_by_secret`), or with the key that its owner
reads, for the command line and work in the background.
"""

from sqlalchemy import Connection, Engine, event, text

_KEY = text("SELECT key FROM sealed.scope_key")

_LEAKPROOF = text("""
SELECT proleakproof FROM pg_proc WHERE oid = 'geometry_overlaps(geometry, geometry)'::regprocedure
""")


def whole_tree_key(owner: Engine) -> bytes:
    """The key that opens the whole tree; only the owner of the database can read it."""
    with owner.connect() as connection:
        return bytes(connection.scalar(_KEY) or b"")


def see_whole_tree(engine: Engine, key: bytes) -> None:
    """Let every transaction of the engine see everything; not for an engine that serves people."""

    def enter(connection: Connection) -> None:
        connection.execute(text("SELECT set_session_scope_to_all(:key)"), {"key": key})

    event.listen(engine, "begin", enter)


def spatial_index_serves(owner: Engine) -> bool:
    """Whether ``&&`` is declared leakproof: else no spatial index serves under a policy."""
    with owner.connect() as connection:
        return bool(connection.scalar(_LEAKPROOF))
