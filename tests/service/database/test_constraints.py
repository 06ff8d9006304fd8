"""CHECKs of the tables have the bounds and patterns that the service has."""

import pytest
from sqlalchemy import text

from data.districts.code_patterns import DISTRICT, TOWN, VILLAGE
from data.years import FIRST_YEAR, LAST_YEAR
from tests.service.conftest import Database


@pytest.mark.parametrize(
    ("constraint", "definition"),
    [
        (
            "plot_version_year_check",
            f"CHECK (((year >= {FIRST_YEAR}) AND (year <= {LAST_YEAR})))",
        ),
        ("district_code_check", f"CHECK ((code ~ '{DISTRICT}'::text))"),
        ("plot_version_town_check", f"CHECK ((town ~ '{TOWN}'::text))"),
        ("plot_version_village_check", f"CHECK ((village ~ '{VILLAGE}'::text))"),
    ],
)
def test_a_check_is_that_of_the_service(
    database: Database, constraint: str, definition: str
) -> None:
    with database.owner.connect() as connection:
        stored = connection.scalar(
            text("SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conname = :name"),
            {"name": constraint},
        )
    assert stored == definition
