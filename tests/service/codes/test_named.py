"""A word is looked up in the database: it names the same code as a look through the whole list."""

import pytest
from sqlalchemy import text

from service.codes.db.codes import codes, codes_named
from tests.service.conftest import Database

# One in a table of its own, one with hundreds, two with words of several letters beside labels.
LISTS = ("kind", "species", "unit_of_measure", "zone_level")


@pytest.mark.parametrize("name", LISTS)
def test_each_word_names_the_first_code_that_has_it(database: Database, name: str) -> None:
    first: dict[str, str] = {}
    with database.service.connect() as connection:
        for row in codes(connection, name):
            words = (row["code"], row["label_zh"], row["label_en"], *row.get("alias", "").split())
            for word in words:
                first.setdefault(word, row["code"])
        named = codes_named(connection, name, list(first))
    assert {word: row["code"] for word, row in named.items()} == first


@pytest.mark.parametrize("name", LISTS)
def test_a_part_of_a_word_and_a_word_of_another_list_name_nothing(
    database: Database, name: str
) -> None:
    with database.service.connect() as connection:
        assert (
            codes_named(connection, name, ["", "落叶松 ", "黄花落", "no such", "programme"]) == {}
        )


def test_a_named_code_is_told_as_in_its_list(database: Database) -> None:
    with database.service.connect() as connection:
        listed = {row["code"]: row for row in codes(connection, "species")}
        named = codes_named(connection, "species", ["黄花落叶松", "Korean pine"])
    assert named["黄花落叶松"] == listed["LAROLG"]
    assert named["Korean pine"] == listed["PINKOR"]


def test_no_word_is_not_asked_for(database: Database) -> None:
    with database.service.connect() as connection:
        assert codes_named(connection, "kind", []) == {}
        assert connection.scalar(text("SELECT 1")) == 1
