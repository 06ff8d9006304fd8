"""Exports in the background: asked for, done by a worker, fetched by whoever asked."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import pytest
from sqlalchemy import text

from service.database.engine import make_engine
from service.jobs import files
from service.jobs.attempt import Attempt, worker_died
from service.jobs.db import working
from service.jobs.kinds import Kind, Made, Task
from service.jobs.worker import tidy
from service.run.job_kinds import KINDS
from service.settings import Settings
from tests.service.conftest import WEST, Database, SignIn, ring
from tests.service.plots.made import approved, drawn
from tests.waiting import until

WANTED = {"format": "geojsonl", "filter": {"version": "working"}}


@pytest.fixture
def attempt(database: Database, settings: Settings) -> Iterator[Attempt]:
    """Works on jobs in the test's own process."""
    engine = make_engine(database.endpoint.url("service", database.name))
    yield Attempt(database.owner, engine, settings, KINDS)
    engine.dispose()


def start(client: httpx.Client, **wanted: Any) -> dict[str, Any]:
    """Ask for an export."""
    answer = client.post("/api/exports", json={**WANTED, **wanted})
    assert answer.status_code == 202, answer.text
    assert answer.headers["Location"] == f"/api/jobs/{answer.json()['id']}"
    job: dict[str, Any] = answer.json()
    return job


def state(client: httpx.Client, job: dict[str, Any]) -> dict[str, Any]:
    """The job as it is now."""
    answer: dict[str, Any] = client.get(f"/api/jobs/{job['id']}").json()
    return answer


def test_a_job_is_done_and_its_file_fetched(sign_in: SignIn, attempt: Attempt) -> None:
    gis = sign_in("gis")
    for n in range(3):
        drawn(sign_in("planner"), geometry=ring(125.01 + n / 100, 43.01))
    job = start(gis)
    assert (job["state"], job["progress"]["done"]) == ("queued", 0)
    attempt.run(job["id"])
    done = state(gis, job)
    assert (done["state"], done["result"]["rows"], done["error"]) == ("done", 3, None)
    assert (done["progress"]["done"], done["progress"]["total"]) == (3, 3)
    assert done["file"] == "plots-含未审核图斑.geojsonl"
    answer = gis.get(f"/api/jobs/{job['id']}/file")
    assert len(answer.text.splitlines()) == 3
    assert answer.headers["content-type"] == "application/geo+json-seq"


def test_a_job_belongs_to_its_account(sign_in: SignIn, attempt: Attempt) -> None:
    job = start(sign_in("gis"))
    attempt.run(job["id"])
    other = sign_in("gis")
    for address in ("", "/file"):
        assert other.get(f"/api/jobs/{job['id']}{address}").status_code == 404
    assert other.delete(f"/api/jobs/{job['id']}").status_code == 404
    assert other.get("/api/jobs").json()["rows"] == []


