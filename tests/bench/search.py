"""The search over HTTP: by every way in which a plot is found, for every kind of account.

``search_ms`` gives one figure for each kind of account and way of asking: the median of different
words of that way, each asked once, by a service that is warm. The words are out of plots that the
account sees, so every question finds something, but for those of words that nothing bears.
"""

from __future__ import annotations

import statistics
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any, Final

import httpx
import psycopg

from service.accounts.db.accounts import account_id, add_account, give_credential
from service.accounts.db.administration import set_units
from service.database.engine import make_engine
from service.database.location import DatabaseLocation
from tests.bench.figures import Figure
from tests.bench.live import served, spent_ms
from tests.bench.seed import SIZES, seeded

SEARCH: Final = ("search_ms",)
COUNTY: Final = "220101"
UNIT: Final = "BENCH"
# Of this many plots in a row the unit does one.
EACH: Final = 50
WORDS: Final = 24
WARM: Final = 3

UNITED: Final = """
INSERT INTO unit (code, name, kind) VALUES (%(unit)s, '测试公司', 'third_party')
ON CONFLICT DO NOTHING
"""
MARKED: Final = """
UPDATE plot_version SET unit = %(unit)s WHERE plot_id %% %(each)s = 0 AND unit IS NULL
"""
SAMPLE: Final = """
SELECT v.plot_no, v.name, v.year, d.name, ST_XMin(geom), ST_YMin(geom)
FROM plot_version v JOIN district d ON d.code = v.district
WHERE v.slot = 'approved' AND {seen}
ORDER BY md5(v.plot_id::text) LIMIT %(words)s
"""
# What each kind of account sees, in the words of SQL.
SEEN: Final = {
    "admin": "true",
    "county": f"v.district = '{COUNTY}'",
    "city": f"v.district LIKE '{COUNTY[:4]}%%'",
    "unit": f"v.unit = '{UNIT}'",
    "viewer": f"v.district = '{COUNTY}'",
}


def bench(size: str, wanted: frozenset[str]) -> Iterator[Figure]:
    """A figure for each kind of account and way of asking."""
    if "search_ms" not in wanted:
        return
    with seeded(size) as place, tempfile.TemporaryDirectory() as home:
        address = place.owner.set(drivername="postgresql").render_as_string(hide_password=False)
        with psycopg.connect(address, autocommit=True) as owner:
            _give_work_to_a_unit(owner)
            with served(place, Path(home)) as client:
                for kind, token in _tokens(place).items():
                    client.headers["Authorization"] = f"Bearer {token}"
                    words = _words(owner, SEEN[kind])
                    yield from _asked(client, kind, words, SIZES[size])


def _give_work_to_a_unit(owner: psycopg.Connection[Any]) -> None:
    owner.execute(UNITED.encode(), {"unit": UNIT})
    if owner.execute(MARKED.encode(), {"unit": UNIT, "each": EACH}).rowcount:
        owner.execute("VACUUM (ANALYZE) plot_version")


def _tokens(place: DatabaseLocation) -> dict[str, str]:
    """An account of each kind, with a token for an hour."""
    engine, tokens = make_engine(place.owner), {}
    with engine.begin() as connection:
        for kind in SEEN:
            name = f"bench-{kind}"
            role = kind if kind in ("admin", "viewer") else "planner"
            scope = {"county": [COUNTY], "viewer": [COUNTY], "city": [f"{COUNTY[:4]}00"]}
            number = account_id(connection, name) or add_account(
                connection, name, role, scope.get(kind, [])
            )
            if kind == "unit":
                set_units(connection, number, [UNIT])
            tokens[kind] = give_credential(connection, number, "token", timedelta(hours=1))
    engine.dispose()
    return tokens


def _words(owner: psycopg.Connection[Any], seen: str) -> dict[str, list[Mapping[str, Any]]]:
    """Questions by what is asked for, out of plots that the account sees."""
    # Its words take 54 MB, which would be counted to whatever else is measured.
    from pypinyin import Style, lazy_pinyin  # noqa: PLC0415

    asked: dict[str, list[Mapping[str, Any]]] = {}
    for number, name, year, county, lon, lat in owner.execute(
        SAMPLE.format(seen=seen).encode(), {"words": WORDS}
    ):
        bare = name.rstrip("0123456789号")
        for way, q in (
            ("number", number),
            ("name", bare),
            ("two_characters", name[:2]),
            ("pinyin", "".join(lazy_pinyin(name[:5]))),
            ("first_letters", "".join(lazy_pinyin(name[:5], style=Style.FIRST_LETTER))),
            ("two_letters", "".join(lazy_pinyin(name[:2], style=Style.FIRST_LETTER))),
            ("county_year_number", f"{county} {year} {number}"),
            ("nothing", f"{name[:1]}龘{number}"),
        ):
            asked.setdefault(way, []).append({"q": q, "lon": lon, "lat": lat})
    return asked


def _asked(
    client: httpx.Client, kind: str, words: Mapping[str, Sequence[Mapping[str, Any]]], n: int
) -> Iterator[Figure]:
    for way, questions in words.items():
        for question in questions[:WARM]:
            _find(client, question)
        taken = [spent_ms(partial(_find, client, question)) for question in questions[WARM:]]
        name = f"search_ms_{kind}_{way}"
        yield Figure(name, statistics.median(taken), "ms", n, runs=len(taken))


def _find(client: httpx.Client, question: Mapping[str, Any]) -> None:
    client.get("/api/search", params=question, timeout=60).raise_for_status()
