"""Every word that a plot may carry, with its source."""

from fractions import Fraction
from pathlib import Path

import pytest

from data.code_tables import checked_row
from data.codes import UnknownCodeError, code_list, code_list_names, read_code_list

HEADER = "code,label_zh,label_en,source\n"


@pytest.mark.parametrize("name", code_list_names())
def test_every_line_of_every_list_names_its_source(name: str) -> None:
    assert all(code.source for code in code_list(name))


@pytest.mark.parametrize("name", code_list_names())
def test_every_code_is_short_ascii(name: str) -> None:
    most = 32 if name == "indicator" else 12  # those say what they count
    assert all(code.code.isascii() and len(code.code) <= most for code in code_list(name))


@pytest.mark.parametrize("name", code_list_names())
def test_every_line_says_how_far_it_can_be_trusted(name: str) -> None:
    assert {code.status for code in code_list(name)} <= {"cited", "GK", "own"}


def test_the_lists_of_the_contract_are_all_there() -> None:
    contract = "kind method category programme species stage review role level evidence province"
    assert {*contract.split(), "land_ownership", "tree_ownership"} <= set(code_list_names())


def test_every_kind_has_a_green_class() -> None:
    classes = {code.code for code in code_list("green_class")}
    assert {kind.more["green_class"] for kind in code_list("kind")} == classes


@pytest.mark.parametrize("label", ["四旁植树", "街路绿化", "河岸护堤绿化", "村屯绿化", "公园绿地"])
def test_village_street_and_dike_trees_are_never_forest(label: str) -> None:
    assert code_list("kind").find(label).more["green_class"] == "urban"


@pytest.mark.parametrize(
    ("label", "green_class"),
    [("人工种草", "grass"), ("小微湿地", "wetland"), ("草方格", "sand"), ("石漠化治理", "karst")],
)
def test_grass_wetland_sand_and_karst_are_never_forest(label: str, green_class: str) -> None:
    assert code_list("kind").find(label).more["green_class"] == green_class


@pytest.mark.parametrize(
    ("word", "m2"), [("亩", Fraction(2000, 3)), ("万亩", Fraction(20_000_000, 3)), ("公顷", 10_000)]
)
def test_a_unit_of_area_has_its_exact_size(word: str, m2: Fraction) -> None:
    unit = code_list("unit_of_measure").find(word)
    assert (unit.more["dimension"], Fraction(unit.more["factor"])) == ("area", m2)


def test_closing_of_karst_hills_counts_by_what_grew() -> None:
    """封山育林育草 is forest or grass by its result (lists of work beyond trees)."""
    kinds = code_list("kind")
    classes = [kinds[code].more["green_class"] for code in ("FSYCL", "FSYCC")]
    assert classes == ["forest", "grass"]


def test_the_types_of_work_are_those_of_the_papers() -> None:
    words = [code.label_zh for code in code_list("work_type")]
    assert words == ["新建", "续建", "提升", "改造", "更新", "补植"]


def test_the_stages_are_those_of_the_contract() -> None:
    stages = ["planned", "planted", "accepted", "existing", "cancelled"]
    assert [stage.code for stage in code_list("stage")] == stages


def test_there_are_34_provinces() -> None:
    assert len(code_list("province")) == 34


def test_a_regional_programme_names_its_region() -> None:
    assert code_list("programme").find("两岸青山·千里林带").more["region"] == "500000"


@pytest.mark.parametrize(
    "word",
    [
        pytest.param("PINKOR", id="code"),
        pytest.param("红松", id="Chinese label"),
        pytest.param("korean pine", id="English label"),
        pytest.param("Pinus koraiensis", id="scientific name"),
        pytest.param(" 红松 ", id="blanks around"),
    ],
)
def test_a_species_is_found_by_any_of_its_names(word: str) -> None:
    assert code_list("species").find(word).code == "PINKOR"


def test_a_usual_other_name_is_found_too() -> None:
    assert code_list("species").find("香樟").label_zh == "樟"


@pytest.mark.parametrize(
    "word", ["油松", "云南松", "沙棘", "梭梭", "杨树", "刺槐", "侧柏", "国槐", "落叶松", "芦苇"]
)
def test_the_common_species_are_known(word: str) -> None:
    assert code_list("species").find(word)


