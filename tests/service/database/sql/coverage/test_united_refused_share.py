"""How much of the union of what some plots have in a cell is refused."""

import pytest

from tests.service.database.sql.conftest import Sql

QUERY = "SELECT united_refused_share(:cell, CAST(:members AS bigint[]), CAST(:at AS timestamptz))"


def share(sql: Sql, *members: int, at: str | None = None) -> float:
    """In the cell of the western county."""
    return float(sql.value(QUERY, cell=sql.cell(), members=list(members), at=at))


def test_ground_is_refused_where_every_plot_on_it_is(sql: Sql) -> None:
    sql.layer_feature(sql.layer(), wide=0.002)
    one, other = sql.plot(125.05), sql.plot(125.0505)
    assert share(sql, one, other) == 1
    standing = sql.plot(125.0505, stage="existing")
    assert share(sql, one, standing) == pytest.approx(1 / 3, rel=1e-6)


def test_without_layers_nothing_is(sql: Sql) -> None:
    assert share(sql, sql.plot(), sql.plot()) == 0


def test_a_past_moment_has_the_layers_of_its_day(sql: Sql) -> None:
    plot = sql.plot()
    sql.yesterday()
    day = sql.value("SELECT beijing_day(now() - interval '12 hours')")
    version = sql.layer(valid_from="2020-01-01", valid_to=str(day))
    sql.layer_feature(version)
    assert share(sql, plot, at=str(sql.value("SELECT now() - interval '12 hours'"))) == 0
    sql.run("UPDATE layer_version SET valid_to = valid_to + 1")
    assert share(sql, plot, at=str(sql.value("SELECT now() - interval '12 hours'"))) == 1
