"""Threads in the background outlive every error."""

import threading
from collections.abc import Iterator
from typing import Any

import pytest
import structlog
from prometheus_client import CollectorRegistry
from structlog.testing import LogCapture

from service.coverage.db.queue import waiting
from service.coverage.db.verify import boundaries, forget
from service.embedded import Endpoint
from service.run import coverage_worker, retention_worker
from service.run.background import in_background
from tests.service.conftest import Database, new_database
from tests.waiting import until


@pytest.fixture
def said() -> Iterator[list[Any]]:
    """What is logged while a test runs."""
    capture = LogCapture()
    before = structlog.get_config()["processors"]
    structlog.configure(processors=[capture])
    yield capture.entries
    structlog.configure(processors=before)


def test_work_goes_on_after_any_exception_and_its_traceback_is_logged(said: list[Any]) -> None:
    outcomes: list[Exception | None] = [KeyError("a"), KeyError("b"), OSError("c"), None]
    done = threading.Event()

    def work() -> float:
        error = outcomes.pop(0)
        if error is not None:
            raise error
        done.set()
        return 60.0

    with in_background("test", work, failed="not_done", failed_pause_s=0.001):
        assert done.wait(30)
    events = [(event["event"], event["error"], bool(event.get("exc_info"))) for event in said]
    # The same error twice running needs no second traceback.
    assert events == [
        ("not_done", "KeyError", True),
        ("not_done", "KeyError", False),
        ("not_done", "OSError", True),
    ]


@pytest.fixture
def apart(endpoint: Endpoint, with_districts: str) -> Iterator[Database]:
    """A database that no service of the test before drains any more."""
    with new_database(endpoint, with_districts) as database:
        yield database


def test_coverage_is_drained_although_the_command_for_many_cells_cannot_be_started(
    apart: Database, said: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(coverage_worker, "AWAY_S", 0.01)
    number, _code = boundaries(apart.owner)[0]
    forget(apart.owner, number)
    assert waiting(apart.service)[0] > 0
    command = coverage_worker.Bulk(("/nowhere/luotu",), cells=1)
    gauges = coverage_worker.Gauges(CollectorRegistry())
    with coverage_worker.draining(apart.service, gauges, command):
        until(lambda: waiting(apart.service)[0] == 0)
    assert [event["error"] for event in said if event["event"] == "coverage_not_drained"] == [
        "FileNotFoundError"
    ]


def test_tracks_are_forgotten_after_an_error_that_is_not_the_databases(
    database: Database, said: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retention_worker, "AWAY_S", 0.01)
    # Further back than any calendar.
    with retention_worker.forgetting(database.service, 10**7, 10**7):
        until(lambda: len(said) >= 2)
    assert {event["event"] for event in said} == {"tracks_not_forgotten"}
    assert said[0]["error"] == "OverflowError"
