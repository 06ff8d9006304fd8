"""A real PostGIS for every test: one embedded cluster, a fresh database each, a real server."""

import base64
import hashlib
import hmac
import itertools
import os
import secrets
import shutil
import socket
import ssl
import subprocess
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import geopandas
import httpx
import pytest
from psycopg.errors import DeadlockDetected
from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher
from shapely import box
from sqlalchemy import Engine, text
from sqlalchemy.exc import OperationalError

from gis.crs import CGCS2000
from service.accounts.db import accounts
from service.accounts.db.row_security import see_whole_tree, whole_tree_key
from service.app import create_app
from service.database.engine import make_engine, sqlalchemy_url
from service.database.migrate import migrate
from service.districts.db.districts import store_districts
from service.embedded import DATABASE, ROLES, Cluster, Endpoint
from service.run.loaders import LOADERS
from service.run.uvicorn_config import QuickServer, server_config
from service.settings import Settings
from tests.common_folder import fresh_folder, made_once
from tests.waiting import until

# Two counties side by side in one city, a third in another: squares of a tenth of a degree.
WEST, EAST, SOUTH = "220102", "220103", "360702"
CITY, OTHER_CITY, PROVINCE = "220100", "360700", "220000"
SQUARES = {
    WEST: box(125.0, 43.0, 125.1, 43.1),
    EAST: box(125.1, 43.0, 125.2, 43.1),
    SOUTH: box(114.0, 25.0, 114.1, 25.1),
}

# Nothing here is asked over TLS, and reading the machine's certificates takes 40 ms a client.
NO_TLS = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)

# How a database is copied: as files, for PostgreSQL's usual way writes each page to its log, too,
# and takes more than twice the processor time.
COPIED = "STRATEGY FILE_COPY"

_numbers = itertools.count(1)


@pytest.fixture(scope="session")
def open_folder() -> Iterator[Path]:
    """A folder of this worker's own, for clusters: see :func:`fresh_folder`."""
    folder = fresh_folder()
    yield folder
    shutil.rmtree(folder)


def make_migrated_home(home: Path) -> None:
    """Make a cluster with a migrated database, and stop it."""
    with Cluster(home).running() as running:
        # Nothing of the suite's is worth a disk's patience; crashes have clusters of their own.
        run_sql(running, "ALTER SYSTEM SET fsync = off")
        run_sql(running, "ALTER SYSTEM SET full_page_writes = off")
        run_sql(running, "ALTER SYSTEM SET max_wal_size = '256MB'")
        # A connection links PostGIS for ten milliseconds; tests open thousands.
        run_sql(running, "ALTER SYSTEM SET shared_preload_libraries = 'postgis-3'")
        engine = make_engine(running.url("owner"))
        migrate(engine, loaders=LOADERS)
        engine.dispose()
        for role, name in ROLES.items():
            # A colon would begin a parameter.
            verifier = cheap_verifier(running.passwords[role]).replace(":", r"\:")
            run_sql(running, f"ALTER ROLE {name} PASSWORD '{verifier}'")


def cheap_verifier(password: str) -> str:
    """What PostgreSQL keeps of a password that is hashed once, not 4 096 times (RFC 5802).

    A wrong password is refused as ever; a right one costs neither side four milliseconds.
    """
    salt = secrets.token_bytes(16)
    salted = hashlib.pbkdf2_hmac("sha256", password.encode(), salt, 1)
    client_key = hmac.digest(salted, b"Client Key", "sha256")
    server_key = hmac.digest(salted, b"Server Key", "sha256")
    stored_key = hashlib.sha256(client_key).digest()
    salt_text, stored, server = (
        base64.b64encode(part).decode() for part in (salt, stored_key, server_key)
    )
    return f"SCRAM-SHA-256$1:{salt_text}${stored}:{server}"


@pytest.fixture(scope="session")
def migrated_home() -> Path:
    """A home with a stopped cluster, its database migrated: never start it, copy it.

    All workers have the same one.
    """
    return made_once("migrated", make_migrated_home)


