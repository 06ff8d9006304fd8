"""What moved between any two moments adds up, whatever was written between them."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from itertools import combinations
from typing import TypedDict

import numpy as np
import pytest

from service.progress.db.plots import unmoved_plots
from tests.service.conftest import Database, SignIn
from tests.service.database.sql.conftest import Sql
from tests.service.progress.test_progress import Tasks

YEAR = 2026
STEPS = 14


class Place(TypedDict):
    """A box in degrees."""

    west: float
    south: float
    wide: float
    tall: float


class Ground:
    """Plots that come, move, change and go, and farmland that comes, each by a transaction."""

    def __init__(self, database: Database, seed: int) -> None:
        self._database, self._chance = database, np.random.default_rng(seed)
        self._plots: list[int] = []
        self._layers = 0

    def step(self) -> None:
        """Do one of them."""
        what: list[Callable[[Sql], None]] = [self._draw, self._draw, self._move, self._stage]
        what += [self._delete, self._farmland]
        with self._writing() as sql:
            (self._draw if not self._plots else what[self._chance.integers(len(what))])(sql)

    @contextmanager
    def _writing(self) -> Iterator[Sql]:
        with self._database.owner.begin() as connection:
            yield Sql(connection)

    def _place(self) -> Place:
        # They lie over each other and over the edges of cells.
        return {
            "west": 125.04 + self._chance.random() * 0.02,
            "south": 43.04 + self._chance.random() * 0.02,
            "wide": 0.001 + self._chance.random() * 0.01,
            "tall": 0.001 + self._chance.random() * 0.01,
        }

    def _one(self) -> int:
        return self._plots[self._chance.integers(len(self._plots))]

    def _draw(self, sql: Sql) -> None:
        self._plots.append(sql.plot(year=YEAR, **self._place()))

    def _move(self, sql: Sql) -> None:
        sql.run(
            "UPDATE plot_version SET geom = ST_Multi(ST_MakeEnvelope(:west, :south, :west + :wide,"
            " :south + :tall, 4490)) WHERE plot_id = :id",
            id=self._one(),
            **self._place(),
        )

    def _stage(self, sql: Sql) -> None:
        sql.run(
            "UPDATE plot_version SET stage = :stage WHERE plot_id = :id",
            id=self._one(),
            stage=["planned", "planted", "accepted"][self._chance.integers(3)],
        )

    def _delete(self, sql: Sql) -> None:
        gone = self._plots.pop(self._chance.integers(len(self._plots)))
        sql.run("DELETE FROM plot_version WHERE plot_id = :id", id=gone)

    def _farmland(self, sql: Sql) -> None:
        self._layers += 1
        sql.layer_feature(sql.layer(f"JBNT{self._layers}"), **self._place())


@pytest.mark.parametrize("seed", [1, 2])
def test_moves_between_any_two_moments_add_up_to_the_difference_of_the_figures(
    database: Database, sign_in: SignIn, seed: int
) -> None:
    tasks = Tasks(sign_in, first=f"{YEAR}-01-01", after=f"{YEAR + 1}-01-01")
    number = tasks.target(indicator="plots.planted_area", lower=100, measured_in="平方米")
    ground, moments = Ground(database, seed), [datetime.now(UTC)]
    for _ in range(STEPS):
        ground.step()
        moments.append(datetime.now(UTC))
    moved = 0
    pairs = list(combinations(moments, 2))
    for chosen in np.random.default_rng(seed).choice(len(pairs), 12, replace=False):
        since, until = pairs[chosen]
        params = {"since": since.isoformat(), "until": until.isoformat()}
        answer = tasks.gis.get(f"/api/progress/{number}/moves", params=params)
        assert answer.status_code == 200, answer.text
        moves = answer.json()
        changes = [row["change"] for row in moves["rows"] if row["figure"] == "mapped"]
        difference = (moves["after"]["mapped"] or 0) - (moves["before"]["mapped"] or 0)
        largest = max((abs(change) for change in changes), default=1.0)
        assert sum(changes) == pytest.approx(difference, abs=1e-9 * largest + 1e-6), (since, until)
        moved += len(changes)
    assert moved > 12


def test_a_plot_that_was_written_anew_where_it_lay_is_unmoved(database: Database) -> None:
    with database.owner.begin() as connection:
        lies, moves, denser = (Sql(connection).plot(year=YEAR, west=125.05 + n) for n in (0, 1, 2))
    since = datetime.now(UTC)
    changes = {
        lies: "note = 'x'",
        moves: "geom = ST_Translate(geom, 0.001, 0)",
        denser: "density_per_ha = 9",
    }
    for number, change in changes.items():
        with database.owner.begin() as connection:
            Sql(connection).run(f"UPDATE plot_version SET {change} WHERE plot_id = {number}")
    with database.owner.connect() as connection:
        assert unmoved_plots(connection, list(changes), since, datetime.now(UTC)) == [lies]
