"""``GET /api/server``: what an administrator should look at stands first, in words."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from service.operations.db.database_state import DatabaseState
from service.operations.folders import Disk
from service.operations.signs import of_backups, of_database, of_disk, of_requests
from tests.service.conftest import SignIn

MOMENT = datetime(2026, 11, 30, 2, tzinfo=UTC)


def state(**changes: Any) -> DatabaseState:
    quiet = DatabaseState(5_000_000, 0, 0, None, 3, "15.18", "3.3.2", MOMENT)
    return quiet._replace(**changes)


def grades(**changes: Any) -> dict[str, str]:
    return {sign.name: sign.grade for sign in of_database(state(**changes), MOMENT)}


def test_an_administrator_is_told_of_every_part_and_what_to_look_at_first(sign_in: SignIn) -> None:
    answer = sign_in("admin").get("/api/server", headers={"Accept-Language": "en"})
    rows = answer.json()["rows"]
    assert {row["name"] for row in rows} >= {
        "version",
        "database",
        "clock",
        "jobs",
        "requests",
        "disk_home",
        "disk_out",
        "disk_temporary",
        "backup",
    }
    order = ["act", "look", "fine"]
    assert [row["grade"] for row in rows] == sorted((row["grade"] for row in rows), key=order.index)
    (backup,) = [row for row in rows if row["name"] == "backup"]
    assert (backup["grade"], "LUOTU_BACKUP_DIR is not set" in backup["state"]) == ("look", True)


@pytest.mark.parametrize("role", ["viewer", "planner", "inspector", "gis"])
def test_it_is_for_administrators(sign_in: SignIn, role: str) -> None:
    assert sign_in(role).get("/api/server").status_code == 403


@pytest.mark.parametrize(("free", "grade"), [(50, "fine"), (19, "look"), (9, "act")])
def test_a_disk_is_graded_by_the_share_that_is_free(free: int, grade: str) -> None:
    assert of_disk("home", Disk(free, 100)).grade == grade


@pytest.mark.parametrize(("hours", "grade"), [(1, "fine"), (36, "fine"), (37, "act")])
def test_a_backup_is_graded_by_its_age(hours: int, grade: str) -> None:
    assert of_backups(True, MOMENT - timedelta(hours=hours), MOMENT).grade == grade


def test_no_backup_yet_is_looked_at() -> None:
    assert of_backups(True, None, MOMENT).grade == "look"


def test_a_job_that_waits_long_asks_for_a_worker() -> None:
    since = MOMENT - timedelta(minutes=11)
    assert grades()["jobs"] == "fine"
    assert grades(queued=1, queued_since=since)["jobs"] == "look"


def test_clocks_that_differ_are_told() -> None:
    assert grades()["clock"] == "fine"
    assert grades(clock=MOMENT + timedelta(seconds=6))["clock"] == "look"


def test_many_requests_that_wait_are_told() -> None:
    assert [of_requests(0, waiting).grade for waiting in (20, 21)] == ["fine", "look"]