@contextmanager
def copied_home(home: Path) -> Iterator[Path]:
    """A copy of a home whose cluster is stopped, erased afterwards."""
    copy = home.with_name(f"{home.name}-{os.getpid()}-{next(_numbers)}")
    subprocess.run(["cp", "-a", str(home), str(copy)], check=True)
    try:
        yield copy
    finally:
        Cluster(copy).erase()
        shutil.rmtree(copy)


@pytest.fixture(scope="session")
def endpoint(migrated_home: Path) -> Iterator[Endpoint]:
    """The suite's own cluster, erased at the end."""
    with copied_home(migrated_home) as home, Cluster(home).running() as running:
        # Plans are tested: no statistics but those that a test takes itself.
        run_sql(running, "ALTER SYSTEM SET autovacuum = off")
        run_sql(running, "SELECT pg_reload_conf()")
        yield running


COSTLY = accounts._passwords
# Passwords of the suite guard nothing: a hash of ours takes 64 MB and a tenth of a second.
CHEAP = PasswordHash((Argon2Hasher(time_cost=1, memory_cost=8, parallelism=1),))


@contextmanager
def hashing(passwords: Callable[[], PasswordHash]) -> Iterator[None]:
    """Let the service hash passwords at this cost."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(accounts, "_passwords", passwords)
        accounts._nobodys_hash.cache_clear()
        yield
    accounts._nobodys_hash.cache_clear()


@pytest.fixture(scope="session", autouse=True)
def cheap_passwords() -> Iterator[None]:
    """argon2 as always, at the least that it can cost."""
    with hashing(lambda: CHEAP):
        yield


@pytest.fixture
def costly_passwords() -> Iterator[None]:
    """argon2 at the cost that it has for everybody else."""
    with hashing(COSTLY):
        yield


# What `add_account`, `set_units` and `give_credential` write, in one statement: the suite makes
# thousands of accounts.
_ACCOUNT = text(
    """
    WITH made AS (INSERT INTO account (name, role) VALUES (:name, :role) RETURNING id),
    scope AS (
        INSERT INTO account_scope (account_id, district)
        SELECT id, code FROM made, unnest(CAST(:districts AS text[])) AS code
    ),
    units AS (
        INSERT INTO account_unit (account_id, unit)
        SELECT id, code FROM made, unnest(CAST(:units AS text[])) AS code
    )
    INSERT INTO credential (account_id, kind, hash, expires_at)
    SELECT id, 'token', :hash, now() + interval '1 hour' FROM made
    """
)


@dataclass(frozen=True)
class Database:
    """A database of one test: its two engines, and secrets of accounts made for it."""

    name: str
    endpoint: Endpoint
    owner: Engine
    service: Engine

    def account(self, name: str, role: str, *districts: str, units: Sequence[str] = ()) -> str:
        """Make an account and answer an API token of it."""
        secret = secrets.token_urlsafe(32)
        values = {
            "name": name,
            "role": role,
            "districts": list(dict.fromkeys(districts)),
            "units": list(dict.fromkeys(units)),
            "hash": accounts.digest(secret),
        }
        with self.service.begin() as connection:
            connection.execute(_ACCOUNT, values)
        return secret

    def scalar(self, statement: str, **values: Any) -> Any:
        """One value, as the owner."""
        with self.owner.connect() as connection:
            return connection.scalar(text(statement), values)


def run_sql(endpoint: Endpoint, statement: str) -> None:
    engine = make_engine(endpoint.url("admin", "postgres"))
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text(statement))
    engine.dispose()


@contextmanager
def new_database(endpoint: Endpoint, template: str) -> Iterator[Database]:
    """A copy of a template database, dropped afterwards."""
    name = f"test_{next(_numbers)}"
    run_sql(endpoint, f"CREATE DATABASE {name} TEMPLATE {template} {COPIED} OWNER luotu_owner")
    owner = make_engine(endpoint.url("owner", name))
    service = make_engine(endpoint.url("service", name))
    see_whole_tree(service, whole_tree_key(owner))
    try:
        yield Database(name, endpoint, owner, service)
    finally:
        owner.dispose()
        service.dispose()
        run_sql(endpoint, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(scope="session")
def migrated(endpoint: Endpoint) -> str:
    """Name of a migrated template without districts."""
    return DATABASE


@pytest.fixture(scope="session")
def with_districts(endpoint: Endpoint, migrated: str) -> str:
    """Name of a migrated template with the three square counties."""
    run_sql(
        endpoint, f"CREATE DATABASE with_districts TEMPLATE {migrated} {COPIED} OWNER luotu_owner"
    )
    engine = make_engine(endpoint.url("owner", "with_districts"))
    with engine.begin() as connection:
        store_districts(connection, district_frame())
    engine.dispose()
    return "with_districts"


def district_frame() -> geopandas.GeoDataFrame:
    """The square counties with their parents."""
    city = SQUARES[WEST].union(SQUARES[EAST])
    rows = [
        (PROVINCE, "吉林省", "province", None, "derived", False, city),
        ("360000", "江西省", "province", None, "derived", False, SQUARES[SOUTH]),
        (CITY, "长春市", "city", PROVINCE, "derived", False, city),
        (OTHER_CITY, "赣州市", "city", "360000", "derived", False, SQUARES[SOUTH]),
        (WEST, "西县", "county", CITY, "test", True, SQUARES[WEST]),
        (EAST, "东县", "county", CITY, "test", True, SQUARES[EAST]),
        (SOUTH, "南县", "county", OTHER_CITY, "test", True, SQUARES[SOUTH]),
    ]
    columns = ["code", "name", "level", "parent", "source", "complete", "geometry"]
    return geopandas.GeoDataFrame(rows, columns=columns, geometry="geometry", crs=CGCS2000)


@contextmanager
def mortal_database(home: Path) -> Iterator[tuple[Cluster, Database]]:
    """A cluster that a test may kill, a copy of a stopped one, with the three square counties."""
    with copied_home(home) as copy:
        cluster = Cluster(copy)
        endpoint = cluster.up()
        # It writes as everybody's does.
        run_sql(endpoint, "ALTER SYSTEM RESET ALL")
        run_sql(endpoint, "SELECT pg_reload_conf()")
        owner, service = make_engine(endpoint.url("owner")), make_engine(endpoint.url("service"))
        try:
            see_whole_tree(service, whole_tree_key(owner))
            with owner.begin() as connection:
                store_districts(connection, district_frame())
            yield cluster, Database(DATABASE, endpoint, owner, service)
        finally:
            owner.dispose()
            service.dispose()


@pytest.fixture
def empty(endpoint: Endpoint, migrated: str) -> Iterator[Database]:
    """A migrated database with nothing in it."""
    with new_database(endpoint, migrated) as database:
        yield database


@pytest.fixture(scope="session")
def shared(endpoint: Endpoint, with_districts: str) -> Iterator[Database]:
    """The database that tests take turns with; :func:`database` gives it clean."""
    with new_database(endpoint, with_districts) as database:
        yield database


# What tests leave behind is a few rows, and TRUNCATE makes two hundred files anew for them: fifty
# milliseconds, two thousand times. So rows are deleted while the tables are as small as those that
# the planner takes for new ones (ten pages), and never counted. ``plot_version`` is truncated all
# the same, for figures and tiles are told of that, its history first, which would only grow by it.
# Writers are waited for as TRUNCATE would.
_SWEEP = """
DO $$
DECLARE
    swept regclass[] := ARRAY[
        'bulletin', 'task_change', 'reported', 'target', 'plan',
        'plot_claim', 'plot_comment', 'plot_reading', 'plot_pass',
        'import', 'import_file', 'import_row', 'import_plot', 'import_mapping',
        'job',
        'plot_history', 'plot', 'plot_version', 'plot_number', 'plot_counter', 'acceptance',
        'zone', 'zone_version', 'patrol', 'patrol_zone', 'zone_walked',
        'patrol_log', 'audit', 'idempotency_key', 'credential', 'account_scope',
        'layer', 'layer_version', 'layer_feature', 'layer_cell', 'layer_change', 'layer_import',
        'layer_affected', 'layer_recheck', 'sign_in_failure', 'account', 'account_unit', 'area',
        'office_change', 'unit_member', 'post', 'unit', 'record', 'record_step', 'record_link',
        'record_history', 'register_counter', 'file', 'file_link'];
    listed text := array_to_string(swept, ', ');
    one regclass;
