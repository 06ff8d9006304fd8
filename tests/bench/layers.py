"""Layers at the size of a province: a plot checked against six of them."""

from __future__ import annotations

import statistics
import time
from collections.abc import Iterator
from typing import Any, Final

import psycopg

from tests.bench.figures import Figure
from tests.bench.seed import SIZES, seeded

LAYERS: Final = ("layer_check_ms",)
ROLES: Final = ("block", "warn", "warn", "info", "report", "info")
POLYGONS: Final = {"10k": 20_000, "100k": 200_000, "1m": 200_000}
CHECKED: Final = 500

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
CHECK: Final = """
SELECT count(*)
FROM ground_on_layers(ARRAY[%s::geometry], ARRAY['planted'], ARRAY[%s], '2026-06-01')
"""


def bench(size: str, wanted: frozenset[str]) -> Iterator[Figure]:
    """The figures that are wanted; the layers are gone afterwards."""
    if not wanted & set(LAYERS):
        return
    with seeded(size) as place:
        address = place.owner.set(drivername="postgresql").render_as_string(hide_password=False)
        with psycopg.connect(address) as owner:
            for n, role in enumerate(ROLES):
                version = _version(owner, f"BENCH{n}", role)
                asked = {"version": version, "aside": n / 6, "polygons": POLYGONS[size]}
                owner.execute(DISCS, asked)
            owner.execute("ANALYZE layer_cell, layer_feature, layer_version, layer")
            yield _checks(owner, size)
            owner.rollback()


def _version(owner: psycopg.Connection[Any], code: str, role: str) -> int:
    row = owner.execute(LAYER, {"code": code, "role": role}).fetchone()
    assert row is not None
    return int(row[0])


def _checks(owner: psycopg.Connection[Any], size: str) -> Figure:
    query = "SELECT geom::text, kind FROM plot_version ORDER BY md5(plot_id::text) LIMIT %s"
    spent = []
    for shape, kind in owner.execute(query, [CHECKED]).fetchall():
        begin = time.perf_counter()
        owner.execute(CHECK, [shape, kind]).fetchone()
        spent.append((time.perf_counter() - begin) * 1000)
    return Figure("layer_check_ms", statistics.median(spent), "ms", SIZES[size], runs=CHECKED)
