"""Rows of the lake out of one snapshot of the database, as the owner, who sees the whole tree."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any, Final, NamedTuple

from sqlalchemy import Connection, Engine, text

from data.lake.columns import PLOTS
from data.lake.manifest import Rule

_AT_ONCE: Final = 2_000

_NOW = text("""
SELECT statement_timestamp(), beijing_today()::text,
       (SELECT system_identifier FROM pg_control_system()) || '/'
       || (SELECT oid FROM pg_database WHERE datname = current_database()),
       (SELECT version::text FROM district_state)
""")
# Whatever changes a plot gives it another version number; by SQL, too.
_PLOT_VERSIONS = text("""
SELECT v.district, count(*) AS rows,
       count(*) FILTER (WHERE outside.area_m2 IS NOT NULL) AS outside,
       bit_xor(hashtextextended(concat_ws(' ', v.plot_id, v.version,
           extract(epoch FROM v.changed_at), k.green_class, outside.area_m2 IS NOT NULL), 0)) AS sum
FROM plot_version v
LEFT JOIN kind k ON k.code = v.kind
LEFT JOIN coverage_outside outside ON outside.plot_id = v.plot_id
WHERE v.slot = 'approved' GROUP BY v.district
""")
_CELL_VERSIONS = text("""
SELECT b.code, b.id, count(*) AS rows, bit_xor(hashint8extended(c.id, 0)) AS sum
FROM district_boundary b JOIN district d ON d.code = b.code AND d.level = 'county'
JOIN district_cell c ON c.boundary_id = b.id
WHERE b.valid_to IS NULL GROUP BY b.code, b.id
""")
_COUNTIES = text("SELECT code FROM district WHERE level = 'county' ORDER BY code")
_RULES = text("""
SELECT l.code, coalesce(l.rule -> 'stages', '["planned", "planted", "accepted"]') AS stages,
       l.rule -> 'kinds' AS kinds, string_agg(v.id::text, ' ' ORDER BY v.id) || l.rule::text AS sum
FROM layer l JOIN layer_version v ON v.layer = l.code
WHERE v.id = ANY (blocking_versions(NULL)) GROUP BY l.code, l.rule ORDER BY l.code
""")
_DISTRICTS = """
SELECT d.code, d.name, d.level, d.parent, b.area_m2, b.source, coalesce(b.complete, false), b.id,
       b.valid_from::text, ST_AsBinary(b.geom)
