"""Live coverage in the service's own tables: what it costs writers, readers and bulk loads."""

from __future__ import annotations

import logging
import statistics
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any, Final, NamedTuple

import httpx
import numpy as np
import psycopg
import shapely
import structlog
from sqlalchemy import Engine, text

from gis.crs import CGCS2000
from service.accounts.db import accounts
from service.accounts.db.row_security import see_whole_tree, whole_tree_key
from service.app import create_app
from service.coverage.db.figures import Choice, coverage_figures
from service.coverage.db.verify import boundaries, forget
from service.database.engine import make_engine
from service.database.location import DatabaseLocation
from service.run.coverage_worker import settle
from service.run.uvicorn_config import QuickServer, server_config
from service.settings import Settings
from tests.bench.figures import Figure
from tests.bench.landscape import Shapes, landscape
from tests.bench.seed import seeded

LIVE: Final = (
    "coverage_settle_s",
    "write_with_live_coverage_vs_plain",
    "coverage_read_ms",
    "read_your_write_ms",
    "coverage_filtered_s",
    "bulk_100k_current_vs_copy",
)
COUNTY: Final = "220101"
WRITES: Final = 1_200
BLOCK: Final = 50
BULK: Final = 100_000
LOADS: Final = 3
TRIGGERS: Final = (
    "plot_version_inserted_coverage",
    "plot_version_updated_coverage",
    "plot_version_deleted_coverage",
)
NEW: Final = """
INSERT INTO plot (id) SELECT generate_series(%(first)s::bigint, %(last)s);
"""
NUMBERS: Final = """
INSERT INTO plot_number (district, year, plot_no, plot_id)
SELECT %(county)s, 2027, id::text, id FROM generate_series(%(first)s::bigint, %(last)s) AS id;
"""
INSERT: Final = """
INSERT INTO plot_version
    (plot_id, slot, version, geom, district, stage, kind, year, plot_no, review)
VALUES (%s, 'approved', 1, %s, '220101', 'planted', 'RGZL', 2027, %s, 'approved')
"""
MOVE: Final = "UPDATE plot_version SET geom = ST_Translate(geom, 1e-4, 0) WHERE plot_id = %s"
DELETE: Final = "DELETE FROM plot_version WHERE plot_id = %s AND slot = 'approved'"
COUNTIES: Final = "SELECT code FROM district WHERE level = 'county'"
COUNTY_OF: Final = """
SELECT c.code FROM district_cell c JOIN district d USING (code), plot_version v
WHERE v.plot_id = %s AND d.level = 'county' AND ST_Intersects(c.geom, v.geom) LIMIT 1
"""
COPY: Final = (
    "COPY {} (plot_id, slot, version, geom, district, stage, kind, year, plot_no, review) "
    "FROM STDIN"
)
# All rows are made, one is fetched.
READ: Final = """
SELECT sum(green_m2) FROM live_coverage(NULL, 'town', 'all', 50)
"""
BARE: Final = """
CREATE TABLE bare (LIKE plot_version INCLUDING ALL);
ALTER TABLE bare DROP COLUMN area_m2;
ALTER TABLE bare ADD COLUMN area_m2 double precision
    GENERATED ALWAYS AS (st_area((geom)::geography)) STORED NOT NULL;
"""


def bench(size: str, wanted: frozenset[str]) -> Iterator[Figure]:
    """The figures that are wanted, in a province of a size."""
    with seeded(size) as place, sessions(place) as engine, owning(place) as owner_engine:
        n = 1_000_000 if size == "1m" else int(size.removesuffix("k")) * 1000
        settle(engine, owner=owner_engine)
        if "coverage_settle_s" in wanted:
            yield settled(engine, owner_engine, n)
        address = place.owner.set(drivername="postgresql").render_as_string(hide_password=False)
        with psycopg.connect(address, autocommit=True) as owner:
            if "write_with_live_coverage_vs_plain" in wanted:
                yield from writes(owner, n)
                settle(engine)
            if "coverage_read_ms" in wanted:
                yield from reads(engine, place, n)
            if "read_your_write_ms" in wanted:
                yield read_your_write(owner, engine, n)
                settle(engine)
            if "coverage_filtered_s" in wanted:
                yield from filtered(engine, n)
            if "bulk_100k_current_vs_copy" in wanted:
                yield from bulk(owner, engine, owner_engine, n)


@contextmanager
def sessions(place: DatabaseLocation) -> Iterator[Engine]:
    """The service's role, seeing everything."""
    owner, engine = make_engine(place.owner), make_engine(place.service)
    see_whole_tree(engine, whole_tree_key(owner))
    owner.dispose()
    try:
        yield engine
    finally:
        engine.dispose()


@contextmanager
def owning(place: DatabaseLocation) -> Iterator[Engine]:
    """The owner of the database."""
    engine = make_engine(place.owner)
    try:
        yield engine
    finally:
        engine.dispose()


