"""By what a plot is found when a part of its name is typed."""

from itertools import pairwise

import pytest

from tests.service.database.sql.conftest import Sql

QUERY = "SELECT name_grams('220122', :unit, :name)"


def grams(sql: Sql, name: str | None, unit: str | None = None) -> set[str] | None:
    keys = sql.value(QUERY, name=name, unit=unit)
    return None if keys is None else set(keys)


def test_characters_pairs_letters_county_and_unit_are_keys(sql: Sql) -> None:
    expected = {"@220122", "@unit:U1", "农", "安", "a", "农安", "安a", "~na", "~aa"}
    assert grams(sql, "农 安A", "U1") == expected


def test_a_plot_without_a_name_has_none(sql: Sql) -> None:
    assert grams(sql, None) is None


def test_what_has_no_county_is_found_by_its_name_all_the_same(sql: Sql) -> None:
    assert sql.value("SELECT name_grams(NULL, NULL, '农安')") == ["农", "安", "农安", "~na"]


def test_a_name_of_blanks_alone_is_found_by_its_county(sql: Sql) -> None:
    assert grams(sql, "  ") == {"@220122"}


@pytest.mark.parametrize(
    ("name", "letters"), [("重庆", {"~zq", "~cq"}), ("长春", {"~zc", "~cc"}), ("农安", {"~na"})]
)
def test_names_of_places_have_both_readings(sql: Sql, name: str, letters: set[str]) -> None:
    assert {key for key in grams(sql, name) or () if key[0] == "~"} == letters


def test_every_first_letter_is_known(sql: Sql) -> None:
    name = "安北城东恩发高海江口林民农欧平青人三天文西永中"
    keys = grams(sql, name) or set()
    assert {f"~{pair}" for pair in map("".join, pairwise(LETTERS))} <= keys


LETTERS = "abcdefghjklmnopqrstwxyz"


def test_the_grams_of_names_are_not_gathered_as_statistics(sql: Sql) -> None:
    for n in range(30):
        plot = sql.plot(125.05)
        sql.run(
            "UPDATE plot_version SET name = :name WHERE plot_id = :id", name=f"南坡{n}", id=plot
        )
    sql.run("ANALYZE plot_version")
    assert sql.value("SELECT count(*) FROM pg_stats WHERE tablename = 'plot_version_name_idx'") == 0


def test_few_names_wait_to_be_put_into_the_indexes_that_a_search_goes_through(sql: Sql) -> None:
    options = sql.column(
        "SELECT array_to_string(reloptions, ',') FROM pg_class WHERE relname LIKE '%\\_name\\_idx' "
        "AND relam = (SELECT oid FROM pg_am WHERE amname = 'gin')"
    )
    assert options == ["gin_pending_list_limit=128"] * 3
