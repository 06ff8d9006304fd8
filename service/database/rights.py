"""Which rights the owner of a database lacks, and what an administrator of the server runs."""

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from sqlalchemy import Connection, Row, text

from gis.messages import Language, Message
from service.database.own_names import own_functions, own_tables
from service.errors import Problem

OLDEST_POSTGIS = (3, 3)
EXTENSIONS = ("postgis", "btree_gist")


class Missing(NamedTuple):
    """One right, in both languages, and the statements that give it."""

    zh: str
    en: str
    sql: str


class RightsMissing(Problem):
    """The account of ``LUOTU_DATABASE_URL`` may not do what has to be done."""

    def __init__(self, connection: Connection, missing: Sequence[Missing]) -> None:
        place = connection.execute(text("SELECT current_user, current_database()")).one()
        super().__init__(
            409,
            "rights_missing",
            Message(
                f"数据库账户 {place[0]} 缺少权限，请数据库管理员在数据库 {place[1]} 中"
                "执行下列语句，再试一次",
                f"the database account {place[0]} lacks rights: let an administrator of the "
                f"server run this in the database {place[1]}, then try again",
            ),
        )
        self.missing = tuple(missing)

    def statements(self, language: Language | None) -> str:
        """What to run: each statement once, below what it is for."""
        return "".join(
            f"\n  -- {Message(right.zh, right.en).text(language)}\n  {right.sql}"
            for right in self.missing
        )


_STATE = text("""
SELECT quote_ident(current_user) AS me, quote_ident(current_database()) AS name,
    m.rolsuper AS superuser, m.rolsuper OR m.rolcreaterole AS makes_roles,
    has_database_privilege(d.oid, 'CREATE') AS makes_schemas,
    has_schema_privilege('public', 'USAGE') AS enters,
    has_schema_privilege('public', 'USAGE') AND has_schema_privilege('public', 'CREATE')
        AS makes_tables,
    to_regnamespace('sealed') IS NOT NULL AS sealed_there,
    (SELECT quote_ident(pg_get_userbyid(c.relowner))
     FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
     WHERE n.nspname = 'public' AND c.relname = 'alembic_version'
       AND NOT pg_has_role(c.relowner, 'USAGE')) AS foreign_owner,
    EXISTS (SELECT FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
            WHERE n.nspname = 'public' AND c.relname = 'alembic_version') AS tables_there,
    (SELECT quote_ident(rolname) FROM pg_roles WHERE oid = 10) AS first_account,
    has_database_privilege(d.oid, 'CONNECT WITH GRANT OPTION') AS lets_connect,
    has_schema_privilege('public', 'USAGE WITH GRANT OPTION') AS lets_enter,
    quote_ident('luotu_service_' || d.oid) AS own_role,
    pg_encoding_to_char(d.encoding) AS encoding
FROM pg_database d, pg_roles m
WHERE d.datname = current_database() AND m.rolname = current_user
""")
_INSTALLED = text("""
SELECT e.extversion AS version, n.nspname AS schema
FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace WHERE e.extname = :name
""")
_AVAILABLE = text("""
SELECT bool_or(superuser AND NOT trusted) FROM pg_available_extension_versions WHERE name = :name
""")
_ROLE = text("""
SELECT quote_ident(r.rolname) AS name, r.rolsuper OR r.rolbypassrls AS sees_all,
    r.rolname = current_user AS is_me, quote_ident(current_user) AS me,
    pg_has_role(r.oid, current_user, 'USAGE') AS acts_as_owner,
    r.rolcanlogin AND COALESCE(r.rolvaliduntil > now(), true) AND r.rolconnlimit <> 0 AS signs_in
FROM pg_roles r WHERE r.rolname = :name
""")
# Whether Luotu made a role for this database, and it is there.
OWN_ROLE_KEPT = text("""
SELECT EXISTS (
    SELECT FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname = 'sealed' AND c.relname = 'service_role'
) AND EXISTS (SELECT FROM pg_roles r, pg_database d
    WHERE d.datname = current_database() AND r.rolname = 'luotu_service_' || d.oid)
""")
# Of everybody (`public`), or of a role that is there.
_ENTRY = text("""
SELECT has_database_privilege(:role, current_database(), 'CONNECT') AS connects,
    has_schema_privilege(:role, 'public', 'USAGE') AS enters
""")

