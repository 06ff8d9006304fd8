"""Progress, moves and bulletins of 30 indicators in every county, and maps that are kept."""

from __future__ import annotations

import csv
import json
import statistics
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from functools import partial
from importlib.resources import files
from pathlib import Path
from typing import Any, Final

import httpx
import psycopg

from service.web.timestamps import today
from tests.bench.figures import Figure
from tests.bench.live import served, spent_ms
from tests.bench.seed import seeded

TASKS: Final = (
    "progress_cold_s",
    "progress_kept_ms",
    "moves_s",
    "bulletin_s",
    "folium_cold_s",
    "folium_kept_ms",
)
PLAN: Final = "BENCH-TASKS"
INDICATORS: Final = 30
KEPT: Final = 10
# What is counted on the map comes first, then records, then what is only reported.
MEASURED: Final = ("plots", "register", "ratio", "reported")

MADE: Final = """
WITH made AS (
    INSERT INTO plan (code, label, kind, first, after, counts_by, state, counties)
    SELECT %(plan)s, 'bench', 'year', make_date(year, 1, 1), make_date(year + 1, 1, 1), 'task_year',
           'issued', ARRAY(SELECT code FROM district WHERE level = 'county' ORDER BY code)
    FROM (SELECT year::integer FROM plot_version GROUP BY year ORDER BY count(*) DESC LIMIT 1) most
    RETURNING code
)
INSERT INTO target (plan, indicator, district, lower, measured_in, state, counties)
SELECT made.code, wanted.code, d.code, 100, wanted.unit, 'issued', ARRAY[d.code]
FROM made, district d, unnest(%(codes)s::text[], %(units)s::text[]) AS wanted(code, unit)
WHERE d.level = 'county'
"""
GONE: Final = (
    "DELETE FROM bulletin WHERE plan = %(plan)s",
    "DELETE FROM target WHERE plan = %(plan)s",
    "DELETE FROM plan WHERE code = %(plan)s",
)
MAPS: Final = ("/maps/coverage", "/maps/afforestation", "/maps/progress")


def bench(size: str, wanted: frozenset[str]) -> Iterator[Figure]:
    """The figures that are wanted; the plan is gone afterwards."""
    if not wanted & set(TASKS):
        return
    with seeded(size) as place, tempfile.TemporaryDirectory() as home:
        address = place.owner.set(drivername="postgresql").render_as_string(hide_password=False)
        with (
            psycopg.connect(address) as owner,
            _planned(owner),
            served(place, Path(home)) as client,
        ):
            if wanted & set(TASKS[:4]):
                yield from _tasks(client, wanted)
            if wanted & set(TASKS[4:]):
                yield from _maps(client)


@contextmanager
def _planned(owner: psycopg.Connection[Any]) -> Iterator[None]:
    """A plan with a target of each indicator in each county."""
    table = files("data").joinpath("codes", "indicator.csv").read_text("utf-8")
    rows = list(csv.DictReader(table.splitlines()))
    kinds = [json.loads(row["measure"])["of"].partition(":")[0] for row in rows]
    chosen = [
        row for kind in MEASURED for row, its in zip(rows, kinds, strict=True) if its == kind
    ][:INDICATORS]
    values = {
        "plan": PLAN,
        "codes": [row["code"] for row in chosen],
        "units": [row["unit"] for row in chosen],
    }
    _forget(owner)
    owner.execute(MADE, values)
    owner.commit()
    try:
        yield
    finally:
        _forget(owner)


def _forget(owner: psycopg.Connection[Any]) -> None:
    for statement in GONE:
        owner.execute(statement.encode(), {"plan": PLAN})
    owner.commit()


def _tasks(client: httpx.Client, wanted: frozenset[str]) -> Iterator[Figure]:
    asked = partial(_read, client, f"/api/progress?plan={PLAN}")
    cold = spent_ms(asked)
    rows = asked().json()["rows"]
    if "progress_cold_s" in wanted:
        yield Figure("progress_cold_s", cold / 1000, "s", len(rows))
    if "progress_kept_ms" in wanted:
        taken = [spent_ms(asked) for _ in range(KEPT)]
        yield Figure("progress_kept_ms", statistics.median(taken), "ms", len(rows), runs=KEPT)
    if "moves_s" in wanted:
        largest = max(
            (row for row in rows if row["indicator"] == "plots.planted_area"),
            key=lambda row: row["mapped"] or 0,
        )
        since = today() - timedelta(days=90)
        address = f"/api/progress/{largest['target_id']}/moves?since={since}"
        spent = spent_ms(partial(_read, client, address))
        moves = _read(client, address).json()["rows"]
        yield Figure("moves_s", spent / 1000, "s", len(moves))
    if "bulletin_s" in wanted:
        spent = spent_ms(partial(_bulletin, client))
        yield Figure("bulletin_s", spent / 1000, "s", len(rows))


def _bulletin(client: httpx.Client) -> None:
    """Issued, and written as Word."""
    answer = client.post("/api/bulletins", json={"plan": PLAN}, timeout=600)
    number = answer.raise_for_status().json()["id"]
    _read(client, f"/api/bulletins/{number}/file")


def _maps(client: httpx.Client) -> Iterator[Figure]:
    """All maps one after the other, as a page is opened; then again as nothing changed."""
    for name, unit, runs, factor in (
        ("folium_cold_s", "s", 1, 1000),
        ("folium_kept_ms", "ms", KEPT, 1),
    ):
        for address in MAPS:
            taken = [spent_ms(partial(_read, client, address)) for _ in range(runs)]
            value = statistics.median(taken) / factor
            yield Figure(f"{name}_{address.rpartition('/')[2]}", value, unit, 1, runs=runs)


def _read(client: httpx.Client, address: str) -> httpx.Response:
    return client.get(address, timeout=600).raise_for_status()
