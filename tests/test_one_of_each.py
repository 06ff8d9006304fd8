"""What the product has one of: a clock, a range of years, a writer of CSV, a pattern, a check.

Each rule is a pattern and the only files that may hold it.
"""

import re
from pathlib import Path
from typing import NamedTuple

import pytest

from data.districts.code_patterns import DISTRICT, TOWN, VILLAGE
from data.years import FIRST_YEAR, LAST_YEAR
from tests.conftest import ROOT

ROOMS = ("gis", "data", "maps", "service")
# History, and what is made or not ours.
NOT_READ = {"node_modules", "dist", "versions", "baseline", "schema.d.ts"}


class OneOf(NamedTuple):
    """A pattern of source lines, the files that may hold it, and a line that must be found."""

    pattern: str
    files: frozenset[str]
    planted: str


ONE_OF_EACH = {
    "the clock": OneOf(
        r"datetime\.(now|today|utcnow)\(|date\.today\(|(?<![\w.])time\.time\(",
        # The folder of the embedded database notes when it was made; it lies below the web.
        frozenset(["service/web/timestamps.py", "service/embedded/create.py"]),
        "late = datetime.now(UTC) > expires_at",
    ),
    "a moment as it is told": OneOf(
        # In UTC it is yesterday's for eight hours a day: `today`, `in_words` are Beijing's.
        r"now\(\)\.(date|isoformat|strftime)\(|\{now\(\)[}:!]",
        frozenset(),
        'notes = [f"截至 {now().date()}"]',
    ),
    "a day cut out of a text": OneOf(
        # What the reader's own process writes; `data.days.day` reads what people write.
        r"date\.fromisoformat\(.*\[:",
        frozenset(["data/reading/features.py"]),
        "on = date.fromisoformat(str(value)[:10])",
    ),
    "the first and last year": OneOf(
        r"(?<![\w-])(1949|2100)\b(?!-)(?!, 1)",
        frozenset(["data/years.py", "maps/workspace/src/plot/years.ts"]),
        "year: int = Field(ge=1949, le=2100)",
    ),
    "a range of years": OneOf(
        r"^(export const )?(FIRST|LAST)_YEAR\b[^=\n]*=(?!=)",
        frozenset(["data/years.py", "maps/workspace/src/plot/years.ts"]),
        "FIRST_YEAR, LAST_YEAR = 1900, 2200",
    ),
    "the pattern of a district's code": OneOf(
        r"(\[0-9\]|\\d)\{6\}(\$|\()|\^(\[0-9\]|\\d)\{(9|12|15)\}\$",
        frozenset(["data/districts/code_patterns.py"]),
        'CODE = "^[0-9]{6}([0-9]{3}){0,3}$"',
    ),
    "the search for a NUL": OneOf(
        r"""(?<!b)["']\\(x00|0|u0000)["']""",
        frozenset(["data/text_cleaning.py"]),
        'if "\\x00" in name:',
    ),
    "the judgement of a patrol": OneOf(
        r"(?<!def )\bshortfalls\(",
        frozenset(["gis/tracks/evaluation.py"]),
        "codes = [short.code for short in shortfalls(patrol, rule)]",
    ),
    "the writer of CSV": OneOf(
        r"csv\.(writer|DictWriter)\(|\.to_csv\(",
        frozenset(["data/writing/csv.py"]),
        "table = csv.DictWriter(lines, columns)",
    ),
}


def strays(root: Path, rule: OneOf) -> list[str]:
    """``file:line`` of the lines that hold the pattern where it may not stand."""
    return [
        f"{name}:{number}"
        for room in ROOMS
        for path in sorted((root / room).rglob("*"))
        if path.suffix in {".py", ".ts", ".vue"}
        and not NOT_READ & set(path.parts)
        and not path.name.endswith(".test.ts")
        and (name := path.relative_to(root).as_posix()) not in rule.files
        for number, line in enumerate(path.read_text("utf-8").splitlines(), start=1)
        if re.search(rule.pattern, line)
    ]


@pytest.mark.parametrize("name", ONE_OF_EACH)
def test_there_is_one_of_each(name: str) -> None:
    assert strays(ROOT, ONE_OF_EACH[name]) == []


@pytest.mark.parametrize("name", ONE_OF_EACH)
def test_every_named_file_holds_what_it_is_named_for(name: str) -> None:
    rule = ONE_OF_EACH[name]
    for file in rule.files:
        assert re.search(rule.pattern, (ROOT / file).read_text("utf-8"), re.MULTILINE), file


@pytest.mark.parametrize("name", ONE_OF_EACH)
def test_a_second_one_is_found(tmp_path: Path, name: str) -> None:
    module = tmp_path / "service" / "plots" / "planted.py"
    module.parent.mkdir(parents=True)
    module.write_text(f'"""Planted."""\n{ONE_OF_EACH[name].planted}\n', encoding="utf-8")
    assert strays(tmp_path, ONE_OF_EACH[name]) == ["service/plots/planted.py:2"]


def test_the_workspace_has_the_years_of_the_service() -> None:
    source = (ROOT / "maps/workspace/src/plot/years.ts").read_text("utf-8")
    assert re.findall(r"export const (\w+_YEAR) = (\d+);", source) == [
        ("FIRST_YEAR", str(FIRST_YEAR)),
        ("LAST_YEAR", str(LAST_YEAR)),
    ]


def test_the_patterns_of_codes_tell_the_levels_apart() -> None:
    codes = ["220102", "220102001", "220102001002", "220102001002003", "22010", "２２０１０２"]
    matched = {
        pattern: [code for code in codes if re.fullmatch(pattern, code)]
        for pattern in (DISTRICT, TOWN, VILLAGE)
    }
    assert matched == {DISTRICT: codes[:4], TOWN: codes[1:2], VILLAGE: codes[2:3]}
