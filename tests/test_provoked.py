"""Every setting and every problem code is named by a test that provokes it."""

import ast
import re
from collections.abc import Iterator

from gis.verdicts.problems import PROBLEMS
from service.settings import PREFIX, Settings
from tests.conftest import ROOT

ROOMS = ("gis", "data", "maps", "service")
# Where a call bears its code by position; elsewhere it is named: ``code="…"``.
POSITIONS = {
    "AccountRefused": 0,
    "BadValueError": 0,
    "ClusterError": 0,
    "FileRefused": 0,
    "MapError": 0,
    "TrackRefused": 0,
    "Problem": 1,
    "Rejection": 1,
    "RowProblem": 1,
    "RuleProblem": 2,
    "bad_query": 2,
}
CODE = re.compile(r"[a-z][a-z0-9]*(?:_[a-z0-9]+)*")


def called(node: ast.Call) -> str:
    """The last name of what is called."""
    return getattr(node.func, "attr", "") or getattr(node.func, "id", "")


def codes(source: str) -> Iterator[str]:
    """The codes that stand as literals in a module, in what makes problems or before words."""
    tree = ast.parse(source)
    yield from before_words(tree)
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        name = called(node)
        if name not in POSITIONS and not name.endswith(("Error", "Refused")):
            continue
        given = [keyword.value for keyword in node.keywords if keyword.arg == "code"]
        given += node.args[POSITIONS[name] :][:1] if name in POSITIONS else []
        yield from (
            part.value
            for value in given
            for part in ast.walk(value)
            if isinstance(part, ast.Constant)
            and isinstance(part.value, str)
            and CODE.fullmatch(part.value)
        )


def before_words(tree: ast.Module) -> Iterator[str]:
    """The literals before a `Message` in a tuple or a call: the code, perhaps the field."""
    messages = {
        target.id
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign) and is_message(node.value)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    for node in ast.walk(tree):
        given = getattr(node, "elts", None) if isinstance(node, ast.Tuple) else None
        if isinstance(node, ast.Call):
            given = node.args
        for place, words in enumerate(given or ()):
            if is_message(words) or (isinstance(words, ast.Name) and words.id in messages):
                yield from (
                    str(before.value)
                    for before in (given or ())[:place]
                    if isinstance(before, ast.Constant) and CODE.fullmatch(str(before.value))
                )


def is_message(node: ast.AST) -> bool:
    """Whether a node makes words of two languages."""
    return isinstance(node, ast.Call) and called(node) == "Message"


def codes_of_the_product() -> set[str]:
    """All problem codes."""
    return set(PROBLEMS) | {
        code
        for room in ROOMS
        for path in (ROOT / room).rglob("*.py")
        if "node_modules" not in path.parts
        for code in codes(path.read_text(encoding="utf-8"))
    }


def words_of_the_tests() -> set[str]:
    """Every word of the literals of the tests, with those of this module left out."""
    words: set[str] = set()
    for path in (ROOT / "tests").rglob("*.py"):
        if path.name == "test_provoked.py":
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                words.update(re.findall(r"\w+", node.value))
            elif isinstance(node, ast.keyword) and node.arg:
                words.add(node.arg)
    return words


def test_every_problem_code_is_named_by_a_test() -> None:
    assert codes_of_the_product() - words_of_the_tests() == set()


def test_every_setting_is_named_by_a_test() -> None:
    words = words_of_the_tests()
    unnamed = {
        name
        for name in Settings.model_fields
        if name not in words and f"{PREFIX}{name.upper()}" not in words
    }
    assert unnamed == set()


def test_a_code_is_found_wherever_a_call_bears_it() -> None:
    planted = """
raise Problem(422, "first_code", Message("一", "one"))
raise GeometryError(Message("二", "two"), code="second_code")
raise FileRefused("third_code", what, remedy)
log.info("no_code", code="elsewhere")
words = Message("四", "four")
faults.append(("field", "fourth_code", words))
yield Fault("fifth_code", "warn", Message("五", "five"))
raise WrongError("sixth_code", Message("六", "six"))
"""
    found = set(codes(planted))
    names = ("first", "second", "third", "fourth", "fifth", "sixth")
    assert {f"{name}_code" for name in names} <= found
    assert "no_code" not in found
