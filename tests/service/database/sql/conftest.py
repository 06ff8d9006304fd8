"""SQL as it stands in service/database/sql, called in SQL terms on a real PostGIS.

One database a worker; every test is one transaction, which is rolled back.
"""

from collections.abc import Iterator
from typing import Any, Final

import pytest
from sqlalchemy import Connection, Engine, text

from service.database.engine import make_engine
from service.embedded import Endpoint
from tests.service.conftest import WEST, Database, new_database

_PLOT: Final = """
WITH made AS (INSERT INTO plot (demo) VALUES (:demo) RETURNING id),
number AS (
    INSERT INTO plot_number (district, year, plot_no, plot_id)
    SELECT :county, :year, id::text, id FROM made RETURNING plot_id, plot_no
)
INSERT INTO plot_version
    (plot_id, slot, version, geom, district, stage, kind, year, plot_no, review, programme)
SELECT plot_id, :slot, 1,
       ST_Multi(ST_MakeEnvelope(:west, :south, :west + :wide, :south + :tall, 4490)), :county,
       :stage, :kind, :year, plot_no,
       CASE :slot WHEN 'approved' THEN 'approved' ELSE 'draft' END, :programme
FROM number RETURNING plot_id
"""
_ZONE: Final = """
WITH made AS (
    INSERT INTO zone (code, level, district, counties, demo)
    VALUES (:code, :level, :district, :counties, :demo) RETURNING id
)
INSERT INTO zone_version (zone_id, valid_from, valid_to, name, geom, ranger, chief)
SELECT id, CAST(:valid_from AS date), CAST(:valid_to AS date), 'Zone ' || :code,
       ST_Multi(ST_MakeEnvelope(:west, :south, :west + 0.02, :south + 0.02, 4490)), :ranger, :chief
FROM made RETURNING zone_id
"""
_LAYER: Final = """
WITH made AS (
    INSERT INTO layer (code, label_zh, label_en, role, rule, demo)
    VALUES (:code, :code, :code, :role, CAST(:rule AS jsonb), :demo)
    ON CONFLICT (code) DO NOTHING
)
INSERT INTO layer_version (layer, valid_from, valid_to, source, hash, features)
VALUES (:code, CAST(:valid_from AS date), CAST(:valid_to AS date), 'test', :valid_from, 0)
RETURNING id
"""
_LAYER_FEATURE: Final = """
INSERT INTO layer_feature (version_id, code, name, class, geom)
VALUES (:version, :code, :name, :cls,
        ST_Multi(ST_MakeEnvelope(:west, :south, :west + :wide, :south + :tall, 4490)))
RETURNING id
"""


