"""``luotu export plots``: the filters of the service, and words that are none."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.service.cli.command_line import SEEN, SQUARE, CommandLine, shapefile


@pytest.fixture
def plots(luotu: CommandLine, districts: Any, tmp_path: Path) -> None:
    """Two drafts of the same square, planned and of another year."""
    for year in (2025, 2026):
        file = shapefile(tmp_path, SQUARE, year=[year], stage=["planned"])
        done = luotu("import", "plots", file, *SEEN)
        assert done.status == 0, done.err


@pytest.mark.usefixtures("plots")
def test_a_file_holds_what_the_filters_match(luotu: CommandLine, tmp_path: Path) -> None:
    out = tmp_path / "out.geojsonl"
    filters = ("--year", "2026", "--stage", "Planned", "--review", "draft", "--kind", "人工造林")
    done = luotu("export", "plots", out, *filters)
    assert done.status == 0, done.err
    (row,) = map(json.loads, out.read_text(encoding="utf-8").splitlines())
    assert (row["properties"]["year"], row["properties"]["review"]) == (2026, "draft")
    assert "含未审核图斑 1 个" in done.out


@pytest.mark.usefixtures("plots")
def test_a_filter_in_cql2_selects_rows(luotu: CommandLine, tmp_path: Path) -> None:
    out = tmp_path / "out.geojsonl"
    done = luotu("export", "plots", out, "--version", "working", "--filter", "year > 2025")
    assert done.status == 0, done.err
    rows = list(map(json.loads, out.read_text(encoding="utf-8").splitlines()))
    assert {row["properties"]["year"] for row in rows} == {2026}


def test_a_day_that_there_is_not_is_refused_and_nothing_else_is_printed(
    luotu: CommandLine, tmp_path: Path
) -> None:
    wrong = "changed_at > TIMESTAMP('2026-02-30T00:00:00Z')"
    refused = luotu("export", "plots", tmp_path / "out.geojsonl", "--filter", wrong)
    assert (refused.status, refused.out) == (1, "")
    assert "no such day" in refused.err
    assert list(tmp_path.iterdir()) == []


def test_a_stage_that_nobody_knows_is_refused_with_those_there_are(
    luotu: CommandLine, tmp_path: Path
) -> None:
    refused = luotu("export", "plots", tmp_path / "out.zip", "--stage", "grown")
    assert (refused.status, "planted" in refused.err) == (2, True)


@pytest.mark.usefixtures("districts")
def test_a_hand_in_in_no_reference_system_is_refused_before_its_plots_are_checked(
    luotu: CommandLine, tmp_path: Path
) -> None:
    refused = luotu("handin", "220102", "2031", tmp_path / "out.zip", "--crs", "nonsense")
    assert refused.status == 1
    assert ("nonsense" in refused.err, "no_plots" in refused.err) == (True, False)


@pytest.mark.usefixtures("districts")
def test_a_hand_in_without_approved_plots_says_why_and_writes_nothing(
    luotu: CommandLine, tmp_path: Path
) -> None:
    refused = luotu("handin", "220102", "2031", tmp_path / "out.zip")
    assert refused.status == 1
    assert "no_plots" in refused.err
    assert not (tmp_path / "out.zip").exists()