# Tables, functions and schemas of Luotu that somebody else owns, as ALTER names them. An extension
# owns what belongs to it.
_STRAYS = text("""
WITH things AS (
    SELECT c.oid, 'pg_class'::regclass AS catalogue, c.relnamespace AS namespace,
        c.relname AS name, c.relowner AS owner, 'TABLE' AS kind, '' AS arguments
    FROM pg_class c WHERE c.relkind IN ('r', 'p')
    UNION ALL
    SELECT p.oid, 'pg_proc'::regclass, p.pronamespace, p.proname, p.proowner, 'FUNCTION',
        '(' || pg_get_function_identity_arguments(p.oid) || ')'
    FROM pg_proc p
)
SELECT kind || format(' %I.%I', n.nspname, t.name) || arguments AS thing,
    pg_get_userbyid(owner) AS owner
FROM things t JOIN pg_namespace n ON n.oid = t.namespace
WHERE NOT pg_has_role(owner, 'USAGE')
  AND (n.nspname IN ('sealed', 'procrastinate') OR n.nspname = 'public'
       AND t.name = ANY(CASE kind WHEN 'TABLE' THEN CAST(:tables AS text[])
                                  ELSE CAST(:functions AS text[]) END))
  AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = t.catalogue AND d.objid = t.oid
                  AND d.deptype = 'e')
UNION ALL
SELECT format('SCHEMA %I', nspname), pg_get_userbyid(nspowner) FROM pg_namespace
WHERE nspname IN ('sealed', 'procrastinate') AND NOT pg_has_role(nspowner, 'USAGE')
ORDER BY 1
""")

State = Row[Any]


def refuse_stranger(connection: Connection) -> None:
    """Raise `RightsMissing` where the tables of this database belong to somebody else.

    So it does where they lie behind a door that is shut to who asks.
    """
    state = connection.execute(_STATE).one()
    missing = _foreign(state) or (
        _no_tables(state) if state.tables_there and not state.enters else None
    )
    if missing:
        raise RightsMissing(connection, [missing])


def enters(connection: Connection) -> bool:
    """Whether the owner may use the schema in which the tables lie."""
    return bool(connection.execute(_STATE).one().enters)


def refuse_wide_role(connection: Connection, role: str) -> None:
    """Raise `RightsMissing` where the service's ``role`` is none that row security holds back.

    Somebody may have changed it since it was made: scopes of accounts would hold no more.
    """
    row = connection.execute(_ROLE, {"name": role}).one_or_none()
    own = connection.execute(_STATE).one().own_role
    missing = [] if row is None else [*_of_its_width(row, own)]
    if missing:
        raise RightsMissing(connection, missing)


def require_rights(connection: Connection, role: str | None) -> None:
    """Raise `RightsMissing` with everything that a migration would be refused, told at once.

    ``role`` is the role of the service; None is one that Luotu makes itself.
    """
    missing = missing_rights(connection, role)
    if missing:
        raise RightsMissing(connection, missing)


def missing_rights(connection: Connection, role: str | None) -> list[Missing]:
    """Everything that `require_rights` would refuse; empty where nothing is missing."""
    state = connection.execute(_STATE).one()
    missing = [*_of_place(state)]
    # Before the first migration a name belongs to whoever has it: `migrate` tells of that.
    if state.tables_there and state.foreign_owner is None:
        missing += _strays(connection, state)
    for name in EXTENSIONS:
        missing += _of_extension(connection, name, state)
    missing += _of_role(connection, role, state)
    return missing


def role_not_made(connection: Connection) -> RightsMissing:
    """What to say where the server refuses to make the service's role, or to change it."""
    return RightsMissing(connection, [_own_role(connection.execute(_STATE).one())])


