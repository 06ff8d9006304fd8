"""A border that moves while writers go on, and the ledger of a county."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from typing import Final

import geopandas
import shapely
from sqlalchemy import Connection, Engine, text

from data.districts.districts import DistrictTree
from gis.crs import CGCS2000
from gis.polygons import as_multipolygon
from service.accounts.db.accounts import Account
from service.coverage.db.figures import coverage_figures
from service.coverage.rollup import EXACT_CELLS
from service.districts.db import districts
from service.ledger.ledger import county_ledger
from service.plots.db.ground_lock import lock_ground
from service.plots.db.insert import NewPlot, insert_plots
from service.plots.db.shares import county_shares
from service.plots.district_import import import_districts
from tests.bench.figures import Figure, timed
from tests.bench.live import owning, sessions
from tests.bench.seed import seeded

BORDERS: Final = ("ledger_county_ms", "reattribute_s")
LARGEST: Final = text("""
SELECT district, count(*) AS plots FROM plot_version GROUP BY district ORDER BY plots DESC LIMIT 1
""")
BESIDE: Final = text("""
SELECT b.code FROM district_boundary b JOIN district d ON d.code = b.code AND d.level = 'county'
JOIN district_boundary mine ON mine.code = :code AND mine.valid_to IS NULL
WHERE b.valid_to IS NULL AND b.code <> :code AND ST_Relate(b.geom, mine.geom, '****1****')
ORDER BY b.code LIMIT 1
""")
PLANTED: Final = {"stage": "planted", "kind": "RGZL", "year": 2026}


def bench(size: str, wanted: frozenset[str]) -> Iterator[Figure]:
    """The figures that are wanted, in a province of a size."""
    with seeded(size) as place, sessions(place) as engine, owning(place) as owner:
        with engine.connect() as connection:
            county, plots = connection.execute(LARGEST).one()
        if "ledger_county_ms" in wanted:
            yield ledger(engine, county, plots)
        if "reattribute_s" in wanted:
            yield from reattribution(engine, owner, county)


def ledger(engine: Engine, county: str, plots: int) -> Figure:
    """All rows of the county with most plots; the peer is its coverage by kind, from the pieces."""
    with engine.connect() as connection:
        ours, _ = timed(
            lambda: county_ledger(connection, [county], exact_cells=EXACT_CELLS), runs=5
        )
        theirs, _ = timed(
            lambda: coverage_figures(connection, [county], "kind", exact_cells=EXACT_CELLS), runs=5
        )
    ours, theirs = ours * 1000, theirs * 1000
    return Figure("ledger_county_ms", ours, "ms", plots, "by kind", theirs, theirs / ours, 5)


def reattribution(engine: Engine, owner: Engine, county: str) -> Iterator[Figure]:
    """The whole county but a strip goes to its neighbour, and comes back, as one writer goes on."""
    with owner.connect() as connection:
        beside = connection.scalar(BESIDE, {"code": county})
        assert beside is not None
        before = districts.frame(connection, [county, beside])
    account = surveyor(engine)
    ground = dict(zip(before["code"], before.geometry, strict=True))
    west, south, east, north = ground[county].bounds
    strip = shapely.box(west, south, west + (east - west) / 50, north)
    moved = before.copy()
    moved.geometry = geopandas.GeoSeries(
        [
            as_multipolygon(
                shapely.intersection(ground[county], strip)
                if code == county
                else shapely.union(ground[beside], shapely.difference(ground[county], strip))
            )
            for code in before["code"]
        ],
        crs=CGCS2000,
    )
    for frame, name in ((moved, "reattribute_s"), (before, "reattribute_back_s")):
        tree = DistrictTree(frame.assign(source="bench"))
        with Writer(
            engine, account, shapely.Point((west + east) / 2, (south + north) / 2)
        ) as writer:
            begin = time.perf_counter()
            with engine.begin() as connection:
                done = import_districts(
                    connection,
                    account,
                    tree,
                    "bench",
                    acknowledged=["plots_outside"],
                )
                stored = time.perf_counter() - begin
            spent = time.perf_counter() - begin
        # The province is measured by others after this.
        with owner.begin() as connection:
            for table, column in (("plot_version", "plot_id"), ("plot", "id")):
                statement = f"DELETE FROM {table} WHERE {column} = ANY(:drawn)"
                connection.execute(text(statement), {"drawn": writer.drawn})
        print(*[note.zh for note in done.notes][-3:], f"commit {spent - stored:.2f} s", sep="\n")
        count = sum(int(note.zh.split()[0]) for note in done.notes if "划归" in note.zh)
        yield Figure(name, spent, "s", count)
        yield Figure(
            f"{name}_longest_write", max(writer.taken, default=0.0), "s", len(writer.taken)
        )


def surveyor(engine: Engine) -> Account:
    """An administrator to write as."""
    with engine.begin() as connection:
        number = connection.scalar(
            text(
                "INSERT INTO account (name, role) VALUES ('bench-borders', 'admin') "
                "ON CONFLICT (name) DO UPDATE SET role = 'admin' RETURNING id"
            )
        )
    return Account(int(number), "bench-borders", "admin", (), None)


class Writer:
    """Draws one plot after another, each a transaction, until it is told to stop."""

    def __init__(self, engine: Engine, account: Account, place: shapely.Point) -> None:
        self._engine, self._account, self._place = engine, account, place
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run)
        self.taken: list[float] = []
        self.drawn: list[int] = []

    def __enter__(self) -> Writer:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def _run(self) -> None:
        n = 0
        while not self._over.is_set():
            n += 1
            lon, lat = self._place.x + n % 100 * 1e-5, self._place.y
            shape = as_multipolygon(shapely.box(lon, lat, lon + 1e-3, lat + 1e-3))
            begin = time.perf_counter()
            with self._engine.begin() as connection:
                self._draw(connection, shape)
            self.taken.append(time.perf_counter() - begin)
            self._over.wait(0.02)

    def _draw(self, connection: Connection, shape: shapely.MultiPolygon) -> None:
        lock_ground(connection, [shape])
        county = county_shares(connection, [shape])[0][0].county
        self.drawn += insert_plots(connection, self._account, [NewPlot(shape, county, PLANTED)])
