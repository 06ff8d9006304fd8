"""No literal of an error holds both languages: a `Message` keeps them apart."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[1]
ROOMS = ("gis", "data", "maps", "service")
# What takes words for people: errors, refusals of parameters, notes and rows of reports.
CALLS = re.compile(
    r"(Error|Refused|Taken|Problem|Rejection|Finding|Misfit|RuleProblem|RowProblem|Missing"
    r"|bad_query|_refuse|_refusal|_refused|BadParameter)$"
)
# What a command prints, and what chooses the language of it.
PRINTED = (
    "echo",
    "Table",
    "add_column",
    "add_row",
    "add_task",
    "print",
    "Typer",
    "Option",
    "Argument",
)
PARTED = ("Message", "label", "words")
CHINESE = re.compile("[\u4e00-\u9fff]")
# Chinese, a gap, and after it no Chinese but a sentence: two English words beside each other.
BOTH = re.compile(
    r"[\u4e00-\u9fff].*?(?:；| / |。 ?)[^\u4e00-\u9fff]*\b[A-Za-z]+,? [a-z]+\b[^\u4e00-\u9fff]*",
    re.DOTALL,
)


def literals(node: ast.AST) -> Iterator[tuple[int, str]]:
    """The texts in a call; each value of an f-string stands as empty braces."""
    for part in ast.walk(node):
        if isinstance(part, ast.JoinedStr):
            pieces = [
                value.value if isinstance(value, ast.Constant) else "{}" for value in part.values
            ]
            yield part.lineno, "".join(map(str, pieces))
        elif isinstance(part, ast.Constant) and isinstance(part.value, str):
            yield part.lineno, part.value


def bilingual(source: str) -> Iterator[tuple[int, str]]:
    """Line and text of each literal in an error call that holds both languages."""
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Call):
            continue
        if CALLS.search(called(node)):
            yield from (literal for literal in literals(node) if both(literal[1]))


def unparted(source: str) -> Iterator[tuple[int, str]]:
    """Chinese that a command prints in any language: in its lines, tables, bars or docstrings."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef) and CHINESE.match(ast.get_docstring(node) or ""):
            yield node.lineno, str(ast.get_docstring(node))
        if isinstance(node, ast.Call) and called(node) in PRINTED:
            parted = {id(part) for call in parted_calls(node) for part in ast.walk(call)}
            yield from (
                (part.lineno, part.value)
                for part in ast.walk(node)
                if isinstance(part, ast.Constant)
                and isinstance(part.value, str)
                and id(part) not in parted
                and CHINESE.search(part.value)
            )


def parted_calls(node: ast.Call) -> Iterator[ast.Call]:
    """The calls within a call that choose a language."""
    for part in ast.walk(node):
        if isinstance(part, ast.Call) and called(part) in PARTED:
            yield part


def called(node: ast.Call) -> str:
    """The last name of what is called."""
    return getattr(node.func, "attr", "") or getattr(node.func, "id", "")


def both(text: str) -> bool:
    """Whether a text is Chinese and then, after a gap, English to its end."""
    return any(
        BOTH.fullmatch(text, match.start()) for match in re.finditer("[\u4e00-\u9fff]", text)
    )


def test_no_error_holds_both_languages_in_one_literal() -> None:
    found = [
        f"{path.relative_to(ROOT)}:{line}: {text}"
        for room in ROOMS
        for path in sorted((ROOT / room).rglob("*.py"))
        for line, text in bilingual(path.read_text(encoding="utf-8"))
    ]
    assert found == []


def test_both_languages_in_one_literal_are_found() -> None:
    planted = """
raise Problem(422, "x", f"没有行政区 {code}；no such district: {code}")
raise AccountRefused("x", "请登录 / sign in first")
raise GeometryError("坐标重复。 It is repeated.", code="x")
raise Problem(422, "x", Message("没有行政区", "no such district"))
typer.echo("已写出；wrote")
"""
    assert [line for line, _ in bilingual(planted)] == [2, 3, 4]


def test_no_command_prints_chinese_whatever_the_language_of_the_terminal_is() -> None:
    found = [
        f"{path.name}:{line}: {text}"
        for path in sorted((ROOT / "service" / "cli").glob("*.py"))
        if path.name != "language.py"  # its docstrings show what it makes
        for line, text in unparted(path.read_text(encoding="utf-8"))
    ]
    assert found == []


def test_chinese_that_is_printed_in_any_language_is_found() -> None:
    planted = """
typer.echo("已停止 stopped")
typer.echo(f"{label('已停止', 'stopped')}: {name}")
table = Table("账号 name")
bar.add_task(label("图斑", "plots"))
def up():
    '''启动。Start.'''
"""
    assert sorted(line for line, _ in unparted(planted)) == [2, 4, 6]
