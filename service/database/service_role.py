"""The plain role that the service works as, one for each database of a server.

The embedded cluster has its role from the beginning, and ``LUOTU_SERVICE_DATABASE_URL`` names one
that somebody made. For any other database the role is made here, and its name and password lie in
a table that only the owner of the database reads.
"""

import secrets
from dataclasses import dataclass, field
from typing import Final

import psycopg
from psycopg import sql
from sqlalchemy import Connection, text

from service.database.rights import role_not_made
from service.database.sql_library import grant_rights

PREFIX: Final = "luotu_service_"
# Before each database had its own role, this one served all databases of a server.
COMMON: Final = "luotu_service"

_THERE = text("SELECT to_regclass('sealed.service_role') IS NOT NULL")
_KEPT = text("""
SELECT s.name, s.password
FROM sealed.service_role s
JOIN pg_database d ON d.oid = s.database_oid AND d.datname = current_database()
JOIN pg_roles r ON r.oid = s.role_oid AND r.rolname = s.name
""")
_KEEP = text("""
INSERT INTO sealed.service_role (name, password, role_oid, database_oid)
SELECT r.rolname, :password, r.oid, d.oid
FROM pg_roles r, pg_database d WHERE r.rolname = :name AND d.datname = current_database()
ON CONFLICT (id) DO UPDATE SET name = excluded.name, password = excluded.password,
    role_oid = excluded.role_oid, database_oid = excluded.database_oid
""")

_OWN = """
FROM pg_class c
WHERE c.relnamespace = 'public'::regnamespace AND pg_has_role(c.relowner, 'USAGE')
  AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass
                  AND d.objid = c.oid AND d.deptype = 'e')
"""
_TABLES = text(f"SELECT c.oid::regclass::text {_OWN} AND c.relkind IN ('r', 'p', 'v', 'm')")
_SEQUENCES = text(f"SELECT c.oid::regclass::text {_OWN} AND c.relkind = 'S'")

_CONNECTS = text("""
SELECT has_database_privilege(:role, current_database(), 'CONNECT'), current_database()
""")
_RIGHTS = """
GRANT USAGE ON SCHEMA public TO {role};
GRANT SELECT, INSERT, UPDATE, DELETE ON {tables} TO {role};
GRANT USAGE, SELECT ON {sequences} TO {role};
REVOKE UPDATE, DELETE ON audit FROM {role};
REVOKE INSERT, UPDATE, DELETE ON alembic_version, sql_library FROM {role};
REVOKE INSERT, UPDATE, DELETE ON plot_history, office_change, record_history, task_change
    FROM {role};
REVOKE UPDATE, DELETE ON record_step, bulletin FROM {role};
REVOKE UPDATE ON file, file_link FROM {role};
REVOKE INSERT, UPDATE, DELETE ON district_state FROM {role};
REVOKE INSERT, UPDATE, DELETE ON plot_square, plot_square_sum, plot_change, district_shape
    FROM {role};
REVOKE ALL ON coverage_piece, coverage_cell, coverage_district, coverage_dirty, coverage_outside,
    coverage_layer_day FROM {role};
REVOKE UPDATE, DELETE ON plot_claim FROM {role};
GRANT UPDATE (district, ended_by, ended_at, ended_because) ON plot_claim TO {role};
REVOKE UPDATE, DELETE ON plot_comment, plot_reading, plot_pass FROM {role};
GRANT UPDATE (resolved_by, resolved_at) ON plot_comment TO {role};
REVOKE INSERT, UPDATE, DELETE ON patrol_log, layer_change, layer_cell, layer_affected,
    layer_recheck FROM {role};
"""

