"""Bounds and durations of the settings as commands meet them."""

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from service.accounts.db.accounts import AccountRefused
from service.cli import accounts as account_commands
from service.cli import import_options
from service.cli.database import verify
from service.database.engine import make_engine
from service.embedded import Cluster
from service.errors import Problem
from tests.service.cli.command_line import SEEN, SQUARE, CommandLine, shapefile

APPROVED = ("--review", "approved", "--why", "二类调查成果")


def as_owner(home: Path, statement: str) -> object:
    """One value, asked as the owner of the database."""
    with Cluster(home).running() as endpoint:
        owner = make_engine(endpoint.url("owner"))
        try:
            with owner.begin() as connection:
                result = connection.execute(text(statement))
                return result.scalar() if result.returns_rows else None
        finally:
            owner.dispose()


@pytest.mark.usefixtures("districts")
@pytest.mark.parametrize("what", ["districts", "zones", "areas"])
def test_a_file_that_is_read_whole_has_a_bound_of_its_own(
    luotu: CommandLine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    monkeypatch.setattr(import_options, "WHOLE_FILE_FEATURES", 1)
    said = luotu("import", what, shapefile(tmp_path, SQUARE, SQUARE))
    assert (said.status, said.code) == (1, "too_many_features"), said.err
    assert "2 features, 1 are allowed" in said.err


@pytest.mark.usefixtures("districts")
def test_a_file_larger_than_the_bound_is_refused(
    luotu: CommandLine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LUOTU_UPLOAD_LIMIT_BYTES", "1000")
    path = tmp_path / "plots.geojson"
    path.write_text("{" + " " * 2_000)
    said = luotu("import", "plots", path)
    assert (said.status, "send it in parts" in said.err) == (1, True), said.err


@pytest.mark.usefixtures("districts")
def test_a_file_of_more_features_than_the_bound_is_refused(
    luotu: CommandLine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LUOTU_IMPORT_LIMIT", "1")
    said = luotu("import", "plots", shapefile(tmp_path, SQUARE, SQUARE))
    assert (said.status, "1 are allowed" in said.err) == (1, True), said.err


def lifetime(home: Path, kind: str) -> timedelta:
    """How long the newest credential of a kind lasts."""
    order = "ORDER BY id DESC LIMIT 1"
    stored = as_owner(
        home, f"SELECT expires_at - created_at FROM credential WHERE kind = '{kind}' {order}"
    )
    assert isinstance(stored, timedelta)
    return stored


def test_a_link_lasts_as_long_as_the_setting_says(
    luotu: CommandLine, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LUOTU_LINK_HOURS", "3")
    assert luotu("user", "add", "li", "--role", "viewer").status == 0
    assert abs(lifetime(home, "link") - timedelta(hours=3)) < timedelta(seconds=1)


def test_a_token_lasts_as_long_as_the_setting_says(
    luotu: CommandLine, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LUOTU_TOKEN_DAYS", "5")
    assert luotu("user", "add", "wang", "--role", "viewer").status == 0
    assert luotu("token", "wang").status == 0
    assert abs(lifetime(home, "token") - timedelta(days=5)) < timedelta(seconds=1)


@pytest.mark.usefixtures("luotu")
def test_a_user_that_nobody_added_is_refused() -> None:
    with pytest.raises(AccountRefused, match="luotu user add") as refused:
        account_commands.link("nobody")
    assert refused.value.code == "unknown_account"


@pytest.mark.usefixtures("districts")
def test_figures_that_differ_are_told(luotu: CommandLine, home: Path, tmp_path: Path) -> None:
    assert luotu("import", "plots", shapefile(tmp_path, SQUARE), *SEEN, *APPROVED).status == 0
    assert luotu("db", "verify").status == 0
    as_owner(home, "UPDATE coverage_district SET plot_count = plot_count + 1")
    with pytest.raises(Problem, match="--repair") as refused:
        verify()
    assert (refused.value.status, refused.value.code) == (500, "figures_differ")
    assert luotu("db", "verify", "--repair").status == 0


@pytest.mark.usefixtures("districts")
def test_a_border_that_begins_in_the_future_is_refused(luotu: CommandLine, tmp_path: Path) -> None:
    path = tmp_path / "districts.geojson"
    path.write_text(path.read_text("utf-8").replace("125.2", "125.19"), "utf-8")
    report = tmp_path / "report.csv"
    said = luotu("import", "districts", path, "--valid-from", "2099-01-01", "--report", report)
    assert said.status == 1, said.err
    assert "bad_valid_from" in report.read_text("utf-8-sig")


@pytest.mark.usefixtures("districts")
def test_figures_are_right_where_every_marked_cell_is_a_bulk(
    luotu: CommandLine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LUOTU_COVERAGE_BULK_CELLS", "1")
    before = luotu("coverage", "--format", "csv").out
    assert luotu("import", "plots", shapefile(tmp_path, SQUARE), *SEEN, *APPROVED).status == 0
    assert luotu("db", "verify").status == 0
    assert luotu("coverage", "--format", "csv").out != before
