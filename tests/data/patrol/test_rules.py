"""Rules of patrols: what a table says, and what of it is no rule."""

from pathlib import Path

import pytest

from data.codes import code_list
from data.errors import FileRefused
from data.patrol.rules import read_patrol_rules, shipped_patrol_rules

HEAD = "code,label_zh,level,place,unit,visits,days,swath_m,source\n"


def table(tmp_path: Path, *rows: str, head: str = HEAD) -> Path:
    """A file of these rows."""
    path = tmp_path / "rules.csv"
    path.write_text(head + "\n".join(rows), "utf-8-sig")
    return path


def test_a_rule_says_level_place_frequency_and_width(tmp_path: Path) -> None:
    (rule,) = read_patrol_rules(table(tmp_path, "A,镇,town,3607,month,2,,60,本县")).rules
    fields = rule["level"], rule["place"], rule["unit"], rule["visits"], rule["swath_m"]
    assert fields == ("town", "3607", "month", 2, 60.0)


@pytest.mark.parametrize(
    ("row", "field", "code"),
    [
        pytest.param("A,镇,,36,month,1,,50,本县", "level", "missing", id="no level"),
        pytest.param("A,镇,street,36,month,1,,50,本县", "level", "unknown_code", id="level"),
        pytest.param("A,镇,town,36,fortnight,1,,50,本县", "unit", "unknown_code", id="unit"),
        pytest.param("A,镇,town,36,month,,,50,本县", "unit", "missing", id="no visits"),
        pytest.param("A,镇,town,36,,,,50,本县", "visits", "missing", id="asks for nothing"),
        pytest.param(
            "A,镇,town,36,month,1.5,,50,本县", "visits", "not_a_number", id="half a visit"
        ),
        pytest.param("A,镇,grid,36,,,20 20,50,本县", "days", "not_a_number", id="two months"),
        pytest.param("A,镇,town,36,month,1,,-5,本县", "swath_m", "out_of_range", id="width"),
        pytest.param("A,镇,town,赣,month,1,,50,本县", "place", "not_a_number", id="place"),
        pytest.param("A,镇,town,36,month,1,,50,", "source", "missing", id="no source"),
    ],
)
def test_a_row_that_is_no_rule_is_told_and_kept_apart(
    tmp_path: Path, row: str, field: str, code: str
) -> None:
    read = read_patrol_rules(table(tmp_path, row, "B,村,village,36,month,1,,50,本县"))
    assert [rule["code"] for rule in read.rules] == ["B"]
    assert (1, field, code) in [
        (problem.row, problem.field, problem.code) for problem in read.problems
    ]


def test_two_rules_for_one_level_and_place_are_told(tmp_path: Path) -> None:
    rows = ("A,镇,town,36,month,1,,50,本县", "B,镇,town,36,month,2,,50,本县")
    read = read_patrol_rules(table(tmp_path, *rows))
    assert [(problem.row, problem.code) for problem in read.problems] == [(2, "repeated")]


def test_a_table_of_something_else_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FileRefused, match="level"):
        read_patrol_rules(table(tmp_path, "1,2", head="a,b\n"))


def test_the_rules_of_the_product_have_a_rule_for_every_level_everywhere() -> None:
    levels = {rule["level"] for rule in shipped_patrol_rules() if not rule["place"]}
    assert levels == {row.code for row in code_list("zone_level")}


def test_a_ranger_owes_more_days_in_the_fire_season() -> None:
    (rule,) = (shipped for shipped in shipped_patrol_rules() if shipped["code"] == "WG")
    assert rule["days"] == [20] * 5 + [10] * 4 + [20] * 3
    assert (rule["min_length_m"], rule["min_minutes"]) == (3000.0, 60.0)


@pytest.mark.parametrize("encoding", ["gbk", "big5", "utf-16"])
def test_a_table_of_rules_is_read_in_the_encoding_that_it_is_in(
    tmp_path: Path, encoding: str
) -> None:
    path = tmp_path / "rules.csv"
    written = HEAD.replace(",", "\t") + "A\t鄉級巡護\ttown\t3607\tmonth\t2\t\t60\t本縣"
    path.write_bytes(written.encode(encoding))
    read = read_patrol_rules(path)
    assert [rule["label_zh"] for rule in read.rules] == ["鄉級巡護"]
    told = " ".join(note.en.lower() for note in read.notes)
    assert {"gbk": "gb18030", "big5": "big5", "utf-16": ""}[encoding] in told