def test_an_account_has_so_many_jobs_under_way(
    sign_in: SignIn, attempt: Attempt, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("service.jobs.asking.MAX_OPEN", 2)
    gis, other = sign_in("gis"), sign_in("gis")
    first, _second = start(gis), start(gis)
    for address, body in (
        ("/api/exports", WANTED),
        ("/api/handins", {"district": WEST, "year": 2026}),
    ):
        answer = gis.post(address, json=body)
        assert (answer.status_code, answer.json()["code"]) == (409, "too_many_jobs")
    start(other)
    attempt.run(first["id"])
    start(gis)


def test_a_file_holds_what_the_account_may_see(sign_in: SignIn, attempt: Attempt) -> None:
    approved(sign_in, geometry=ring(125.01, 43.01))
    east = sign_in("gis", "220103")
    job = start(east, filter={})
    attempt.run(job["id"])
    assert state(east, job)["result"]["rows"] == 0


def test_what_does_not_fit_is_told_by_row_in_the_language_of_whoever_asks(
    sign_in: SignIn, attempt: Attempt
) -> None:
    gis = sign_in("gis")
    plot = drawn(sign_in("planner"), name="𠮷山")
    job = start(gis, format="shp", encoding="GBK")
    attempt.run(job["id"])
    answer = gis.get(f"/api/jobs/{job['id']}", headers={"Accept-Language": "en"}).json()
    assert (answer["state"], answer["error"]["code"]) == ("failed", "does_not_fit")
    (fault,) = answer["error"]["errors"]
    assert (fault["id"], fault["field"]) == (plot["id"], "tbmc")
    assert "GBK has no 𠮷" in fault["message"]
    assert gis.get(f"/api/jobs/{job['id']}/file").json()["code"] == "job_not_done"


def test_a_job_that_waits_is_cancelled_and_never_begun(sign_in: SignIn, attempt: Attempt) -> None:
    gis = sign_in("gis")
    job = start(gis)
    assert gis.delete(f"/api/jobs/{job['id']}").status_code == 204
    attempt.run(job["id"])
    assert (state(gis, job)["state"], state(gis, job)["attempts"]) == ("cancelled", 0)


def test_a_job_that_runs_ends_at_its_next_batch(
    sign_in: SignIn, database: Database, settings: Settings
) -> None:
    gis = sign_in("gis")
    job = start(gis)

    def cancelled_meanwhile(task: Task) -> Made:
        task.count(2)
        (task.folder / "half").touch()
        assert gis.delete(f"/api/jobs/{job['id']}").status_code == 204
        task.advance(1)
        raise AssertionError("it went on")

    kinds: dict[str, Kind] = {"export": cancelled_meanwhile}
    Attempt(database.owner, database.service, settings, kinds).run(job["id"])
    assert state(gis, job)["state"] == "cancelled"
    assert not files.folder_of(settings, job["id"]).exists()


def test_a_job_does_not_wait_for_those_who_wait_for_it(
    sign_in: SignIn, database: Database, settings: Settings
) -> None:
    gis = sign_in("gis")
    job = start(gis)

    def beside_a_lock(task: Task) -> Made:
        with database.owner.begin() as other:
            # A job that waits for this lock for ever loses it, and fails by that.
            other.execute(text("SET LOCAL idle_in_transaction_session_timeout = '20s'"))
            other.execute(text("LOCK TABLE job IN SHARE MODE"))
            task.advance(1)
            other.execute(text("SELECT 1"))
        task.advance(1)
        return Made("plots.txt", "text/plain", {})

    Attempt(database.owner, database.service, settings, {"export": beside_a_lock}).run(job["id"])
    done = state(gis, job)
    assert (done["state"], done["progress"]["done"]) == ("done", 2)


def test_a_worker_is_heard_from_again_after_the_database_failed(
    sign_in: SignIn,
    database: Database,
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr("service.jobs.attempt.HEARTBEAT_S", 0.02)
    gis = sign_in("gis")
    job = start(gis)

    def said() -> str:
        return capsys.readouterr().out

    def beside_a_failure(_task: Task) -> Made:
        with database.owner.begin() as other:
            other.execute(text("ALTER TABLE job RENAME COLUMN heard_at TO unheard_at"))
        until(lambda: "job_not_heard" in said())
        with database.owner.begin() as other:
            other.execute(text("ALTER TABLE job RENAME COLUMN unheard_at TO heard_at"))
            now = other.scalar(text("SELECT clock_timestamp()"))
        until(lambda: _heard_at(database) > now)
        return Made("plots.txt", "text/plain", {})

    Attempt(database.owner, database.service, settings, {"export": beside_a_failure}).run(job["id"])
    assert state(gis, job)["state"] == "done"


def _heard_at(database: Database) -> Any:
    with database.owner.connect() as connection:
        return connection.scalar(text("SELECT heard_at FROM job"))


def test_a_job_of_a_dead_worker_waits_again_and_fails_after_three_attempts(
    sign_in: SignIn, database: Database
) -> None:
    gis = sign_in("gis")
    job = start(gis)
    for attempts in (1, 2, 3):
        with database.owner.begin() as connection:
            assert working.begin(connection, job["id"]) is not None
            assert working.give_back(connection, 60, worker_died()) == []
            assert working.give_back(connection, -1, worker_died()) == [job["id"]]
        assert state(gis, job)["attempts"] == attempts
    failed = state(gis, job)
    assert (failed["state"], failed["error"]["code"]) == ("failed", "worker_died")


def test_an_account_that_was_disabled_gets_no_file(
    sign_in: SignIn, database: Database, attempt: Attempt
) -> None:
    job = start(sign_in("gis"))
    with database.owner.begin() as connection:
        connection.exec_driver_sql("UPDATE account SET disabled_at = now() WHERE role = 'gis'")
    attempt.run(job["id"])
    error = database.scalar("SELECT error FROM job")
    assert error["code"] == "account_disabled"


@pytest.mark.parametrize(
    ("address", "wanted", "role"),
    [
        ("/api/exports", WANTED, "viewer"),
        ("/api/exports", {**WANTED, "filter": {}}, "viewer"),
        ("/api/handins", {"district": WEST, "year": 2026}, "planner"),
    ],
)
def test_an_account_that_lost_its_role_gets_neither_work_nor_file(
    sign_in: SignIn, database: Database, attempt: Attempt, address: str, wanted: Any, role: str
) -> None:
    approved(sign_in, geometry=ring(125.01, 43.01))
    gis = sign_in("gis")
    first, second = (gis.post(address, json=wanted).json() for _ in range(2))
    attempt.run(first["id"])
    with database.owner.begin() as connection:
        connection.exec_driver_sql(f"UPDATE account SET role = '{role}' WHERE role = 'gis'")
    answer = gis.get(f"/api/jobs/{first['id']}/file")
    assert (answer.status_code, answer.json()["code"]) == (403, "role_missing")
    attempt.run(second["id"])
    ended = state(gis, second)
    assert (ended["state"], ended["error"]["code"]) == ("failed", "role_missing")


def test_files_are_forgotten_after_their_days(
    sign_in: SignIn, database: Database, attempt: Attempt, settings: Settings
) -> None:
    gis = sign_in("gis")
    job = start(gis)
    attempt.run(job["id"])
    tidy(database.owner, settings)
    assert state(gis, job)["file"] is not None
    tidy(database.owner, settings.model_copy(update={"job_days": 1e-9}))
    assert not files.folder_of(settings, job["id"]).exists()
    answer = gis.get(f"/api/jobs/{job['id']}/file")
    assert (answer.status_code, answer.json()["code"]) == (410, "file_gone")


@pytest.mark.parametrize(
    ("wanted", "code"),
    [
        ({"filter": {"kind": ["没有"]}}, "unknown_kind"),
        ({"filter": "kind = '没有'"}, "bad_filter"),
        ({"filter": {"cql2": "year >"}}, "bad_filter"),
        ({"filter": {"district": "999999"}}, "unknown_district"),
        ({"filter": {"bbox": "1,2"}}, "invalid_request"),
        ({"schema": "linban"}, "unknown_schema"),
        ({"format": "shp", "schema": "coverage"}, "wrong_schema"),
        ({"format": "shp", "crs": "nonsense"}, "wrong_crs"),
        ({"format": "shp", "crs": "EPSG:5703"}, "wrong_crs"),
        ({"format": "geojson", "crs": "EPSG:4530"}, "wrong_crs"),
        ({"format": "dxf"}, "invalid_request"),
        ({"filter": {"colour": "red"}}, "invalid_request"),
    ],
)
def test_a_wrong_request_is_refused_before_it_becomes_a_job(
    sign_in: SignIn, wanted: dict[str, Any], code: str
) -> None:
    gis = sign_in("gis")
    answer = gis.post("/api/exports", json={**WANTED, **wanted})
    assert (answer.status_code, answer.json()["code"]) == (422, code)
    assert gis.get("/api/jobs").json()["numberMatched"] == 0


def test_the_same_request_under_one_key_is_one_job(sign_in: SignIn) -> None:
    gis = sign_in("gis")
    key = {"Idempotency-Key": "once"}
    first, second = (gis.post("/api/exports", json=WANTED, headers=key) for _ in range(2))
    assert first.json()["id"] == second.json()["id"]
    assert second.headers["Location"] == first.headers["Location"]
    assert gis.get("/api/jobs").json()["numberMatched"] == 1


@contextmanager
def worker(database: Database, settings: Settings) -> Iterator[subprocess.Popen[bytes]]:
    """``luotu worker`` on the test's database."""
    addresses = {
        "LUOTU_DATABASE_URL": database.endpoint.url("owner", database.name),
        "LUOTU_SERVICE_DATABASE_URL": database.endpoint.url("service", database.name),
        "LUOTU_HOME": str(settings.home),
    }
    command = [sys.executable, "-m", "service.cli", "worker"]
    with subprocess.Popen(command, env={**os.environ, **addresses}) as child:
        try:
            yield child
        finally:
            child.kill()


def test_a_worker_takes_jobs_out_of_the_queue_and_takes_over_from_a_dead_one(
    sign_in: SignIn, database: Database, settings: Settings
) -> None:
    gis = sign_in("gis")
    drawn(sign_in("planner"))
    lost, waits = start(gis), start(gis)
    with database.owner.begin() as connection:
        working.begin(connection, lost["id"])
        connection.exec_driver_sql("UPDATE job SET heard_at = heard_at - interval '1 minute'")
    with worker(database, settings):
        until = time.monotonic() + 60
        while time.monotonic() < until and {state(gis, job)["state"] for job in (lost, waits)} != {
            "done"
        }:
            time.sleep(0.2)
    assert [state(gis, job)["state"] for job in (lost, waits)] == ["done", "done"]
    assert (state(gis, lost)["attempts"], state(gis, lost)["result"]["rows"]) == (2, 1)
    assert database.scalar("SELECT count(*) FROM procrastinate.procrastinate_jobs") == 0


def test_a_job_that_breaks_says_so_and_nothing_of_the_inside(
    sign_in: SignIn, database: Database, settings: Settings
) -> None:
    gis = sign_in("gis")
    job = start(gis)

    def broken(_task: Task) -> Made:
        raise RuntimeError("a secret of the inside")

    Attempt(database.owner, database.service, settings, {"export": broken}).run(job["id"])
    failed = state(gis, job)
    assert (failed["state"], failed["error"]["code"]) == ("failed", "internal")
    assert "secret" not in str(failed["error"])
