"""The long form of test_fuzz.py, asked for by ``make fuzz``: all phases, each role and nobody."""

import pytest

from service.accounts.db.accounts import ROLES
from tests.fuzz import fuzz
from tests.service.conftest import Database, Server
from tests.service.test_fuzz import NOBODY, token_of


@pytest.mark.parametrize("role", [NOBODY, *ROLES])
def test_long_runs_find_no_failure(
    server: Server,
    database: Database,
    role: str,
    pytestconfig: pytest.Config,
    capsys: pytest.CaptureFixture[str],
) -> None:
    minutes = float(pytestconfig.getoption("--fuzz-minutes")) / (len(ROLES) + 1)
    fuzzed = fuzz(server.url, token_of(database, role), seconds=max(1, int(minutes * 60)))
    with capsys.disabled():
        print(fuzzed.report[fuzzed.report.rfind("SUMMARY") :])  # how many requests it was
    assert not fuzzed.found, fuzzed.report
