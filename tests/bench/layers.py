"""Layers at the size of a province: a plot checked against six, writes beside them, a re-check."""

from __future__ import annotations

import statistics
import time
from collections.abc import Iterator
from functools import partial
from typing import Any, Final

import psycopg

from tests.bench.figures import Figure, against
from tests.bench.live import INSERT, registered, shapes, spent_ms
from tests.bench.seed import SIZES, seeded

LAYERS: Final = ("layer_check_ms", "write_with_layers_vs_without", "layer_recheck_vs_plain")
ROLES: Final = ("block", "warn", "warn", "info", "report", "info")
POLYGONS: Final = {"10k": 20_000, "100k": 200_000, "1m": 200_000}
CHECKED: Final = 500
WRITES: Final = 300
RECHECKED: Final = 100_000
AT_ONCE: Final = 2_000
# A red line: a hundred large outlines with as many corners as real ones have.
CORNERS: Final = 50_000

LAYER: Final = """
WITH made AS (
    INSERT INTO layer (code, label_zh, label_en, role) VALUES (%(code)s, 'x', 'x', %(role)s)
)
INSERT INTO layer_version (layer, valid_from, source, hash, features)
VALUES (%(code)s, '2020-01-01', 'bench', '', 0) RETURNING id
"""
# Discs of 20 corners on a grid over all plots, a little aside in each layer.
DISCS: Final = """
INSERT INTO layer_feature (version_id, class, geom)
SELECT %(version)s, 'x', ST_Multi(ST_Buffer(ST_SetSRID(ST_MakePoint(
           ST_XMin(box) + (x + %(aside)s) * step_x, ST_YMin(box) + (y + %(aside)s) * step_y), 4490),
           0.45 * least(step_x, step_y), 5))
FROM (SELECT box, wide, (ST_XMax(box) - ST_XMin(box)) / wide AS step_x,
             (ST_YMax(box) - ST_YMin(box)) / wide AS step_y
      FROM (SELECT ST_SetSRID(ST_Extent(geom)::geometry, 4490) AS box,
                   sqrt(%(polygons)s)::integer AS wide FROM plot_version) ground) grid
CROSS JOIN generate_series(0, wide - 1) x CROSS JOIN generate_series(0, wide - 1) y
"""
RED_LINE: Final = """
INSERT INTO layer_feature (version_id, geom)
SELECT %(version)s, ST_Multi(ST_MakePolygon(ST_AddPoint(line, ST_StartPoint(line))))
FROM (SELECT box, 10 AS wide, (ST_XMax(box) - ST_XMin(box)) / 10 AS step_x,
             (ST_YMax(box) - ST_YMin(box)) / 10 AS step_y
      FROM (SELECT ST_SetSRID(ST_Extent(geom)::geometry, 4490) AS box FROM plot_version) b) grid
CROSS JOIN generate_series(0, 9) x CROSS JOIN generate_series(0, 9) y
CROSS JOIN LATERAL (
    SELECT ST_MakeLine(ST_SetSRID(ST_MakePoint(
        ST_XMin(box) + (x + 0.5 + 0.4 * r * cos(turn)) * step_x,
        ST_YMin(box) + (y + 0.5 + 0.4 * r * sin(turn)) * step_y), 4490) ORDER BY n) AS line
    FROM (SELECT n, 2 * pi() * n / %(corners)s AS turn,
                 0.9 + 0.1 * sin(n * 0.05) + 0.002 * sin(n * 0.9) AS r
          FROM generate_series(0, %(corners)s - 1) n) corner
) outline
"""
PLAIN: Final = """
SELECT count(*), sum(ST_Area(ST_Intersection(p.geom, f.geom)::geography))
FROM plot_version p JOIN layer_feature f
    ON f.version_id = %(version)s AND ST_Intersects(p.geom, f.geom)
WHERE p.plot_id < %(before)s AND p.stage <> 'cancelled'
"""
CHECK: Final = """
SELECT count(*)
FROM ground_on_layers(ARRAY[%s::geometry], ARRAY['planted'], ARRAY[%s], '2026-06-01')
"""


# What is shared with each layer, as anybody would ask it of the same features.
PLAIN_CHECK: Final = """
SELECT v.layer, sum(ST_Area(ST_Intersection(f.geom, drawn.geom)::geography))
FROM (SELECT %s::geometry AS geom) drawn
JOIN layer_feature f ON ST_Intersects(f.geom, drawn.geom)
JOIN layer_version v ON v.id = f.version_id
GROUP BY v.layer
"""


