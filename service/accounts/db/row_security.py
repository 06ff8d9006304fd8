"""Row security: the scope of a transaction, a second check behind the predicates of queries.

A transaction sees no plot until its scope is set: by somebody's secret
(:func:`service.accounts.db.accounts.account_by_secret`), or, for the command line and background
work, by a key that only the owner of the database can read.
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
