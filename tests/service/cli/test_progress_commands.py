"""``luotu progress``, ``luotu moves``, ``luotu bulletin`` and ``luotu map progress``."""

from pathlib import Path

import pytest

from tests.service.cli.command_line import CommandLine

pytestmark = pytest.mark.usefixtures("known_districts")


def test_without_plans_progress_is_empty_and_its_map_says_so(
    luotu: CommandLine, tmp_path: Path
) -> None:
    said = luotu("progress", "--format", "csv")
    assert said.status == 0, said.err
    assert said.out.lstrip("\ufeff").startswith("plan,indicator")
    page = tmp_path / "进度.html"
    said = luotu("map", "progress", page)
    assert said.status == 0, said.err
    assert "还没有下达或有完成率的任务，没有数据" in page.read_text("utf-8")


def test_what_is_not_there_is_refused_in_words(luotu: CommandLine, tmp_path: Path) -> None:
    for arguments in (
        ("bulletin", "NONE", tmp_path / "a.docx"),
        ("progress", "--plan", "NONE"),
        ("moves", "7", "--since", "2026-01-01"),
    ):
        said = luotu(*arguments)
        assert (said.status, bool(said.err.strip())) == (1, True), arguments
    assert not (tmp_path / "a.docx").exists()
    assert luotu("bulletin", "NONE", tmp_path / "a.pdf").status == 2
    assert luotu("bulletin", "NONE", tmp_path / "a.docx", "--kind", "weekly").status == 2
