"""A new cluster: initdb, roles, the database with its extensions, all or nothing."""

import json
import os
import secrets
import shutil
import signal
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import psycopg
from psycopg import sql

from service.embedded.binaries import Binaries, find_binaries
from service.embedded.endpoint import DATABASE, ROLES, Role
from service.embedded.errors import ClusterError, failed
from service.embedded.lease import life
from service.embedded.os_account import Account, account_for
from service.embedded.paths import Marker, Place, fresh_folder, half_made, settle
from service.embedded.process import processes_in, stop
from service.embedded.start import start

_PLAIN = "LOGIN NOSUPERUSER NOCREATEROLE NOREPLICATION NOBYPASSRLS"
_RIGHTS: dict[Role, str] = {"owner": "CREATEDB", "service": "NOCREATEDB"}
_EXTENSIONS = ("postgis", "btree_gist")


def make(home: Path) -> Place:
    """Create the cluster of ``home``; if killed, `clear_half_made` removes what it left.

    Raises
    ------
    ClusterError
        It cannot be created; nothing is left behind.
    """
    clear_half_made(home)
    binaries = find_binaries()
    account = account_for(None)
    place = fresh_folder(home, account)
    try:
        passwords = {role: secrets.token_urlsafe(24) for role in ROLES}
        _initdb(place, home, binaries, account, passwords["admin"])
        _keep(passwords, place.folder / "passwords.json")
        server = start(place, home)
        try:
            postgis = _fill(server.socket_dir, server.port, passwords)
        except psycopg.Error as error:
            raise failed("建立数据库", "Making the database", str(error)) from error
        finally:
            stop(place, home)
        Marker(
            system_identifier=place.system_identifier(),
            home=str(home),
            made_at=datetime.now(UTC).isoformat(timespec="seconds"),
            postgresql=binaries.version,
            postgis=postgis,
        ).write(place.folder)
        return settle(place, home)
    except BaseException:
        clear_half_made(home)
        raise


def clear_half_made(home: Path) -> None:
    """Remove what an interrupted creation left behind, its processes first."""
    for folder in half_made(home):
        for pid in processes_in(folder.resolve()):
            with suppress(ProcessLookupError):  # it ended by itself
                os.kill(pid, signal.SIGKILL)
        with life(home, wait_s=30):
            shutil.rmtree(folder)


def _initdb(place: Place, home: Path, binaries: Binaries, account: Account, password: str) -> None:
    secret = place.folder / "initdb.password"
    _keep(password, secret)
    account.give(secret)
    (place.folder / "log").mkdir(mode=0o700)
    account.give(place.folder / "log")
    with life(home, wait_s=30) as descriptor:
        answer = account.run(
            binaries.program("initdb"),
            "--pgdata=data",
            f"--username={ROLES['admin']}",
            f"--pwfile={secret.name}",
            "--auth=scram-sha-256",
            "--data-checksums",
            "--encoding=UTF8",
            # By code point: the same order on every machine and after every upgrade, with
            # Chinese letters known as letters. Pinyin order: COLLATE "zh-x-icu" in a query.
            "--locale=C.UTF-8",
            "--lc-messages=C",
            "--no-instructions",
            cwd=place.folder,
            keep_fds=[] if descriptor is None else [descriptor],
        )
    if answer.returncode != 0:
        raise failed("建立数据库", "Making the database", answer.stdout)
    secret.unlink()
    with (place.data / "postgresql.conf").open("a", encoding="utf-8") as settings:
        settings.write("\ninclude = 'luotu.conf'\n")


def _keep(value: object, path: Path) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(value if isinstance(value, str) else json.dumps(value))
        file.flush()
        os.fsync(file.fileno())


def _fill(socket_dir: Path, port: int, passwords: dict[Role, str]) -> str:
    """Roles, database and extensions; answers the version of PostGIS.

    The extensions go into ``template1`` too, so that a database that ``luotu_owner`` makes for
    tests has them: PostGIS itself can only be created by a superuser.
    """

    def connect(database: str) -> psycopg.Connection:
        return psycopg.connect(
            host=str(socket_dir),
            port=port,
            dbname=database,
            user=ROLES["admin"],
            password=passwords["admin"],
            autocommit=True,
        )

    with connect("template1") as connection:
        for extension in _EXTENSIONS:
            connection.execute(sql.SQL("CREATE EXTENSION {}").format(sql.Identifier(extension)))
        # Else no spatial index serves under row security; only a superuser can set it.
        connection.execute("ALTER FUNCTION geometry_overlaps(geometry, geometry) LEAKPROOF")
        for role, rights in _RIGHTS.items():
            name = ROLES[role]
            # Sent as a verifier, so that no log of statements ever holds the password.
            verifier = connection.pgconn.encrypt_password(
                passwords[role].encode(), name.encode(), b"scram-sha-256"
            )
            connection.execute(
                sql.SQL("CREATE ROLE {} {} {} PASSWORD {}").format(
                    sql.Identifier(name), sql.SQL(_PLAIN), sql.SQL(rights), verifier.decode()
                )
            )
    with connect("postgres") as connection:
        connection.execute(
            sql.SQL("CREATE DATABASE {} OWNER {}").format(
                sql.Identifier(DATABASE), sql.Identifier(ROLES["owner"])
            )
        )
    with connect(DATABASE) as connection:
        row = connection.execute("SELECT postgis_lib_version()").fetchone()
    if row is None:
        raise ClusterError("no_postgis", "PostGIS 没有回答。", "PostGIS does not answer.")
    return str(row[0])