# Rights here of our roles for other databases, and of those no longer used.
_STRANGERS = text(r"""
WITH held AS (
    SELECT format('%s %s', CASE relkind WHEN 'S' THEN 'SEQUENCE' ELSE 'TABLE' END,
                  oid::regclass) AS thing, relacl AS acl
    FROM pg_class WHERE relnamespace = 'public'::regnamespace
        AND relkind IN ('r', 'p', 'v', 'm', 'S') AND pg_has_role(relowner, 'USAGE')
    UNION ALL
    SELECT format('FUNCTION %s', oid::regprocedure), proacl
    FROM pg_proc WHERE pronamespace = 'public'::regnamespace AND pg_has_role(proowner, 'USAGE')
    UNION ALL
    SELECT 'SCHEMA public', nspacl FROM pg_namespace
    WHERE nspname = 'public' AND pg_has_role(nspowner, 'USAGE')
)
SELECT DISTINCT format('REVOKE ALL ON %s FROM %I', held.thing, r.rolname)
FROM held, aclexplode(held.acl) a JOIN pg_roles r ON r.oid = a.grantee
WHERE r.rolname ~ '^luotu_service(_[0-9]+)?$' AND r.rolname <> :role
""")


@dataclass(frozen=True)
class ServiceRole:
    """A role and its password."""

    name: str
    password: str = field(repr=False)


def kept_role(connection: Connection) -> ServiceRole | None:
    """The role that was made for this database; None when none was, or when it is gone.

    ``connection`` is the owner's. A copy of a database has none until it is migrated.
    """
    if not connection.scalar(_THERE):
        return None
    row = connection.execute(_KEPT).one_or_none()
    return None if row is None else ServiceRole(row.name, row.password)


def make_role(connection: Connection, *, new_password: bool = False) -> ServiceRole:
    """The role of this database, made when there is none; others wait while this is done.

    With ``new_password`` one that is there gets another password, too: a service that runs has to
    be started again.

    Raises
    ------
    RightsMissing
        The owner may not make roles.
    """
    role = kept_role(connection)
    if role is not None and not new_password:
        return role
    database = connection.execute(
        text("SELECT oid, datname FROM pg_database WHERE datname = current_database()")
    ).one()
    role = ServiceRole(f"{PREFIX}{database.oid}", secrets.token_urlsafe(32))
    known = connection.scalar(
        text("SELECT count(*) FROM pg_roles WHERE rolname = :name"), {"name": role.name}
    )
    driver = connection.connection.driver_connection
    assert driver is not None
    # Sent as a verifier, so that no log of statements ever holds the password.
    verifier = driver.pgconn.encrypt_password(
        role.password.encode(), role.name.encode(), b"scram-sha-256"
    )
    name = sql.Identifier(role.name)
    words = f"Luotu 落图: the service of database {database.datname}"
    try:
        with connection.begin_nested():
            driver.execute(
                sql.SQL("{verb} ROLE {role} LOGIN PASSWORD {verifier}").format(
                    verb=sql.SQL("ALTER" if known else "CREATE"),
                    role=name,
                    verifier=sql.Literal(verifier.decode()),
                )
            )
            driver.execute(
                sql.SQL("COMMENT ON ROLE {role} IS {words}").format(
                    role=name, words=sql.Literal(words)
                )
            )
    except psycopg.errors.InsufficientPrivilege:
        raise role_not_made(connection) from None
    connection.execute(_KEEP, {"name": role.name, "password": role.password})
    return role


def give_rights(connection: Connection, role: str) -> None:
    """Let the role do what the service needs, and no other service's role do anything here."""
    driver = connection.connection.driver_connection
    assert driver is not None
    connects, database = connection.execute(_CONNECTS, {"role": role}).one()
    names = {"role": sql.Identifier(role), "database": sql.Identifier(database)}
    if not connects:
        driver.execute(sql.SQL("GRANT CONNECT ON DATABASE {database} TO {role}").format(**names))
    # These names come quoted from the database.
    tables = sql.SQL(", ".join(connection.scalars(_TABLES)))
    sequences = sql.SQL(", ".join(connection.scalars(_SEQUENCES)))
    driver.execute(sql.SQL(_RIGHTS).format(**names, tables=tables, sequences=sequences))
    grant_rights(connection, role)
    for statement in connection.scalars(_STRANGERS, {"role": role}).all():
        driver.execute(statement)


def common_role_is_there(connection: Connection) -> bool:
    """Whether the server still has the role that all databases shared before."""
    return bool(
        connection.scalar(
            text("SELECT count(*) FROM pg_roles WHERE rolname = :name"), {"name": COMMON}
        )
    )
