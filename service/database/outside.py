"""What a database outside lacks for Luotu to run on it, each with what its administrator runs."""

from collections.abc import Iterator
from typing import Any, Final, Literal, NamedTuple

from sqlalchemy import Connection, Row, text

from gis.messages import Message
from service.database.rights import missing_rights
from service.settings import Settings

OLDEST_POSTGRESQL: Final = 13
TRIED_POSTGRESQL: Final = 15
# Beside the pool of requests and half as many for tiles: two reserved lines, four connections of
# work in the background, a worker of jobs with its queue, a backup of four, and a command line.
OTHER_CONNECTIONS: Final = 20
CLOCK_S: Final = 5.0

Verdict = Literal["fine", "better", "missing"]
"""``missing``: Luotu cannot run; ``better``: it runs, and an administrator should look."""


class Finding(NamedTuple):
    """What was looked at, how it is, and the statements that mend it; empty where none do."""

    verdict: Verdict
    what: str
    message: Message
    sql: str = ""


_SERVER = text("""
SELECT current_setting('server_version') AS version,
    current_setting('server_version_num')::int / 10000 AS major,
    quote_ident(current_user) AS me, quote_ident(current_database()) AS name,
    d.datcollate AS collation,
    pg_is_in_recovery() AS standby,
    current_setting('default_transaction_read_only')::bool AS read_only,
    current_setting('fsync')::bool AND current_setting('full_page_writes')::bool AS safe_disk,
    current_setting('synchronous_commit') AS commits,
    current_setting('max_connections')::int
        - current_setting('superuser_reserved_connections')::int AS most,
    NULLIF(d.datconnlimit, -1) AS most_here,
    EXTRACT(EPOCH FROM clock_timestamp())::float8 AS clock,
    COALESCE((SELECT s.setting FROM pg_settings s WHERE s.name = 'TimeZone'), '') AS zone,
    COALESCE((SELECT t.ssl FROM pg_stat_ssl t WHERE t.pid = pg_backend_pid()), false) AS tls,
    inet_server_addr() IS NULL OR inet_server_addr() <<= '127.0.0.0/8'
        OR inet_server_addr() = '::1' AS near,
    pg_database_size(d.oid) AS bytes
FROM pg_database d WHERE d.datname = current_database()
""")
_COLLATION = text("""
SELECT d.datcollversion AS made, pg_database_collation_actual_version(d.oid) AS now
FROM pg_database d WHERE d.datname = current_database()
""")


def findings(
    connection: Connection, settings: Settings, role: str | None, local_clock: float
) -> Iterator[Finding]:
    """Look at the database of its owner's ``connection``; the worst first within each subject.

    ``role`` is that of ``LUOTU_SERVICE_DATABASE_URL``, None for one that Luotu makes.
    ``local_clock`` is this machine's, in seconds since 1970.
    """
    state = connection.execute(_SERVER).one()
    yield _version(state)
    missing = missing_rights(connection, role)
    for right in missing:
        yield Finding("missing", "rights", Message(right.zh, right.en), right.sql)
    if not missing:
        yield Finding(
            "fine",
            "rights",
            Message("扩展、权限与账户齐全", "extensions, rights and role are there"),
        )
    yield from _place(state)
    yield _connections(state, settings)
    yield _tls(state)
    if state.major >= TRIED_POSTGRESQL:
        yield _collation(connection.execute(_COLLATION).one(), state)
    yield _clock(state, local_clock)
    yield _size(state)


def _version(state: Row[Any]) -> Finding:
    zh, en = f"PostgreSQL {state.version}", f"PostgreSQL {state.version}"
    if state.major < OLDEST_POSTGRESQL:
        return Finding(
            "missing",
            "version",
            Message(
                f"{zh} 太旧，需要 {OLDEST_POSTGRESQL} 或更新",
                f"{en} is too old: {OLDEST_POSTGRESQL} or later is needed",
            ),
        )
    if state.major < TRIED_POSTGRESQL:
        return Finding(
            "better",
            "version",
            Message(
                f"{zh}：落图在 {TRIED_POSTGRESQL} 及更新版本上测试",
                f"{en}: Luotu is tried with {TRIED_POSTGRESQL} and later",
            ),
        )
    return Finding("fine", "version", Message(zh, en))


