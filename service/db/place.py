"""Which database the process works with: the embedded one, or the one that the settings name."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from psycopg import sql
from sqlalchemy import Engine, text
from sqlalchemy.engine import URL

from service.db.cluster import Cluster
from service.db.engine import make_engine, sqlalchemy_url
from service.settings import Settings

SERVICE_ROLE = "luotu_service"


@dataclass(frozen=True)
class Place:
    """A database by the addresses of its owner (migrations) and of the plain role (service)."""

    owner: URL = field(repr=False)
    service: URL = field(repr=False)
    cluster: Cluster | None = None

    @property
    def embedded(self) -> bool:
        """Whether the cluster is ours; only there the demo loads by itself."""
        return self.cluster is not None


@contextmanager
def database(settings: Settings) -> Iterator[Place]:
    """The database of these settings, running; an embedded cluster is stopped by its last user."""
    if settings.database_url is not None:
        yield _outside(settings)
        return
    cluster = Cluster(settings.home)
    with cluster.running() as endpoint:
        yield Place(
            owner=sqlalchemy_url(endpoint.url("owner")),
            service=sqlalchemy_url(endpoint.url("service")),
            cluster=cluster,
        )


def _outside(settings: Settings) -> Place:
    assert settings.database_url is not None
    owner = sqlalchemy_url(settings.database_url.get_secret_value())
    if settings.service_database_url is not None:
        return Place(owner, sqlalchemy_url(settings.service_database_url.get_secret_value()))
    engine = make_engine(owner)
    try:
        password = _service_password(settings.home, engine)
    finally:
        engine.dispose()
    return Place(owner, owner.set(username=SERVICE_ROLE, password=password))


def _service_password(home: Path, engine: Engine) -> str:
    """The plain role of somebody else's server, made once; its password lies in a 0600 file."""
    kept = home / "service-role"
    if kept.exists():
        return kept.read_text().strip()
    password = secrets.token_urlsafe(32)
    with engine.begin() as connection:
        known = connection.scalar(
            text("SELECT 1 FROM pg_roles WHERE rolname = :role"), {"role": SERVICE_ROLE}
        )
        driver = connection.connection.driver_connection
        assert driver is not None
        driver.execute(
            sql.SQL("{verb} ROLE {role} LOGIN PASSWORD {password}").format(
                verb=sql.SQL("ALTER" if known else "CREATE"),
                role=sql.Identifier(SERVICE_ROLE),
                password=sql.Literal(password),
            )
        )
        home.mkdir(mode=0o700, parents=True, exist_ok=True)
        kept.touch(mode=0o600)
        kept.write_text(password)
    return password