BEGIN
    EXECUTE format('LOCK TABLE %s IN EXCLUSIVE MODE', listed);
    IF EXISTS (SELECT FROM register WHERE NOT shipped) THEN
        DELETE FROM record WHERE register IN (SELECT code FROM register WHERE NOT shipped);
        DELETE FROM register WHERE NOT shipped;
    END IF;
    IF EXISTS (
        SELECT FROM pg_class
        WHERE oid = ANY(swept) AND (reltuples >= 0 OR pg_relation_size(oid) > 10 * 8192)
    ) THEN
        TRUNCATE plot_history;
        -- Shipped registers stay and refer to accounts, so these rows are deleted below.
        EXECUTE format('TRUNCATE %s RESTART IDENTITY',
                       array_to_string(array_remove(swept, 'account'), ', '));
    ELSIF EXISTS (SELECT FROM plot_version) THEN
        TRUNCATE plot_history;
        TRUNCATE plot_version;
    END IF;
    SET LOCAL session_replication_role = replica;  -- every table is swept, so no key is left over
    FOREACH one IN ARRAY swept LOOP
        EXECUTE format('DELETE FROM %s', one);
    END LOOP;
    PERFORM setval(owned.objid::regclass, 1, false)
    FROM pg_depend owned JOIN pg_sequence ON seqrelid = owned.objid
    WHERE owned.refobjid = ANY(swept) AND owned.deptype IN ('a', 'i');
