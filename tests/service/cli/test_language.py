"""The command line speaks the language of the terminal, and both where it names none."""

import os
import re
import subprocess
import sys

import pytest

from tests.service.cli.command_line import CommandLine

CHINESE = re.compile("[\u4e00-\u9fff]")


def help_of(command: str, locale: str) -> str:
    """What ``--help`` prints in a locale, in a process of its own."""
    process = subprocess.run(
        [sys.executable, "-m", "service.cli", command, "--help"],
        env={**os.environ, "LC_ALL": locale},
        check=True,
        capture_output=True,
        text=True,
        encoding="utf-8",
    )
    return process.stdout


def test_an_english_terminal_reads_no_chinese_in_the_help() -> None:
    printed = help_of("user", "en_US.UTF-8")
    assert "Make an account" in printed
    assert CHINESE.search(printed) is None


def test_a_chinese_terminal_reads_the_help_of_commands_in_chinese() -> None:
    printed = help_of("user", "zh_CN.UTF-8")
    assert "新建账号" in printed
    assert "Make an account" not in printed


@pytest.mark.parametrize(
    ("locale", "heads"),
    [
        ("zh_CN.UTF-8", ["账号", "角色", "范围", "最近登录", "状态"]),
        ("en_US.UTF-8", ["name", "role", "districts", "last sign-in", "state"]),
        (
            "C.UTF-8",
            ["账号 name", "角色 role", "范围 districts", "最近登录 last sign-in", "状态 state"],
        ),
    ],
)
def test_the_heads_of_a_table_are_in_the_language_of_the_terminal(
    luotu: CommandLine, monkeypatch: pytest.MonkeyPatch, locale: str, heads: list[str]
) -> None:
    monkeypatch.setenv("LC_ALL", locale)
    printed = luotu("user", "list").out
    line = next(line for line in printed.splitlines() if heads[0] in line)
    assert [head.strip() for head in re.split("[┃│]", line) if head.strip()] == heads
