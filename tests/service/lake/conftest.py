"""A database with plots on each other, across borders and on refused ground, and a lake of it."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import shapely
from sqlalchemy import text

from service.database.location import DatabaseLocation
from service.embedded import Endpoint
from service.lake.write import write_lake
from service.run.coverage_worker import settle
from tests.service.conftest import Database, new_database
from tests.service.coverage.db.test_coverage_machine import ROUND, two_counties
from tests.service.coverage.db.test_queue import plant
from tests.service.coverage.db.test_refused_ground import farmland


def location(database: Database) -> DatabaseLocation:
    """The database as commands have it."""
    return DatabaseLocation(database.owner.url, database.service.url)


def planted(database: Database) -> None:
    """Plots of all stages, kinds and years, in counties of one cell and of many."""
    with database.owner.begin() as connection:
        two_counties(connection)
        for n in range(60):
            x, y = n * 7 % 12, n * 5 % 12
            plant(
                connection,
                127.0 + x * 0.001,
                44.0 + y * 0.001,
                size=0.001 * (1 + n % 4) + 1e-5 * n,
                stage=("planted", "existing", "planned", "accepted")[n % 4],
                kind=("RGZL", "G11")[n % 2],
                county=ROUND,
            )
            plant(connection, 125.05 + 0.0015 * n, 43.05 + 0.0001 * (n % 3), size=0.002)
        plant(connection, 130.0, 40.0)  # in no county
        connection.execute(text("SET CONSTRAINTS ALL IMMEDIATE"))
    farmland(database, shapely.box(125.06, 43.0, 125.064, 43.2), shapely.box(127, 44, 127.004, 45))
    settle(database.service)


@pytest.fixture(scope="session")
def full(endpoint: Endpoint, with_districts: str) -> Iterator[Database]:
    """That database; tests leave it as it is."""
    with new_database(endpoint, with_districts) as database:
        planted(database)
        yield database


@pytest.fixture(scope="session")
def lake(full: Database, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A lake of it."""
    folder = tmp_path_factory.mktemp("lakes") / "lake"
    write_lake(location(full), folder)
    return folder
