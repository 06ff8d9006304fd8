"""Field tables of bureaus, and whether a value fits whole."""

import csv
from collections.abc import Mapping
from datetime import date, datetime

import pytest

from data.codes import UnknownCodeError
from data.schemas import SCHEMAS, Encoding, field_mapping, schema, schema_names

LCXZGX = schema("lcxzgx")
ZAOLIN = schema("zaolin")


def codes_of(values: Mapping[str, object], encoding: Encoding = "UTF-8") -> list[str]:
    return [misfit.code for misfit in LCXZGX.check(values, encoding)]


@pytest.mark.parametrize("name", schema_names())
def test_the_columns_are_exactly_those_of_the_contract(name: str) -> None:
    with (SCHEMAS / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        assert next(csv.reader(file)) == ["name", "type", "width", "precision", "label", "source"]


@pytest.mark.parametrize("name", schema_names())
def test_every_field_name_is_ascii_unique_and_of_ten_bytes_at_most(name: str) -> None:
    names = schema(name).names
    assert len({field.lower() for field in names}) == len(names)
    assert all(field.isascii() and field.isidentifier() and len(field) <= 10 for field in names)


@pytest.mark.parametrize("name", schema_names())
def test_every_field_has_a_type_that_dbf_knows_and_a_source(name: str) -> None:
    fields = schema(name).fields
    assert all(field.type in "CND" and field.label and field.source for field in fields)
    assert all(0 < field.width <= 254 for field in fields)


@pytest.mark.parametrize(
    ("field", "form"),
    [
        ("bsm", ("C", 18, 0)),
        ("tbmj", ("N", 18, 2)),
        ("kcxs", ("N", 6, 4)),
        ("sjnf", ("N", 4, 0)),
        ("sheng", ("C", 2, 0)),
        ("xian", ("C", 6, 0)),
        ("xiang", ("C", 9, 0)),
        ("cun", ("C", 12, 0)),
        ("lin_ban", ("C", 4, 0)),
        ("xiao_ban", ("C", 5, 0)),
        ("tu_rang_lx", ("C", 3, 0)),
        ("yu_bi_du", ("N", 6, 2)),
        ("pingjun_sg", ("N", 6, 1)),
        ("mei_gq_xj", ("N", 12, 2)),
        ("huo_lm_xj", ("N", 12, 0)),
        ("zl_dj", ("C", 1, 0)),
    ],
)
def test_official_fields_have_their_official_widths(field: str, form: tuple[str, int, int]) -> None:
    definition = LCXZGX.fields[LCXZGX.names.index(field)]
    assert (definition.type, definition.width, definition.precision) == form


def test_our_own_schema_says_that_it_is_not_official() -> None:
    assert "非官方" in ZAOLIN.title
    assert not ZAOLIN.official


def test_our_own_schema_holds_what_the_national_notice_asks_for() -> None:
    required = "category programme method species_text density_per_ha planted_on evidence_text"
    assert set(required.split()) <= set(field_mapping("zaolin").values())


@pytest.mark.parametrize("name", schema_names())
def test_every_mapped_field_is_in_its_schema(name: str) -> None:
    assert set(field_mapping(name)) <= set(schema(name).names)


def test_an_unknown_schema_is_refused_with_those_there_are() -> None:
    with pytest.raises(UnknownCodeError, match="zaolin"):
        schema("造林")


def test_values_that_fit_have_nothing_told() -> None:
    values = {"dlmc": "乔木林地", "xbmj": 1234.56, "sjnf": 2026, "yu_bi_du": 0.7, "bz": None}
    assert LCXZGX.check(values) == []


def test_a_length_is_counted_in_bytes_of_the_encoding() -> None:
    six = {"tbxhmc": "二十字节以内啊"}  # seven characters: 14 bytes of GBK, 21 of UTF-8
    assert codes_of(six, "GBK") == []
    assert codes_of(six, "UTF-8") == ["too_long"]


def test_a_character_outside_gbk_is_named() -> None:
    (misfit,) = LCXZGX.check({"dlmc": "𬭚木林"}, "GBK")
    assert misfit.code == "not_encodable"
    assert "𬭚" in str(misfit.message)


@pytest.mark.parametrize(
    ("value", "code"),
    [
        pytest.param(1.005, "too_many_decimals", id="third decimal"),
        pytest.param(1e16, "too_big", id="19 places"),
        pytest.param(float("nan"), "not_finite", id="nan"),
        pytest.param(float("inf"), "not_finite", id="infinite"),
        pytest.param("12", "wrong_type", id="text"),
        pytest.param(True, "wrong_type", id="boolean"),
    ],
)
def test_a_number_that_does_not_fit_is_told(value: object, code: str) -> None:
    assert codes_of({"xbmj": value}) == [code]


def test_the_widest_number_still_fits() -> None:
    assert codes_of({"kcxs": 9.9999}) == []
    assert codes_of({"kcxs": 10.0}) == ["too_big"]


def test_a_minus_sign_needs_a_place_too() -> None:
    assert codes_of({"po_du": 45}) == []
    assert codes_of({"po_du": -45}) == ["too_big"]


def test_a_nul_in_a_text_is_told() -> None:
    assert codes_of({"bz": "a\x00b"}) == ["control_character"]


def test_a_lone_surrogate_is_told() -> None:
    assert codes_of({"bz": "\ud800"}) == ["not_encodable"]


def test_a_time_of_day_does_not_fit_a_date() -> None:
    (misfit,) = ZAOLIN.check({"zlsj": datetime.fromisoformat("2026-04-05T08:30")})
    assert misfit.code == "loses_time"


def test_a_date_fits_a_date() -> None:
    assert ZAOLIN.check({"zlsj": date(2026, 4, 5)}) == []


def test_a_field_that_the_schema_lacks_is_told() -> None:
    assert codes_of({"造林方式": "1"}) == ["unknown_field"]


def test_a_column_tells_the_row_of_each_misfit() -> None:
    misfits = LCXZGX.check_columns({"lin_ban": ["0001", None, "12345", "0001", "12345"]})
    assert [(misfit.row, misfit.code) for misfit in misfits] == [(3, "too_long"), (5, "too_long")]
