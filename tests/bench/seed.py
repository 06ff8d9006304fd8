"""A province in the service's own tables: ``make seed-million``, ``SIZE=100k`` for the quick one.

All goes in by COPY with every trigger on, as a bulk import does, in one transaction: it is there or
it is not, and doing it again changes nothing. Each size has a cluster of its own below ``.bench``;
look at it with ``LUOTU_HOME=.bench/1m .venv/bin/luotu run --no-demo``.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import repeat
from pathlib import Path
from typing import Any, Final

import numpy as np
import psycopg
import shapely
from numpy.typing import NDArray

from gis.crs import CGCS2000
from service.cli.context import bring_up_to_date
from service.database.engine import make_engine
from service.database.location import DatabaseLocation, database
from service.run.coverage_worker import settle
from service.settings import Settings
from service.tiles.db.compact_squares import tidy
from tests.bench.landscape import Landscape, landscape
from tests.bench.province import Attributes, attributes_of, districts_of

SIZES: Final = {"10k": 10_000, "100k": 100_000, "1m": 1_000_000}
AT_ONCE: Final = 25_000

DISTRICT: Final = "COPY district (code, name, level, parent) FROM STDIN"
BOUNDARY: Final = "COPY district_boundary (code, geom, source, valid_from) FROM STDIN"
PLOT: Final = "COPY plot (id, last_version) FROM STDIN"
NUMBER: Final = "COPY plot_number (district, year, plot_no, plot_id) FROM STDIN"
VERSION: Final = (
    "COPY plot_version (plot_id, slot, version, geom, district, stage, kind, year, plot_no,"
    " programme, name, review, return_reason) FROM STDIN"
)
COUNTERS: Final = """
    INSERT INTO plot_counter (district, year, last_no)
    SELECT district, year, count(*) FROM plot_number GROUP BY district, year
"""
NEXT_ID: Final = "SELECT setval(pg_get_serial_sequence('plot', 'id'), %s)"


def home_of(size: str) -> Path:
    """Where the cluster of a size lies."""
    return Path(".bench") / size


@contextmanager
def seeded(size: str, home: Path | None = None) -> Iterator[DatabaseLocation]:
    """The database of a size, running and filled."""
    settings = Settings(home=home or home_of(size), out=Path("out"))
    with database(settings, make=True) as place:
        bring_up_to_date(place, settings, make=True)
        address = place.owner.set(drivername="postgresql").render_as_string(hide_password=False)
        with psycopg.connect(address) as connection:
            fresh = _fill(connection, size)
        if fresh:
            _vacuum(address)
            _settle(place)
            _tidy(place)
            # Or autovacuum does it beside whatever is measured first.
            _vacuum(address)
        yield place


def _fill(connection: psycopg.Connection[Any], size: str) -> bool:
    """Whether there was anything to do."""
    there = connection.execute("SELECT count(*) FROM plot").fetchone()
    if there and there[0] == SIZES[size]:
        return False
    if there and there[0]:
        raise SystemExit(f"the database has {there[0]} plots already, and not those of {size}")
    began = time.monotonic()
    made = landscape(SIZES[size])
    attributes = attributes_of(made)
    _say(began, f"{len(made.plots):,} plots drawn")
    _districts(connection, made)
    # What waits for the commit of a border looks at all plots: none is there yet.
    connection.execute("SET CONSTRAINTS ALL IMMEDIATE")
    _say(began, "districts in")
    for first in range(0, len(made.plots), AT_ONCE):
        _plots(connection, made, attributes, slice(first, first + AT_ONCE))
        _say(began, f"{min(first + AT_ONCE, len(made.plots)):,} plots in")
    connection.execute(COUNTERS)
    connection.execute(NEXT_ID, [len(made.plots)])
    return True


def _vacuum(address: str) -> None:
    began = time.monotonic()
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute("VACUUM (ANALYZE)")
    _say(began, "to vacuum")


def _settle(place: DatabaseLocation) -> None:
    began = time.monotonic()
    owner, service = make_engine(place.owner), make_engine(place.service)
    settle(service, owner=owner)
    owner.dispose()
    service.dispose()
    _say(began, "for the coverage")


def _tidy(place: DatabaseLocation) -> None:
    """As the service does by itself in a quiet moment."""
    began, service = time.monotonic(), make_engine(place.service)
    while tidy(service):
        pass
    service.dispose()
    _say(began, "to tidy the squares up")


def _say(began: float, words: str) -> None:
    print(f"{time.monotonic() - began:7.1f} s  {words}", flush=True)


def _districts(connection: psycopg.Connection[Any], made: Landscape) -> None:
    districts = list(districts_of(made))
    _copy(
        connection,
        DISTRICT,
        ((district.code, district.name, district.level, district.parent) for district in districts),
    )
    _copy(
        connection,
        BOUNDARY,
        ((district.code, *_hex([district.shape]), "bench", "1949-10-01") for district in districts),
    )


def _plots(
    connection: psycopg.Connection[Any], made: Landscape, attributes: Attributes, part: slice
) -> None:
    ids = np.arange(len(made.plots))[part] + 1
    geom = np.array(_hex(_multi(made.plots[part])), dtype=object)
    county, stage, kind, year, programme, review, plot_no, name, changing = (
        value[part] for value in attributes
    )
    _copy(connection, PLOT, ((value, 1) for value in ids))
    _copy(connection, NUMBER, zip(county, year, plot_no, ids, strict=True))
    slot = ["approved" if value == "approved" else "working" for value in review]
    reason = ["请核实边界" if value == "returned" else None for value in review]
    rows = (geom, county, stage, kind, year, plot_no, programme, name)
    _copy(connection, VERSION, zip(ids, slot, repeat(1), *rows, review, reason))
    again = (column[changing] for column in rows)
    _copy(
        connection,
        VERSION,
        zip(ids[changing], repeat("working"), repeat(2), *again, repeat("draft"), repeat(None)),
    )


def _multi(shapes: NDArray[np.object_]) -> NDArray[np.object_]:
    """On the grid of stored positions, and all of one type."""
    shapes = np.asarray(shapely.transform(shapes, lambda at: np.round(at, 9)), dtype=object)
    single = shapely.get_type_id(shapes) == shapely.GeometryType.POLYGON
    shapes[single] = shapely.multipolygons(
        shapely.get_parts(shapes[single]), indices=np.arange(single.sum())
    )
    return shapes


def _hex(shapes: Sequence[shapely.Geometry] | NDArray[np.object_]) -> list[str]:
    marked = shapely.set_srid(np.array(shapes, dtype=object), CGCS2000)
    return list(shapely.to_wkb(marked, hex=True, include_srid=True))


def _copy(
    connection: psycopg.Connection[Any], statement: str, rows: Iterable[Sequence[Any]]
) -> None:
    # No value has a tab, a newline or a backslash in it: they are codes, numbers and hex.
    lines = ("\t".join("\\N" if value is None else str(value) for value in row) for row in rows)
    with connection.cursor() as cursor, cursor.copy(statement.encode()) as copy:
        copy.write("\n".join(lines))


def main() -> None:
    """Fill a database and say where it is."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.seed", description=__doc__)
    parser.add_argument("--size", default="1m", type=str.lower, choices=SIZES)
    parser.add_argument("--home", type=Path, help="default: .bench/SIZE")
    arguments = parser.parse_args()
    with seeded(arguments.size, arguments.home):
        print(
            f"LUOTU_HOME={arguments.home or home_of(arguments.size)} .venv/bin/luotu run --no-demo"
        )


if __name__ == "__main__":
    main()
