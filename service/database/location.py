"""Which database the process works with: the embedded one, or the one that the settings name."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property

from sqlalchemy.engine import URL

from gis.messages import Message
from service.database.engine import make_engine, sqlalchemy_url
from service.database.service_role import ServiceRole, kept_role
from service.embedded import Cluster
from service.errors import Problem
from service.settings import Settings


@dataclass(frozen=True)
class DatabaseLocation:
    """A database by the addresses of its owner (migrations) and of the plain role (service)."""

    owner: URL = field(repr=False)
    given: URL | None = field(repr=False)
    """The address of the plain role, where it is known without asking the database."""
    cluster: Cluster | None = None

    @property
    def embedded(self) -> bool:
        """Whether the cluster is ours; only there the demo loads by itself."""
        return self.cluster is not None

    @property
    def role(self) -> str | None:
        """The plain role, where somebody else made it; None where Luotu makes its own."""
        return None if self.given is None else self.given.username

    @cached_property
    def service(self) -> URL:
        """The address of the plain role; read and never made, so that no command harms a service.

        Raises
        ------
        Problem
            ``no_service_role``: this database has none yet.
        """
        if self.given is not None:
            return self.given
        role = self._kept_role()
        if role is None:
            raise Problem(
                409,
                "no_service_role",
                Message(
                    "本库还没有服务账户，请先运行 luotu db migrate",
                    "this database has no role for the service yet: run `luotu db migrate` first",
                ),
            )
        return self.owner.set(username=role.name, password=role.password)

    def lacks_role(self) -> bool:
        """Whether the plain role has yet to be made, by `service.database.migrate.migrate`."""
        return self.given is None and self._kept_role() is None

    def _kept_role(self) -> ServiceRole | None:
        engine = make_engine(self.owner)
        try:
            with engine.connect() as connection:
                return kept_role(connection)
        finally:
            engine.dispose()


@contextmanager
def database(settings: Settings, *, make: bool = False) -> Iterator[DatabaseLocation]:
    """The database of these settings, running; an embedded cluster is stopped by its last user.

    With ``make`` an embedded cluster is made where there is none.
    """
    if settings.database_url is not None:
        service = settings.service_database_url
        yield DatabaseLocation(
            owner=sqlalchemy_url(settings.database_url.get_secret_value()),
            given=None if service is None else sqlalchemy_url(service.get_secret_value()),
        )
        return
    cluster = Cluster(settings.home)
    with cluster.running(make=make) as endpoint:
        yield DatabaseLocation(
            owner=sqlalchemy_url(endpoint.url("owner")),
            given=sqlalchemy_url(endpoint.url("service")),
            cluster=cluster,
        )
