"""A refusal by HTTP names fields of forms where one at the command line names options."""

import ast
import re
from pathlib import Path

import pytest

from gis.messages import Message
from service.web.form_fields import by_fields
from tests.service.conftest import SignIn

ROOT = Path(__file__).parents[3]
OPTION = re.compile(r"(?<![\w-])--[a-z][a-z-]*")
# Who runs the machine reads these, and files that are taken back by a command.
COMMANDS = ("cli", "embedded", "database", "backup", "lake", "run", "tests")
ALLOWED = {"--report", "--into"}


def test_an_unknown_encoding_is_answered_by_the_field_that_said_it(sign_in: SignIn) -> None:
    gis = sign_in("gis")
    for language, named in (("zh", "“文字编码”（encoding）"), ("en", "“Encoding” (encoding)")):
        answer = gis.post(
            "/api/areas/files",
            files={"file": ("areas.csv", b"a,b\n1,2\n")},
            data={"encoding": "klingon"},
            headers={"Accept-Language": language},
        )
        assert answer.status_code == 422
        assert named in answer.json()["detail"]
        assert not OPTION.search(answer.text)


@pytest.mark.parametrize(
    ("zh", "en"),
    [
        ("请用 --field kind=列名 指定。", "name one by --field kind=COLUMN."),
        ("请用 --crs EPSG:4547 换算", "bring them by --crs EPSG:4547"),
        (
            "确认后加 --acknowledge same_ground 重新导入",
            "import again with --acknowledge same_ground",
        ),
        ("请去掉 --layer", "leave --layer out"),
    ],
)
def test_what_follows_an_option_stays(zh: str, en: str) -> None:
    told = by_fields(Message(zh, en))
    assert not OPTION.search(str(told))
    for value in ("kind=列名", "EPSG:4547", "same_ground"):
        assert (value in told.zh) == (value in zh)
    assert "  " not in str(told)


def _messages(tree: ast.AST) -> list[str]:
    calls = [
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id == "Message"
    ]
    return [
        part.value
        for call in calls
        for part in ast.walk(call)
        if isinstance(part, ast.Constant) and isinstance(part.value, str)
    ]


def test_every_option_that_a_sentence_names_has_its_field() -> None:
    left = []
    for room in ("gis", "data", "service"):
        for path in (ROOT / room).rglob("*.py"):
            if any(part in COMMANDS for part in path.relative_to(ROOT).parts):
                continue
            for text in _messages(ast.parse(path.read_text("utf-8"))):
                named = set(OPTION.findall(by_fields(Message(text, text)).zh)) - ALLOWED
                left += [f"{path}: {option}" for option in named]
    assert left == []
