"""``luotu calendar``."""

from pathlib import Path

import pytest

from tests.service.cli.command_line import CommandLine

pytestmark = pytest.mark.usefixtures("known_districts")


def test_the_calendar_is_printed_and_written(luotu: CommandLine, tmp_path: Path) -> None:
    year = ("--from", "2026-01-01", "--to", "2026-12-31")
    said = luotu("calendar", *year)
    assert said.status == 0, said.err
    assert "2026-06-30" in said.out
    for name, begins in (("c.ics", b"BEGIN:VCALENDAR"), ("c.xlsx", b"PK")):
        assert luotu("calendar", tmp_path / name, *year).status == 0
        assert (tmp_path / name).read_bytes().startswith(begins)
    assert luotu("calendar", tmp_path / "c.doc").status == 2


def test_a_reminder_needs_an_address_that_answers(
    luotu: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = luotu("calendar", "--remind")
    assert (said.status, "LUOTU_REMINDER_URLS" in said.err) == (1, True), "no_reminder_address"
    monkeypatch.setenv("LUOTU_REMINDER_URLS", "json://127.0.0.1:1/")
    said = luotu("calendar", "--remind")
    assert said.status in (0, 1), "reminder_not_sent, where something is due this month"
    assert "127.0.0.1" not in said.err