END
$$
"""


_SWEEPS = 5


class Broom:
    """Takes the rows of the test before out of the shared database."""

    def __init__(self, database: Database) -> None:
        # Only an administrator may delete without triggers.
        self._admin = make_engine(database.endpoint.url("admin", database.name))
        self.swept = 0

    def sweep(self) -> None:
        """Leave the three counties, and neither accounts nor plots."""
        for attempt in range(_SWEEPS):
            try:
                with self._admin.begin() as connection:
                    connection.execute(text(_SWEEP))
            except OperationalError as error:
                # A worker in the background of the test before may hold what the sweep waits for.
                if not isinstance(error.orig, DeadlockDetected) or attempt == _SWEEPS - 1:
                    raise
            else:
                break
        self.swept += 1

    def put_away(self) -> None:
        """Let go of the connection."""
        self._admin.dispose()


@pytest.fixture(scope="session")
def broom(shared: Database) -> Iterator[Broom]:
    """What :func:`database` is cleaned with."""
    broom = Broom(shared)
    yield broom
    broom.put_away()


@pytest.fixture
def database(shared: Database, broom: Broom) -> Database:
    """A database with the three square counties, without accounts and plots."""
    broom.sweep()
    return shared


@pytest.fixture(scope="session")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Defaults, with files below a folder of the suite's own.

    Maps are not kept: the next test has other data, and the same counts of changes.
    """
    folder = tmp_path_factory.mktemp("service")
    return Settings(home=folder / "home", out=folder / "out", map_store_bytes=0)