def _own_role(state: State) -> Missing:
    return Missing(
        "建立本库专用的服务账户；或由管理员执行 "
        f"CREATE ROLE {state.own_role} LOGIN PASSWORD '…' 后把它写入 LUOTU_SERVICE_DATABASE_URL",
        "to make the service's own role for this database; or an administrator runs the CREATE "
        "ROLE above, and LUOTU_SERVICE_DATABASE_URL=postgresql://ROLE:PASSWORD@HOST:PORT/DATABASE "
        "names it",
        f"ALTER ROLE {state.me} CREATEROLE;",
    )


def _foreign(state: State) -> Missing | None:
    if state.foreign_owner is None:
        return None
    if state.foreign_owner == state.first_account:
        # PostgreSQL never reassigns what belongs to the account that its server was made with.
        return Missing(
            f"表属于 {state.foreign_owner}，服务器不允许移交：请以该账户运行 luotu backup，"
            "再在下面的新库中运行 luotu restore",
            f"the tables belong to {state.foreign_owner}, from whom the server lets nobody take "
            "them: run `luotu backup DIR` as that account, and `luotu restore DIR` in the database "
            "made here",
            f"CREATE DATABASE luotu_own OWNER {state.me} TEMPLATE template0;",
        )
    return Missing(
        f"表属于 {state.foreign_owner}：请在 LUOTU_DATABASE_URL 中改用该账户，或移交所有权",
        f"the tables belong to {state.foreign_owner}: name that account in LUOTU_DATABASE_URL, or "
        "hand them over",
        f"REASSIGN OWNED BY {state.foreign_owner} TO {state.me};",
    )


def _strays(connection: Connection, state: State) -> Iterator[Missing]:
    names = {"tables": [*own_tables()], "functions": [*own_functions()]}
    for thing, owner in connection.execute(_STRAYS, names):
        yield Missing(
            f"{thing} 属于 {owner}，须移交",
            f"to own {thing}, which belongs to {owner}",
            f"ALTER {thing} OWNER TO {state.me};",
        )


def _no_tables(state: State) -> Missing:
    return Missing(
        "在模式 public 中建表",
        "to make tables in the schema public",
        f"GRANT USAGE, CREATE ON SCHEMA public TO {state.me};",
    )


def _of_place(state: State) -> Iterator[Missing]:
    foreign = _foreign(state)
    if foreign:
        yield foreign
    if state.encoding != "UTF8":
        yield Missing(
            f"数据库编码为 {state.encoding}，需要 UTF8：请另建数据库",
            f"text in UTF8, and this database is in {state.encoding}: make another one",
            f"CREATE DATABASE luotu OWNER {state.me} ENCODING 'UTF8' TEMPLATE template0;",
        )
    if not state.makes_tables:
        yield _no_tables(state)
    if not state.makes_schemas and not state.sealed_there:
        yield Missing(
            "建立模式 sealed",
            "to make the schema sealed",
            f"GRANT CREATE ON DATABASE {state.name} TO {state.me};",
        )


def _of_extension(connection: Connection, name: str, state: State) -> Iterator[Missing]:
    row = connection.execute(_INSTALLED, {"name": name}).one_or_none()
    if row is None:
        yield from _to_be_installed(connection, name, state)
    elif row.schema != "public":
        yield Missing(
            f"扩展 {name} 应在模式 public 中，现在 {row.schema} 中",
            f"the extension {name} has to be in the schema public, and is in {row.schema}",
            f"DROP EXTENSION {name}; CREATE EXTENSION {name} SCHEMA public;",
        )
    elif name == "postgis" and _number(row.version) < OLDEST_POSTGIS:
        yield Missing(
            f"PostGIS {row.version} 太旧，需要 3.3 或更新",
            f"PostGIS {row.version} is too old: 3.3 or later is needed (install its package first)",
            "SELECT postgis_extensions_upgrade();",
        )