FROM district d LEFT JOIN district_boundary b ON b.code = d.code AND b.valid_to IS NULL
ORDER BY d.code
"""
_CELLS = """
SELECT c.id, c.boundary_id, c.code, ST_AsBinary(c.geom)
FROM district_cell c JOIN district_boundary b ON b.id = c.boundary_id AND b.valid_to IS NULL
WHERE b.code = %(code)s ORDER BY c.id
"""
# As `service.coverage.db.refusal` reads it for the figures of the database.
_REFUSED = """
SELECT c.id, l.code, array_position(%(layers)s::text[], l.code) - 1, ST_AsBinary(c.geom)
FROM (
    SELECT DISTINCT near.id
    FROM district_cell cell
    JOIN district_boundary b ON b.id = cell.boundary_id AND b.valid_to IS NULL
    CROSS JOIN LATERAL (
        SELECT c.id, c.version_id FROM layer_cell c WHERE c.geom && cell.geom OFFSET 0
    ) near
    WHERE b.code = %(code)s AND near.version_id = ANY (blocking_versions(NULL))
) few
JOIN layer_cell c ON c.id = few.id
JOIN layer_feature f ON f.id = c.feature_id
JOIN layer_version v ON v.id = c.version_id JOIN layer l ON l.code = v.layer
WHERE NOT jsonb_exists(l.rule, 'classes') OR jsonb_exists(l.rule -> 'classes', f.class)
ORDER BY c.id
"""
_SPELT: Final = {
    "id": "v.plot_id",
    "green_class": "k.green_class",
    "in_no_county": "outside.area_m2 IS NOT NULL",
    "species": "v.species::text",
    "extra": "v.extra::text",
}
# PostGIS sorts shapes along Hilbert's curve: neighbours on the ground are neighbours in the file.
_PLOTS = f"""
SELECT {", ".join(_SPELT.get(name, f"v.{name}") for name in PLOTS)}, ST_AsBinary(v.geom)
FROM plot_version v
LEFT JOIN kind k ON k.code = v.kind
LEFT JOIN coverage_outside outside ON outside.plot_id = v.plot_id
WHERE v.slot = 'approved' AND v.district = ANY (%(codes)s)
ORDER BY v.district, v.geom, v.plot_id
"""  # noqa: S608 - names of our own columns

Rows = list[tuple[Any, ...]]


class Snapshot(NamedTuple):
    """The moment that a lake is of, the day by which layers refuse ground, and versions."""

    moment: datetime
    day: str
    database: str
    districts: str


class Versions(NamedTuple):
    """What tells whether a county changed: texts that differ whenever its rows do."""

    plots: str
    rows: int
    outside: int
    cells: str


@contextmanager
def one_snapshot(owner: Engine) -> Iterator[Connection]:
    """A connection that sees one moment until the block ends."""
    with owner.connect().execution_options(isolation_level="REPEATABLE READ") as connection:
        yield connection


def snapshot(connection: Connection) -> Snapshot:
    """Of what the connection sees."""
    return Snapshot(*connection.execute(_NOW).one())


def versions(connection: Connection) -> dict[str, Versions]:
    """Of each county, and of any other district that plots belong to, by code."""
    plots = {row.district: row for row in connection.execute(_PLOT_VERSIONS)}
    cells = {
        row.code: f"{row.id} {row.rows} {row.sum}" for row in connection.execute(_CELL_VERSIONS)
    }
    codes = {*connection.execute(_COUNTIES).scalars(), *plots}
    found = {}
    for code in sorted(codes):
        row = plots.get(code)
        found[code] = Versions(
            "" if row is None else f"{row.rows} {row.sum}",
            0 if row is None else row.rows,
            0 if row is None else row.outside,
            cells.get(code, ""),
        )
    return found


def rules(connection: Connection) -> tuple[tuple[Rule, ...], str]:
    """Rules of the layers that refuse ground today, and a text that differs when they do."""
    rows = connection.execute(_RULES).all()
    return (
        tuple(
            Rule(
                layer=row.code,
                stages=tuple(row.stages),
                kinds=None if row.kinds is None else tuple(row.kinds),
            )
            for row in rows
        ),
        " ".join(row.sum for row in rows),
    )


def district_rows(connection: Connection) -> Iterator[Rows]:
    """All districts with the boundary that holds, in order of their codes."""
    return _stream(connection, _DISTRICTS, {}, 200)


def cell_rows(connection: Connection, code: str) -> Iterator[Rows]:
    """The cells of a county, in order of their numbers."""
    return _stream(connection, _CELLS, {"code": code}, _AT_ONCE)


def refused_rows(connection: Connection, code: str, layers: Sequence[str]) -> Iterator[Rows]:
    """Refused ground near the cells of a county, in the order in which the database unites it."""
    return _stream(connection, _REFUSED, {"code": code, "layers": list(layers)}, _AT_ONCE)


def plot_rows(
    connection: Connection, codes: Sequence[str], rows: int
) -> Iterator[tuple[str, Rows]]:
    """Approved plots of counties, ``rows`` at a time and never of two counties at once."""
    waiting: Rows = []
    place = list(PLOTS).index("district")
    for some in _stream(connection, _PLOTS, {"codes": list(codes)}, _AT_ONCE):
        for row in some:
            if waiting and (len(waiting) == rows or waiting[0][place] != row[place]):
                yield waiting[0][place], waiting
                waiting = []
            waiting.append(row)
    if waiting:
        yield waiting[0][place], waiting


def _stream(
    connection: Connection, statement: str, params: dict[str, Any], rows: int
) -> Iterator[Rows]:
    driver: Any = connection.connection.driver_connection
    with driver.cursor(name="lake", binary=True) as cursor:
        cursor.execute(statement, params)
        while some := cursor.fetchmany(rows):
            yield some