def bench(size: str, wanted: frozenset[str], polygons: int | None = None) -> Iterator[Figure]:
    """The figures that are wanted; the layers are gone afterwards.

    ``polygons`` of each of the six layers; None: as many as the size has.
    """
    polygons = polygons or POLYGONS[size]
    if not wanted & set(LAYERS):
        return
    with seeded(size) as place:
        address = place.owner.set(drivername="postgresql").render_as_string(hide_password=False)
        with psycopg.connect(address) as owner:
            if "layer_recheck_vs_plain" in wanted:
                yield _recheck(owner)
                owner.rollback()
            if "write_with_layers_vs_without" in wanted:
                yield _write_beside_layers(owner, size, polygons)
                owner.rollback()
            if "layer_check_ms" in wanted:
                _six_layers(owner, polygons)
                yield _checks(owner, size, polygons)
                owner.rollback()


def _write_beside_layers(owner: psycopg.Connection[Any], size: str, polygons: int) -> Figure:
    """Writes beside six layers, and without them before and after.

    No trigger reads a layer. But to store a million polygons leaves memory full of pages that are
    still to be written, which whoever writes next pays for: so half of the peer is measured then.
    """
    owner.execute("SAVEPOINT no_layer")
    before = _writes(owner)
    owner.execute("ROLLBACK TO no_layer")
    _six_layers(owner, polygons)
    ours = _writes(owner)
    owner.execute("ROLLBACK TO no_layer")
    without = (before + _writes(owner)) / 2
    name, n = "write_with_layers_vs_without", SIZES[size]
    return Figure(name, ours, "ms", n, "no layer", without, ours / without, WRITES)


def _six_layers(owner: psycopg.Connection[Any], polygons: int) -> None:
    for n, role in enumerate(ROLES):
        version = _version(owner, f"BENCH{n}", role)
        asked = {"version": version, "aside": n / 6, "polygons": polygons}
        owner.execute(DISCS, asked)
    owner.execute("ANALYZE layer_cell, layer_feature, layer_version, layer")


def _writes(owner: psycopg.Connection[Any]) -> float:
    """Median milliseconds of an approved plot, with history and live coverage."""
    geoms = shapes(WRITES, seed=96)[:WRITES]
    ids = registered(owner, len(geoms))
    taken = [
        spent_ms(partial(owner.execute, INSERT.encode(), (number, geom, str(number))))
        for number, geom in zip(ids, geoms, strict=True)
    ]
    return statistics.median(taken)


def _recheck(owner: psycopg.Connection[Any]) -> Figure:
    """A new version of a red line against plots, and the join of both as anybody would write it."""
    owner.execute("UPDATE layer_recheck SET done_at = now() WHERE done_at IS NULL")
    version = _version(owner, "BENCHRED", "warn")
    owner.execute(RED_LINE, {"version": version, "corners": CORNERS})
    owner.execute("ANALYZE layer_cell, layer_feature, layer_version, layer")
    looked_at, begin = 0, time.perf_counter()
    while looked_at < RECHECKED:
        answer = owner.execute("SELECT recheck_layers(%s)", [AT_ONCE]).fetchone()
        if answer is None or not answer[0]:
            break
        looked_at += answer[0]
    ours = time.perf_counter() - begin
    state = owner.execute(
        "SELECT next_plot_id, plots FROM layer_recheck WHERE version_id = %s", [version]
    ).fetchone()
    assert state is not None
    assert state[1] > 0, "no plot lies on the layer"
    begin = time.perf_counter()
    owner.execute(PLAIN, {"version": version, "before": state[0]}).fetchone()
    theirs = time.perf_counter() - begin
    return against("layer_recheck_vs_plain", (ours, 1), "ST_Intersection join", theirs, n=looked_at)


def _version(owner: psycopg.Connection[Any], code: str, role: str) -> int:
    row = owner.execute(LAYER, {"code": code, "role": role}).fetchone()
    assert row is not None
    return int(row[0])


def _checks(owner: psycopg.Connection[Any], size: str, polygons: int) -> Figure:
    query = "SELECT geom::text, kind FROM plot_version ORDER BY md5(plot_id::text) LIMIT %s"
    ours, theirs = [], []
    for shape, kind in owner.execute(query, [CHECKED]).fetchall():
        ours.append(spent_ms(partial(owner.execute, CHECK.encode(), [shape, kind])))
        theirs.append(spent_ms(partial(owner.execute, PLAIN_CHECK.encode(), [shape])))
    value, peer = statistics.median(ours), statistics.median(theirs)
    print(f"six layers of {polygons:,} polygons each, {SIZES[size]:,} plots")
    return Figure(
        "layer_check_ms", value, "ms", polygons, "plain query", peer, value / peer, CHECKED
    )