def settled(engine: Engine, owner: Engine, n: int) -> Figure:
    """Everything computed anew, as after a bulk load of the whole province."""
    for boundary, _code in boundaries(owner):
        forget(owner, boundary)
    begin = time.perf_counter()
    settle(engine, owner=owner)
    return Figure("coverage_settle_s", time.perf_counter() - begin, "s", n)


def shapes(number: int, seed: int) -> list[str]:
    """Plots of another landscape on the same ground."""
    drawn: Shapes = landscape(max(number, 2_000), 2_000 if number > 50_000 else 40, seed=seed).plots
    drawn = np.asarray(shapely.transform(drawn, lambda at: np.round(at, 9)), dtype=object)[:number]
    drawn = drawn[shapely.is_valid(drawn)]
    many = [shapely.multipolygons(shapely.get_parts(outline)) for outline in drawn]
    return list(
        shapely.to_wkb(shapely.set_srid(np.array(many), CGCS2000), hex=True, include_srid=True)
    )


def spent_ms(work: Callable[[], Any]) -> float:
    """Milliseconds of one run."""
    begin = time.perf_counter()
    work()
    return (time.perf_counter() - begin) * 1000


def registered(owner: psycopg.Connection[Any], number: int) -> range:
    """Fresh plots with their numbers, without versions."""
    row = owner.execute("SELECT coalesce(max(id), 0) + 1 FROM plot").fetchone()
    assert row is not None
    ids = range(row[0], row[0] + number)
    values = {"first": ids[0], "last": ids[-1], "county": COUNTY}
    owner.execute(NEW, values)
    owner.execute(NUMBERS, values)
    return ids


def forgotten(owner: psycopg.Connection[Any], ids: range) -> None:
    """Take plots out again, and what the history knows of them."""
    ends = [ids[0], ids[-1]]
    for table, column in (
        ("plot_version", "plot_id"),
        ("plot", "id"),
        ("plot_history", "plot_id"),
    ):
        owner.execute(f"DELETE FROM {table} WHERE {column} BETWEEN %s AND %s".encode(), ends)


def writes(owner: psycopg.Connection[Any], n: int) -> Iterator[Figure]:
    """Each write a transaction; blocks with and without the trigger take turns."""
    geoms = shapes(2 * WRITES, seed=99)[: 2 * WRITES]
    ids = registered(owner, len(geoms))
    given = dict(zip(ids, geoms, strict=True))
    try:
        for name, statement, values in (
            ("insert", INSERT, lambda number: (number, given[number], str(number))),
            ("update", MOVE, lambda number: (number,)),
            ("delete", DELETE, lambda number: (number,)),
        ):
            taken: dict[bool, list[float]] = {True: [], False: []}
            for block, first in enumerate(range(0, len(ids), BLOCK)):
                live = block % 2 == 0
                switch(owner, live=live)
                owner.execute(statement.encode(), values(ids[first]))  # plans are made here
                taken[live] += [
                    spent_ms(partial(owner.execute, statement.encode(), values(number)))
                    for number in ids[first + 1 : first + BLOCK]
                ]
            for quantile, place in (("p50", 0.50), ("p99", 0.99)):
                ours, plain = (float(np.quantile(taken[live], place)) for live in (True, False))
                yield Figure(
                    f"write_with_live_coverage_vs_plain_{name}_{quantile}",
                    ours,
                    "ms",
                    n,
                    "trigger off",
                    plain,
                    ours / plain,
                    len(taken[True]),
                )
    finally:
        switch(owner, live=True)
        forgotten(owner, ids)


def switch(owner: psycopg.Connection[Any], *, live: bool) -> None:
    """Coverage triggers on or off; those of the history stay."""
    for trigger in TRIGGERS:
        verb = "ENABLE" if live else "DISABLE"
        owner.execute(f"ALTER TABLE plot_version {verb} TRIGGER {trigger}".encode())


def reads(engine: Engine, place: DatabaseLocation, n: int) -> Iterator[Figure]:
    """All districts from the database, and over HTTP with sign-in."""
    name = "coverage_read_ms"
    with engine.connect() as connection:
        ask = partial(coverage_figures, connection, None, level="town", exact_cells=50)
        rows = len(ask().rows)
        taken = [spent_ms(ask) for _ in range(100)]
        label = f"{name}_database_{rows}_rows"
        yield Figure(label, statistics.median(taken), "ms", n, runs=len(taken))
        count = text(READ)
        taken = [spent_ms(partial(connection.scalar, count)) for _ in range(100)]
        label = f"{name}_in_the_database_{rows}_rows"
        yield Figure(label, statistics.median(taken), "ms", n, runs=len(taken))
    with served(place) as client:
        for level in ("county", "town"):
            address = f"/api/coverage?level={level}"
            rows = len(client.get(address).raise_for_status().json()["rows"])
            taken = [spent_ms(partial(client.get, address)) for _ in range(60)]
            label = f"{name}_http_{rows}_rows"
            yield Figure(label, statistics.median(taken), "ms", n, runs=len(taken))


