"""``luotu calendar``."""

from pathlib import Path

import pytest

from service.web.timestamps import today
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
    luotu: CommandLine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "stations.csv"
    path.write_text(f"name,lon,lat,deadline\n东站,125.05,43.05,{today()}\n", "utf-8")
    due = luotu("import", "records", path, "--into", "fire_station")
    assert due.status == 0, due.err
    said = luotu("calendar", "--remind")
    assert (said.status, said.code) == (1, "no_reminder_address")
    assert "LUOTU_REMINDER_URLS" in said.err
    monkeypatch.setenv("LUOTU_REMINDER_URLS", "json://127.0.0.1:1/")
    said = luotu("calendar", "--remind")
    assert (said.status, said.code) == (1, "reminder_not_sent")
    assert "127.0.0.1" not in said.err