def _place(state: Row[Any]) -> Iterator[Finding]:
    """Whether this database can hold what is written, and keeps it."""
    if state.standby:
        yield Finding(
            "missing",
            "writable",
            Message(
                "这是只读的备用服务器：请在 LUOTU_DATABASE_URL 中改用主服务器",
                "this is a standby, which cannot be written: name the primary in "
                "LUOTU_DATABASE_URL",
            ),
        )
    elif state.read_only:
        yield Finding(
            "missing",
            "writable",
            Message("默认为只读事务", "transactions are read-only by default"),
            f"ALTER DATABASE {state.name} SET default_transaction_read_only = off;\n  "
            f"ALTER ROLE {state.me} SET default_transaction_read_only = off;",
        )
    if not state.safe_disk or state.commits == "off":
        yield Finding(
            "better",
            "durability",
            Message(
                "断电会丢失已答复的写入（fsync、full_page_writes 或 synchronous_commit 已关闭）",
                "what was answered is lost with the power: fsync, full_page_writes or "
                "synchronous_commit is off",
            ),
            "ALTER SYSTEM SET fsync = on;\n  ALTER SYSTEM SET full_page_writes = on;\n  "
            "ALTER SYSTEM SET synchronous_commit = on;\n  SELECT pg_reload_conf();",
        )


def _connections(state: Row[Any], settings: Settings) -> Finding:
    needed = settings.pool_size + max(1, settings.pool_size // 2) + OTHER_CONNECTIONS
    most = state.most if state.most_here is None else min(state.most, state.most_here)
    told = Message(
        f"本服务最多用 {needed} 个连接，服务器允许 {most} 个",
        f"a service takes {needed} connections at most, the server lets {most} in",
    )
    if most >= needed:
        return Finding("fine", "connections", told)
    mend = (
        f"ALTER SYSTEM SET max_connections = {needed + 10}; -- then restart the server"
        if state.most < needed
        else f"ALTER DATABASE {state.name} CONNECTION LIMIT {needed};"
    )
    return Finding("better", "connections", told, mend)


def _tls(state: Row[Any]) -> Finding:
    if state.tls:
        return Finding("fine", "TLS", Message("连接已加密", "the connection is encrypted"))
    if state.near:
        return Finding(
            "fine", "TLS", Message("同一台机器，未加密", "not encrypted, on the same machine")
        )
    return Finding(
        "better",
        "TLS",
        Message(
            "连接未加密，口令与数据可被网络上的人读到：请开启 TLS，并在地址后加 "
            "?sslmode=verify-full&sslrootcert=CA文件",
            "passwords and data can be read on the network: switch TLS on, and put "
            "?sslmode=verify-full&sslrootcert=CA-FILE behind the address",
        ),
        "ALTER SYSTEM SET ssl = on; -- and ssl_cert_file, ssl_key_file\n  SELECT pg_reload_conf();",
    )


def _collation(versions: Row[Any], state: Row[Any]) -> Finding:
    if versions.made in (None, versions.now):
        return Finding(
            "fine", "collation", Message(f"{state.collation}，UTF8", f"{state.collation}, UTF8")
        )
    return Finding(
        "better",
        "collation",
        Message(
            f"系统的排序规则由 {versions.made} 变为 {versions.now}，文本索引可能已错乱：请重建索引",
            f"the system sorts text otherwise now ({versions.made} → {versions.now}), and indexes "
            "of text may be wrong: make them anew",
        ),
        f"REINDEX DATABASE {state.name};\n  ALTER DATABASE {state.name} REFRESH COLLATION VERSION;",
    )


def _clock(state: Row[Any], local_clock: float) -> Finding:
    apart = state.clock - local_clock
    if abs(apart) <= CLOCK_S:
        return Finding(
            "fine",
            "clock",
            Message(
                "与本机一致；时区不影响落图（按北京日期计）",
                "as this machine's; its time zone does not matter, days are Beijing's",
            ),
        )
    return Finding(
        "better",
        "clock",
        Message(
            f"数据库时钟比本机{'快' if apart > 0 else '慢'} {abs(apart):.0f} 秒：请同步时钟（NTP）",
            f"its clock is {abs(apart):.0f} s {'ahead of' if apart > 0 else 'behind'} this "
            "machine's: let both follow NTP",
        ),
    )


def _size(state: Row[Any]) -> Finding:
    size = f"{state.bytes / 1e6:,.0f} MB"
    return Finding(
        "fine",
        "disk",
        Message(
            f"数据库 {size}；剩余空间无法用 SQL 查询，请在服务器上看（df），宜留出一倍",
            f"the database has {size}; free space cannot be asked by SQL: look there (`df`) that "
            "as much again is free",
        ),
    )