@contextmanager
def served(place: DatabaseLocation, home: Path | None = None) -> Iterator[httpx.Client]:
    """The service on a free port, and an administrator's client of it.

    ``home`` is where it keeps its files; None: where it always does.
    """
    settings = Settings(port=8199) if home is None else Settings(port=8199, home=home)
    with sessions(place) as engine, engine.begin() as connection:
        number = accounts.account_id(connection, "bench") or accounts.add_account(
            connection, "bench", "admin"
        )
        token = accounts.give_credential(connection, number, "token", timedelta(hours=1))
    # A line a request is not what is to be read here.
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    server = QuickServer(server_config(create_app(settings, place.service), settings))
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        while not server.started:
            time.sleep(0.01)
        headers = {"Authorization": f"Bearer {token}"}
        base = f"http://127.0.0.1:{settings.port}"
        with httpx.Client(base_url=base, headers=headers, trust_env=False) as client:
            yield client
    finally:
        server.should_exit = True
        thread.join()


def read_your_write(owner: psycopg.Connection[Any], engine: Engine, n: int) -> Figure:
    """One county right after a write in it: its marked cells are computed in the read."""
    geoms = shapes(60, seed=98)[:60]
    ids = registered(owner, len(geoms))
    taken = []
    try:
        with closing(engine.connect()) as connection:
            for number, geom in zip(ids, geoms, strict=True):
                owner.execute(INSERT.encode(), (number, geom, str(number)))
                row = owner.execute(COUNTY_OF, [number]).fetchone()
                if row is not None:
                    read = partial(coverage_figures, connection, [row[0]], exact_cells=50)
                    taken.append(spent_ms(read))
                settle(engine)
    finally:
        forgotten(owner, ids)
    return Figure("read_your_write_ms", statistics.median(taken), "ms", n, runs=len(taken))


def filtered(engine: Engine, n: int) -> Iterator[Figure]:
    """A year and a kind over all counties, and one county."""
    with engine.connect() as connection:
        counties = [
            row[0]
            for row in connection.exec_driver_sql(
                "SELECT code FROM district WHERE level = 'county'"
            )
        ]
        for name, codes, choice in (
            ("year", counties, Choice(year=2020)),
            ("year_and_kind", counties, Choice(year=2020, kinds=["RGZL"])),
            ("one_county_year", [COUNTY], Choice(year=2020)),
        ):
            read = partial(coverage_figures, connection, codes, None, choice, exact_cells=50)
            spent = spent_ms(read)
            yield Figure(f"coverage_filtered_s_{name}", spent / 1000, "s", n)


def bulk(
    owner: psycopg.Connection[Any], engine: Engine, owner_engine: Engine, n: int
) -> Iterator[Figure]:
    """100 000 plots more until every figure is right, against their COPY into a bare table."""
    # Not once: a machine gives memory that nobody has touched yet at its leisure.
    loads = [_load(owner, engine, owner_engine) for _ in range(LOADS)]
    for place, name in enumerate(("bulk_100k_written_vs_copy", "bulk_100k_current_vs_copy")):
        loads.sort(key=lambda load: load[place] / load.copied)
        middle = loads[LOADS // 2]
        value, copied = middle[place], middle.copied
        yield Figure(name, value, "s", n, "bare COPY", copied, value / copied, runs=LOADS)


class _Load(NamedTuple):
    """Seconds from the beginning of a bulk load, and those of its COPY into a bare table."""

    written: float
    current: float
    copied: float


def _load(owner: psycopg.Connection[Any], engine: Engine, owner_engine: Engine) -> _Load:
    geoms = shapes(BULK, seed=97)
    ids = registered(owner, len(geoms))
    rows = "\n".join(
        f"{number}\tapproved\t1\t{geom}\t{COUNTY}\tplanted\tRGZL\t2027\t{number}\tapproved"
        for number, geom in zip(ids, geoms, strict=True)
    )
    try:
        owner.execute(BARE)
        copied = spent_ms(lambda: _copy(owner, "bare", rows)) / 1000
        begin = time.perf_counter()
        _copy(owner, "plot_version", rows)
        written = time.perf_counter() - begin
        settle(engine, owner=owner_engine)
        return _Load(written, time.perf_counter() - begin, copied)
    finally:
        owner.execute("DROP TABLE IF EXISTS bare")
        forgotten(owner, ids)
        settle(engine, owner=owner_engine)


def _copy(owner: psycopg.Connection[Any], table: str, rows: str) -> None:
    with owner.cursor() as cursor, cursor.copy(COPY.format(table).encode()) as copy:
        copy.write(rows)
