"""Today is Beijing's day, whatever the zone of the session."""

import pytest

from tests.service.database.sql.conftest import Sql


@pytest.mark.parametrize(
    "zone", ["UTC", "Asia/Shanghai", "Pacific/Kiritimati", "Pacific/Pago_Pago"]
)
def test_it_is_the_day_of_the_statement_in_beijing(sql: Sql, zone: str) -> None:
    sql.run(f"SET LOCAL TimeZone = '{zone}'")
    assert sql.value("SELECT beijing_today() = beijing_day(statement_timestamp())") is True
