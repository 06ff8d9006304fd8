"""Every problem code is demanded by a test that provokes it, and every setting is set by one."""

import ast
import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cache

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
VARIABLE = re.compile(rf"\b{PREFIX}[A-Z0-9_]+")


def called(node: ast.Call) -> str:
    """The last name of what is called."""
    return getattr(node.func, "attr", "") or getattr(node.func, "id", "")


def codes(source: str) -> Iterator[str]:
    """The codes that stand as literals in a module, in what makes problems or before words."""
    nodes = list(ast.walk(ast.parse(source)))
    yield from before_words(nodes)
    for node in nodes:
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


def before_words(nodes: Sequence[ast.AST]) -> Iterator[str]:
    """The literals before a `Message` in a tuple or a call: the code, perhaps the field."""
    messages = {
        target.id
        for node in nodes
        if isinstance(node, ast.Assign) and is_message(node.value)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    for node in nodes:
        parts = node.elts if isinstance(node, ast.Tuple) else None
        if isinstance(node, ast.Call):
            parts = node.args
        for place, words in enumerate(parts or ()):
            if is_message(words) or (isinstance(words, ast.Name) and words.id in messages):
                yield from (
                    str(before.value)
                    for before in (parts or ())[:place]
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


def given(nodes: Sequence[ast.AST]) -> Iterator[str]:
    """What a module gives by name: arguments, keys, variables of an environment; no docstrings."""
    said = {id(node.value) for node in nodes if isinstance(node, ast.Expr)}
    for node in nodes:
        if isinstance(node, ast.keyword) and node.arg:
            yield node.arg
        elif isinstance(node, ast.Constant) and id(node) not in said:
            text = str(node.value)
            yield from (text, *VARIABLE.findall(text))


@cache
def of_the_tests() -> tuple[set[str], set[str]]:
    """What all modules of the tests but this one give, and what they demand."""
    all_given: set[str] = set()
    all_demanded: set[str] = set()
    for path in (ROOT / "tests").rglob("*.py"):
        if path.name != "test_provoked.py":
            nodes = list(ast.walk(ast.parse(path.read_text(encoding="utf-8"))))
            all_given.update(given(nodes))
            all_demanded.update(demanded(nodes))
    return all_given, all_demanded


def demanded(nodes: Sequence[ast.AST]) -> Iterator[str]:
    """Words that a test fails without: of what is asserted or must be raised, and of cases of a
    parameter that is named there. What is only said when an assertion fails is none of them.
    """
    for demand in demands(nodes):
        yield from literals(demand)
    for function in nodes:
        if not isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        cases = [
            call
            for call in function.decorator_list
            if isinstance(call, ast.Call) and called(call) == "parametrize"
        ]
        if not cases:
            continue
        named = {
            node.id
            for demand in demands(ast.walk(function))
            for node in ast.walk(demand)
            if isinstance(node, ast.Name)
        }
        for call in cases:
            yield from words_of_cases(call, named)


def demands(nodes: Iterable[ast.AST]) -> Iterator[ast.AST]:
    """What is asserted, and what must be raised."""
    for node in nodes:
        if isinstance(node, ast.Assert):
            yield node.test
        elif isinstance(node, ast.Call) and called(node) == "raises":
            yield node


def words_of_cases(call: ast.Call, named: set[str]) -> Iterator[str]:
    """Words in the cases of ``parametrize``, where the parameter's name is among the ``named``."""
    names = [name.strip() for text in literal_texts(call.args[0]) for name in text.split(",")]
    for case in getattr(call.args[1], "elts", [call.args[1]]):
        parts = [case] * len(names)
        if isinstance(case, ast.Call) and called(case) == "param":
            parts = case.args
        elif isinstance(case, ast.Tuple) and len(names) > 1:
            parts = case.elts
        for name, part in zip(names, parts, strict=False):
            if name in named:
                yield from literals(part)


def literals(tree: ast.AST) -> Iterator[str]:
    """The words of the texts in a part of a module."""
    for text in literal_texts(tree):
        yield from re.findall(r"\w+", text)


def literal_texts(tree: ast.AST) -> Iterator[str]:
    """The texts in a part of a module."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value


def test_every_problem_code_is_demanded_by_a_test() -> None:
    _, words = of_the_tests()
    assert codes_of_the_product() - words == set()


def test_a_word_in_passing_demands_nothing() -> None:
    planted = '''
"""first_code"""
WORDS = {"second_code": "third_code"}
@pytest.mark.parametrize(("given", "code"), [("fourth_code", "fifth_code")])
def test_one(given, code):
    """sixth_code"""
    made = put("seventh_code", given)
    assert made.code == code, "eighth_code"
    assert made.words["ninth_code"] == "one tenth_code"
    with pytest.raises(Problem, match="eleventh_code"):
        put("twelfth_code")
'''
    found = {
        word for word in demanded(list(ast.walk(ast.parse(planted)))) if word.endswith("_code")
    }
    assert found == {"fifth_code", "ninth_code", "tenth_code", "eleventh_code"}


def test_every_setting_is_given_by_a_test() -> None:
    names, _ = of_the_tests()
    ungiven = {
        name for name in Settings.model_fields if not names & {name, f"{PREFIX}{name.upper()}"}
    }
    assert ungiven == set()


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