class Sql:
    """One transaction of a test, as the owner of the database until it says otherwise."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self.as_owner()

    def run(self, statement: str, **values: Any) -> int:
        """Execute a statement; answers how many rows it touched."""
        return self._connection.execute(text(statement), values).rowcount

    def rows(self, statement: str, **values: Any) -> list[Any]:
        """All rows of a query."""
        return list(self._connection.execute(text(statement), values))

    def column(self, statement: str, **values: Any) -> list[Any]:
        """The first value of each row."""
        return list(self._connection.scalars(text(statement), values))

    def value(self, statement: str, **values: Any) -> Any:
        """The first value of the first row."""
        return self._connection.scalar(text(statement), values)

    def rows_read(self, table: str) -> int:
        """Rows of a table that this transaction has read so far, from an index or one by one."""
        query = (
            "SELECT coalesce(seq_tup_read, 0) + coalesce(idx_tup_fetch, 0) "
            "FROM pg_stat_xact_user_tables WHERE relname = :table"
        )
        return int(self.value(query, table=table))

    def as_owner(self) -> None:
        """Go on as the owner, whom no policy binds."""
        self.run("SET LOCAL ROLE luotu_owner")

    def as_service(self) -> None:
        """Go on as the role that the service works as."""
        self.run("SET LOCAL ROLE luotu_service")

    def scope(self, *counties: str) -> None:
        """Set the scope of the session as the owner may; none is nothing at all."""
        self.as_owner()
        if counties:
            self.run("SELECT sealed.set_scope(:scope)", scope=",".join(counties))
        else:
            self.run("SELECT set_config('luotu.scope', '', true)")

    def session(self, *counties: str) -> None:
        """Go on as the service in a session of these counties; '*' is the whole tree."""
        self.scope(*counties)
        self.as_service()

    def plot(
        self,
        west: float = 125.05,
        south: float = 43.05,
        *,
        wide: float = 0.001,
        tall: float = 0.001,
        county: str = WEST,
        slot: str = "approved",
        stage: str = "planted",
        kind: str = "RGZL",
        year: int = 2026,
        programme: str | None = None,
        demo: bool = False,
    ) -> int:
        """Insert a rectangle, in degrees; answers the number of the plot."""
        values = {name: value for name, value in locals().items() if name != "self"}
        return int(self.value(_PLOT, **values))

    def of_unit(self, plot_id: int, unit: str) -> None:
        """Put a plot into a unit, which is made when it is not there."""
        self.run(
            "INSERT INTO unit (code, name, kind) VALUES (:unit, :unit, 'other')"
            " ON CONFLICT DO NOTHING",
            unit=unit,
        )
        self.run("UPDATE plot_version SET unit = :unit WHERE plot_id = :id", unit=unit, id=plot_id)

    def zone(
        self,
        code: str = "z1",
        *,
        west: float = 125.02,
        south: float = 43.02,
        level: str = "county",
        district: str = WEST,
        counties: tuple[str, ...] = (WEST,),
        valid_from: str = "2026-01-01",
        valid_to: str | None = None,
        ranger: str | None = None,
        chief: str | None = None,
        demo: bool = False,
    ) -> int:
        """Insert a zone of 0.02° by 0.02° with one version; answers its number."""
        values = {name: value for name, value in locals().items() if name != "self"}
        return int(self.value(_ZONE, **(values | {"counties": list(counties)})))

    def layer(
        self,
        code: str = "JBNT",
        *,
        role: str = "block",
        rule: str = "{}",
        valid_from: str = "2026-01-01",
        valid_to: str | None = None,
        demo: bool = False,
    ) -> int:
        """Insert a version of a layer, and the layer when there is none; answers the version."""
        values = {name: value for name, value in locals().items() if name != "self"}
        return int(self.value(_LAYER, **values))

    def layer_feature(
        self,
        version: int,
        west: float = 125.05,
        south: float = 43.05,
        *,
        wide: float = 0.001,
        tall: float = 0.001,
        code: str | None = None,
        name: str | None = None,
        cls: str | None = None,
    ) -> int:
        """Insert a rectangle into a version of a layer, in degrees; answers its number."""
        values = {name: value for name, value in locals().items() if name != "self"}
        return int(self.value(_LAYER_FEATURE, **values))

    def account(self, name: str = "wang", *districts: str, role: str = "planner") -> int:
        """Insert an account with a scope; answers its number."""
        number = self.value(
            "INSERT INTO account (name, role) VALUES (:name, :role) RETURNING id",
            name=name,
            role=role,
        )
        for district in districts:
            self.run("INSERT INTO account_scope VALUES (:id, :code)", id=number, code=district)
        return int(number)

    def area_m2(self, wide: float, tall: float, south: float = 43.05) -> float:
        """Area of a rectangle in degrees on the ellipsoid, whose south-west corner is at 125.05."""
        return float(
            self.value(
                "SELECT ST_Area(ST_MakeEnvelope(125.05, :south, 125.05 + :wide, :south + :tall,"
                " 4490)::geography)",
                wide=wide,
                tall=tall,
                south=south,
            )
        )

    def county(self, code: str = "220104", *, west: float = 125.3, wide: float = 0.1) -> int:
        """Insert a county of 0.1° from south to north with its boundary; answers its boundary."""
        self.run(
            "INSERT INTO district (code, name, level, parent)"
            " VALUES (:code, 'North', 'county', '220100') ON CONFLICT DO NOTHING",
            code=code,
        )
        return int(
            self.value(
                "INSERT INTO district_boundary (code, geom, source) VALUES (:code, ST_Multi("
                "ST_MakeEnvelope(:west, 43.0, :west + :wide, 43.1, 4490)), 'test') RETURNING id",
                code=code,
                west=west,
                wide=wide,
            )
        )

    def yesterday(self) -> None:
        """Let everything in the history have been written a day ago, by other transactions.

        A transaction has one moment for all that it writes, and a test is one transaction.
        """
        self.run(
            "UPDATE plot_history SET transaction = 0, valid_from = valid_from - interval '1 day',"
            " valid_to = valid_to - interval '1 day'"
        )

    def boundary(self, county: str = WEST) -> int:
        """The boundary of a county that holds now."""
        query = "SELECT id FROM district_boundary WHERE code = :code AND valid_to IS NULL"
        return int(self.value(query, code=county))

    def cell(self, county: str = WEST) -> int:
        """The only cell of one of the three square counties."""
        query = "SELECT id FROM district_cell WHERE boundary_id = :boundary"
        return int(self.value(query, boundary=self.boundary(county)))

    def drain(self) -> None:
        """Compute everything that is marked."""
        while self.value("SELECT drain_coverage(1000)"):
            pass

    def marked(self) -> list[str]:
        """Counties that have a marked cell."""
        return self.column(
            "SELECT DISTINCT code FROM coverage_dirty d"
            " JOIN district_boundary b ON b.id = d.boundary_id ORDER BY code"
        )


@pytest.fixture(scope="session")
def drained(endpoint: Endpoint, with_districts: str) -> Iterator[Engine]:
    """An administrator's engine for a database of three counties in which no cell is marked."""
    with new_database(endpoint, with_districts) as database:
        with database.owner.begin() as connection:
            Sql.drain(_owner(connection))
        engine = _administrator(database)
        yield engine
        engine.dispose()


@pytest.fixture
def sql(drained: Engine) -> Iterator[Sql]:
    """A transaction in the database of three square counties; nothing of it stays."""
    with drained.connect() as connection:
        # Three writes of a hundred tidy the squares of a block in passing: the same ones each time.
        connection.execute(text("SELECT setseed(0.5)"))
        yield Sql(connection)
        connection.rollback()


def _administrator(database: Database) -> Engine:
    # Only an administrator may become the owner and the service in one transaction.
    return make_engine(database.endpoint.url("admin", database.name))


def _owner(connection: Connection) -> Sql:
    return Sql(connection)