def _to_be_installed(connection: Connection, name: str, state: State) -> Iterator[Missing]:
    needs_superuser = connection.scalar(_AVAILABLE, {"name": name})
    create = f"CREATE EXTENSION {name} SCHEMA public;"
    if needs_superuser is None:
        yield Missing(
            f"服务器未安装扩展 {name}，请先安装软件包（Debian：postgresql-NN-postgis-3）",
            f"the server has no extension {name}: install its package first (Debian: "
            "postgresql-NN-postgis-3, postgresql-contrib)",
            create,
        )
    elif not state.superuser and (needs_superuser or not state.makes_schemas):
        yield Missing(f"安装扩展 {name}", f"to have the extension {name}", create)


def _number(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split(".")[:2] if part.isdigit())


def _of_role(connection: Connection, name: str | None, state: State) -> Iterator[Missing]:
    """What stands between the service and the database."""
    if name is None:
        own = connection.execute(_ROLE, {"name": state.own_role}).one_or_none()
        if own is not None:
            yield from _of_its_width(own, state.own_role)
            yield from _of_its_sign_in(own)
        if not state.makes_roles and not connection.scalar(OWN_ROLE_KEPT):
            yield _own_role(state)
        yield from _of_entry(connection, "public", state)
        return
    row = connection.execute(_ROLE, {"name": name}).one_or_none()
    if row is None:
        quoted = connection.scalar(text("SELECT quote_ident(:name)"), {"name": name})
        yield Missing(
            "建立 LUOTU_SERVICE_DATABASE_URL 中的账户",
            "to have the account that LUOTU_SERVICE_DATABASE_URL names",
            f"CREATE ROLE {quoted} LOGIN PASSWORD '…';",
        )
        return
    wide = [*_of_its_width(row, state.own_role)]
    yield from wide
    if not wide:
        yield from _of_its_sign_in(row)
        yield from _of_entry(connection, name, state)


def _of_its_width(role: State, other: str) -> Iterator[Missing]:
    if role.is_me:
        yield Missing(
            "LUOTU_SERVICE_DATABASE_URL 不能与 LUOTU_DATABASE_URL 用同一账户，请另建一个普通账户",
            "LUOTU_SERVICE_DATABASE_URL names the owner itself: make a plain role for it",
            f"CREATE ROLE {other} LOGIN PASSWORD '…';",
        )
    elif role.sees_all:
        yield Missing(
            f"服务账户 {role.name} 会绕过行级权限",
            f"the service's account {role.name} would pass by row security",
            f"ALTER ROLE {role.name} NOSUPERUSER NOBYPASSRLS;",
        )
    elif role.acts_as_owner:
        yield Missing(
            f"服务账户 {role.name} 是所有者 {role.me} 的成员，会绕过行级权限",
            f"the service's account {role.name} belongs to the owner's role {role.me} and would "
            "pass by row security",
            f"REVOKE {role.me} FROM {role.name};",
        )


def _of_its_sign_in(role: State) -> Iterator[Missing]:
    if not role.signs_in:
        yield Missing(
            f"服务账户 {role.name} 不能登录（NOLOGIN、已过期或连接数为 0）",
            f"the service's account {role.name} cannot sign in: it is NOLOGIN, has expired or may "
            "have no connection",
            f"ALTER ROLE {role.name} LOGIN VALID UNTIL 'infinity' CONNECTION LIMIT -1;",
        )


def _of_entry(connection: Connection, role: str, state: State) -> Iterator[Missing]:
    entry = connection.execute(_ENTRY, {"role": role}).one()
    if not entry.connects and not state.lets_connect:
        yield Missing(
            "让服务账户连接数据库",
            "to let the service's role connect",
            f"GRANT CONNECT ON DATABASE {state.name} TO {state.me} WITH GRANT OPTION;",
        )
    if not entry.enters and not state.lets_enter:
        yield Missing(
            "让服务账户使用模式 public",
            "to let the service's role use the schema public",
            f"GRANT USAGE ON SCHEMA public TO {state.me} WITH GRANT OPTION;",
        )
