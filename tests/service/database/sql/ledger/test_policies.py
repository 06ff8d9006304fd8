"""Claims are seen and made in the counties of the scope, and neither changed nor deleted."""

import pytest
from sqlalchemy.exc import ProgrammingError

from tests.service.conftest import EAST, WEST
from tests.service.database.sql.conftest import Sql

CLAIM = """
INSERT INTO plot_claim (plot_id, holder_id, district, claimed_as, area_m2)
VALUES (2, 1, :county, 'renewal', 7)
"""


def test_claims_are_seen_in_their_county(sql: Sql) -> None:
    sql.run(CLAIM, county=WEST)
    sql.session(WEST)
    assert sql.column("SELECT holder_id FROM plot_claim") == [1]
    sql.session(EAST)
    assert sql.column("SELECT holder_id FROM plot_claim") == []


def test_claims_are_seen_by_the_unit_of_the_claiming_plot(sql: Sql) -> None:
    sql.run("INSERT INTO unit (code, name, kind) VALUES ('SLJ', 'Water', 'bureau')")
    plot = sql.plot()
    sql.run("UPDATE plot_version SET unit = 'SLJ'")
    sql.run(CLAIM.replace("2, 1", f"{plot}, 1"), county=WEST)
    sql.session("unit:SLJ")
    assert sql.column("SELECT plot_id FROM plot_claim") == [plot]


def test_none_is_made_elsewhere(sql: Sql) -> None:
    sql.session(WEST)
    with pytest.raises(ProgrammingError, match="row-level security"):
        sql.run(CLAIM, county=EAST)


@pytest.mark.parametrize(
    "statement", ["UPDATE plot_claim SET area_m2 = 0", "DELETE FROM plot_claim"]
)
def test_the_service_only_ends_them(sql: Sql, statement: str) -> None:
    sql.session(WEST)
    sql.run(CLAIM, county=WEST)
    assert sql.run("UPDATE plot_claim SET ended_at = now(), ended_because = 'settled'") == 1
    with pytest.raises(ProgrammingError, match="permission denied"):
        sql.run(statement)
