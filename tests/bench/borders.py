"""A border that moves while writers go on, and the ledger of a county."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Mapping
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
# Most plots first.
NEIGHBOURS: Final = text("""
SELECT b.code, (SELECT count(*) FROM plot_version v WHERE v.district = b.code) AS plots
FROM district_boundary b JOIN district d ON d.code = b.code AND d.level = 'county'
JOIN district_boundary mine ON mine.code = :code AND mine.valid_to IS NULL
WHERE b.valid_to IS NULL AND b.code <> :code AND ST_Relate(b.geom, mine.geom, '****1****')
ORDER BY plots DESC, b.code
""")
MOVED: Final = {"10k": 200, "100k": 2_000, "1m": 20_000}
KEPT: Final = 1 / 50
SPARE: Final = 1.08  # for the strip that stays, and ground that is not as densely planted
PLANTED: Final = {"stage": "planted", "kind": "RGZL", "year": 2026}


def bench(size: str, wanted: frozenset[str]) -> Iterator[Figure]:
    """The figures that are wanted, in a province of a size."""
    with seeded(size) as place, sessions(place) as engine, owning(place) as owner:
        with engine.connect() as connection:
            county, plots = connection.execute(LARGEST).one()
        if "ledger_county_ms" in wanted:
            yield ledger(engine, county, plots)
        if "reattribute_s" in wanted:
            yield from reattribution(engine, owner, county, plots, MOVED[size])


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


def reattribution(
    engine: Engine, owner: Engine, county: str, plots: int, wanted: int
) -> Iterator[Figure]:
    """A county of at least so many plots but a strip goes to its neighbour, and comes back.

    One writer goes on meanwhile. A county that has fewer plots gets some of its neighbours' first,
    and gives them back at the end.
    """
    with owner.connect() as connection:
        around = iter(connection.execute(NEIGHBOURS, {"code": county}).all())
        kept = {}
        while (short := wanted * SPARE - plots) > 0:
            neighbour = next(around)
            kept[neighbour.code] = max(KEPT, 1 - short / neighbour.plots)
            plots += round(neighbour.plots * (1 - kept[neighbour.code]))
        beside = next(around).code
        before = districts.frame(connection, [county, *kept, beside])
    account = surveyor(engine)
    large = given(before, kept, county)
    moved = given(large, {county: KEPT}, beside)
    moving(engine, account, large)
    west, south, east, north = large.geometry[large["code"] == county].iloc[0].bounds
    middle = shapely.Point((west + east) / 2, (south + north) / 2)
    for frame, name in ((moved, "reattribute_s"), (large, "reattribute_back_s")):
        with Writer(engine, account, middle) as writer:
            spent, count = moving(engine, account, frame)
        # The province is measured by others after this.
        with owner.begin() as connection:
            for table, column in (("plot_version", "plot_id"), ("plot", "id")):
                statement = f"DELETE FROM {table} WHERE {column} = ANY(:drawn)"
                connection.execute(text(statement), {"drawn": writer.drawn})
        yield Figure(name, spent, "s", count)
        yield Figure(
            f"{name}_longest_write", max(writer.taken, default=0.0), "s", len(writer.taken)
        )
    moving(engine, account, before)


def given(
    frame: geopandas.GeoDataFrame, kept: Mapping[str, float], taker: str
) -> geopandas.GeoDataFrame:
    """The same districts: of some only a strip in the west, so wide, is left; another has it."""
    ground = dict(zip(frame["code"], frame.geometry, strict=True))
    for code, share in kept.items():
        west, south, east, north = ground[code].bounds
        strip = shapely.box(west, south, west + (east - west) * share, north)
        rest = shapely.difference(ground[code], strip)
        ground[taker] = as_multipolygon(shapely.union(ground[taker], rest))
        ground[code] = as_multipolygon(shapely.intersection(ground[code], strip))
    shapes = geopandas.GeoSeries([ground[code] for code in frame["code"]], crs=CGCS2000)
    return frame.set_geometry(shapes.set_axis(frame.index))


def moving(engine: Engine, account: Account, frame: geopandas.GeoDataFrame) -> tuple[float, int]:
    """Seconds until borders are committed, and how many plots went to another county by them."""
    tree = DistrictTree(frame.assign(source="bench"))
    begin = time.perf_counter()
    with engine.begin() as connection:
        done = import_districts(connection, account, tree, "bench", acknowledged=["plots_outside"])
        stored = time.perf_counter() - begin
    spent = time.perf_counter() - begin
    notes = [note.zh for note in done.notes if "划归" in note.zh]
    print(*notes, f"{spent:.2f} s, of which the commit {spent - stored:.2f} s", sep="\n")
    return spent, sum(int(note.split()[0]) for note in notes)


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