@pytest.mark.parametrize(("word", "code"), [("530", "530"), ("200", "PINTAB"), ("杨", "530")])
def test_a_species_group_is_found_by_its_number_and_by_its_word(word: str, code: str) -> None:
    assert code_list("species").find(word).code == code


# Numbers of the groups of dominant species, as a public program of 森林督查 has them.
GROUPS = """
110 120 130 140 150 160 170 180 190 200 210 220 230 240 250 260 261 262 270 280 290 310 320 330 340
350 360 390 410 420 421 422 431 432 433 440 450 460 465 470 480 490 510 520 530 535 540 550 560 570
580 590 821 822 823 824 825 826 827 828 849
"""


@pytest.mark.parametrize("group", GROUPS.split())
def test_every_group_of_dominant_species_is_in_the_list(group: str) -> None:
    assert [row for row in code_list("species") if group in (row.code, row.more["group_code"])]


def test_a_word_of_several_species_is_their_group_and_none_of_them() -> None:
    assert code_list("species").find("落叶松").more["group_code"] == "150"
    assert code_list("species").find("落叶松").more["scientific"] == ""


def test_every_species_has_a_life_form_and_says_where_it_is_native_or_that_it_is_exotic() -> None:
    forms = {"tree", "shrub", "bamboo", "vine", "herb"}
    species = list(code_list("species"))
    assert {row.more["life_form"] for row in species} == forms
    assert not [row.code for row in species if row.more["native_in"] and row.more["exotic"]]


def test_native_provinces_are_provinces() -> None:
    provinces = {row.code for row in code_list("province")}
    named = {code for row in code_list("species") for code in row.more["native_in"].split()}
    assert named <= provinces


def test_an_unknown_word_is_refused_with_near_ones() -> None:
    with pytest.raises(UnknownCodeError, match="RGZL 人工造林") as refusal:
        code_list("kind").find("人工造树")
    assert refusal.value.code == "unknown_code"


def test_nothing_near_still_shows_what_the_list_holds() -> None:
    with pytest.raises(UnknownCodeError, match="planned 计划"):
        code_list("stage").find("龘")


def test_an_empty_word_is_unknown() -> None:
    with pytest.raises(UnknownCodeError):
        code_list("kind").find("")


def test_an_exact_code_is_asked_for_in_brackets() -> None:
    with pytest.raises(UnknownCodeError):
        code_list("kind")["人工造林"]


def test_a_label_of_a_free_text_is_the_text() -> None:
    assert code_list("programme").label("我镇自己的工程") == "我镇自己的工程"


def test_an_unknown_list_is_refused_with_the_lists_there_are() -> None:
    with pytest.raises(UnknownCodeError, match="species"):
        code_list("../codes/kind")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        pytest.param("code,label_zh,label_en\nA,甲,a\n", "source", id="a column is missing"),
        pytest.param(HEADER + "A,甲,a,\n", "x.csv:2", id="no source"),
        pytest.param(HEADER + "A,甲,a,x\nA,乙,b,x\n", "A", id="a code twice"),
        pytest.param(HEADER + "A,甲,a,x\nB,甲,b,x\n", "甲", id="a label twice"),
    ],
)
def test_a_list_with_a_fault_is_refused_and_says_where(
    tmp_path: Path, text: str, said: str
) -> None:
    path = tmp_path / "x.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ValueError, match=said):
        read_code_list(path, "x")


def test_a_list_saved_by_a_spreadsheet_is_read(tmp_path: Path) -> None:
    path = tmp_path / "kind.csv"
    path.write_text(HEADER + "A,甲,a,x\n", encoding="utf-8-sig")
    assert read_code_list(path, "kind")["A"].label_zh == "甲"


def test_a_list_that_nobody_keeps_is_refused_with_those_there_are() -> None:
    with pytest.raises(UnknownCodeError, match="stage") as refused:
        code_list("../stage")
    assert refused.value.code == "unknown_code_list"


def test_each_shipped_parameter_of_carbon_passes_as_a_row_of_a_bureau() -> None:
    for code in code_list("carbon"):
        cells = {"code": code.code, "label_zh": code.label_zh, "source": code.source, **code.more}
        assert checked_row("carbon", cells)[1] == [], code.code