class Server:
    """The service over a real socket, in a thread of its own."""

    def __init__(self, settings: Settings, database: Database) -> None:
        url = sqlalchemy_url(database.endpoint.url("service", database.name))
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._socket.getsockname()[1]}"
        config = server_config(create_app(settings, url), settings)
        self._server = QuickServer(config)
        self._thread = threading.Thread(target=self._server.run, args=([self._socket],))

    def __enter__(self) -> "Server":
        self._thread.start()
        until(lambda: self._server.started or not self._thread.is_alive())
        if not self._server.started:
            raise RuntimeError("the service did not start")
        return self

    def __exit__(self, *_: object) -> None:
        self._server.should_exit = True
        self._thread.join()
        self._socket.close()

    def rest(self) -> None:
        """Wait until nothing is being answered: a browser that closed does not wait itself."""
        until(lambda: not self._server.server_state.tasks)

    def client(self, token: str | None = None) -> httpx.Client:
        """A client that brings the token, reads English and waits half a minute at most."""
        headers = {"Accept-Language": "en"}
        if token is not None:
            headers["Authorization"] = f"Bearer {token}"
        return httpx.Client(
            base_url=self.url, headers=headers, timeout=30, trust_env=False, verify=NO_TLS
        )


@pytest.fixture(scope="session")
def service(settings: Settings, shared: Database) -> Iterator[Server]:
    """The service over the shared database."""
    with Server(settings, shared) as running:
        yield running


@pytest.fixture
def server(service: Server, database: Database) -> Server:
    """The running service, its database clean."""
    return service


SignIn = Callable[..., httpx.Client]


@contextmanager
def signing_in(server: Server, database: Database) -> Iterator[SignIn]:
    """Make accounts and answer clients that are signed in as them, until the block ends."""
    opened: list[httpx.Client] = []

    def made(role: str, *districts: str, name: str | None = None) -> httpx.Client:
        name = name or f"{role}-{len(opened)}"
        opened.append(server.client(database.account(name, role, *districts)))
        return opened[-1]

    try:
        yield made
    finally:
        for client in opened:
            client.close()


@pytest.fixture
def sign_in(server: Server, database: Database) -> Iterator[SignIn]:
    """Make an account of a role (and districts) and answer a client that is signed in as it."""
    with signing_in(server, database) as made:
        yield made


Made = TypeVar("Made")


class Scene:
    """What a test made through the service and the next ones only look at, until a sweep."""

    def __init__(self, server: Server, database: Database, broom: Broom) -> None:
        self._server, self._database, self._broom = server, database, broom
        self._clients = ExitStack()
        self._by: object = None
        self._made: Any = None
        self._swept = 0

    def made_by(self, make: Callable[[SignIn], Made]) -> Made:
        """What ``make`` answers: of the test before, or made anew in a clean database."""
        if self._by is not make or self._swept != self._broom.swept:
            self.fall()
            self._broom.sweep()
            sign_in = self._clients.enter_context(signing_in(self._server, self._database))
            self._made, self._by, self._swept = make(sign_in), make, self._broom.swept
        made: Made = self._made
        return made

    def fall(self) -> None:
        """Let the next have it made anew."""
        self._clients.close()
        self._by = None


@pytest.fixture(scope="session")
def scene(service: Server, shared: Database, broom: Broom) -> Iterator[Scene]:
    """For tests that only look: what they look at is made once."""
    scene = Scene(service, shared, broom)
    yield scene
    scene.fall()


def ring(west: float, south: float, width: float = 0.002, height: float = 0.002) -> dict[str, Any]:
    """A rectangle as a GeoJSON Polygon; two thousandths of a degree are about 160 by 220 m."""
    east, north = west + width, south + height
    corners = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    return {"type": "Polygon", "coordinates": [corners]}


def feature(geometry: dict[str, Any] | None = None, **properties: Any) -> dict[str, Any]:
    """A plot in the western county, planted and of a forest kind unless said otherwise."""
    given = {"stage": "planted", "kind": "RGZL", "year": 2026, **properties}
    shape = geometry or ring(125.05, 43.05)
    return {"type": "Feature", "geometry": shape, "properties": given}
