"""``LUOTU_LOG_LEVEL``: what is less than the level is not written."""

import json
import subprocess
import sys
from typing import Final

import pytest

from service.settings import SettingsError, load

# In a process of its own, whose standard error nobody else writes to.
_SAY: Final = """
import logging, structlog
from service.settings import load
from service.web.access_log import configure_logs
configure_logs(load().log_level)
log = structlog.get_logger()
for level in ("debug", "info", "warning", "error"):
    getattr(log, level)("ours")
    getattr(logging.getLogger("theirs"), level)("theirs")
"""


@pytest.mark.parametrize(
    ("level", "ours", "theirs"),
    [
        ("debug", ["debug", "info", "warning", "error"], ["warning", "error"]),
        ("info", ["info", "warning", "error"], ["warning", "error"]),
        ("warning", ["warning", "error"], ["warning", "error"]),
        ("error", ["error"], ["error"]),
    ],
)
def test_only_what_is_grave_enough_is_written(
    level: str, ours: list[str], theirs: list[str]
) -> None:
    said = subprocess.run(
        [sys.executable, "-c", _SAY],
        env={"LUOTU_LOG_LEVEL": level},
        check=True,
        capture_output=True,
        text=True,
    ).stderr.splitlines()
    lines = [json.loads(line) for line in said]
    assert [line["level"] for line in lines if line["event"] == "ours"] == ours
    assert [line["level"] for line in lines if line["event"] == "theirs"] == theirs


def test_a_level_that_there_is_not_stops_the_start() -> None:
    with pytest.raises(SettingsError, match="LUOTU_LOG_LEVEL"):
        load({"LUOTU_LOG_LEVEL": "loud"})
