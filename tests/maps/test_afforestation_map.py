"""The map of afforestation: bounded, and silent about what its reader may not see."""

import pytest
from geopandas import GeoDataFrame

from maps import plots_block
from maps.afforestation_map import build
from maps.caption import Caption
from maps.plots_block import PlotOptions, prepared, squares_block
from maps.words import PROPERTIES
from tests.maps.conftest import invented_plots
from tests.maps.reading import HOSTILE, data_of, unpacked


def column(data: dict[str, object], name: str) -> dict[str, object]:
    plots = data["plots"]
    assert isinstance(plots, dict)
    column: dict[str, object] = next(
        candidate for candidate in plots["columns"] if candidate["id"] == name
    )
    return column


def test_a_reader_without_the_right_gets_approved_plots_only(
    square: GeoDataFrame, few: GeoDataFrame, caption: Caption
) -> None:
    mixed = few.assign(review=["submitted", *["approved"] * 11])
    page = build(square, mixed, caption=caption)
    data = data_of(page.html)
    assert data["plots"]["count"] == 11
    assert "submitted" not in page.html.partition('id="luotu-data"')[2]
    assert "review" not in [column["id"] for column in data["plots"]["columns"]]


def test_a_reader_with_the_right_sees_the_review(
    square: GeoDataFrame, few: GeoDataFrame, caption: Caption
) -> None:
    mixed = few.assign(review=["submitted", *["approved"] * 10, None])
    data = data_of(build(square, mixed, caption=caption, show_review=True).html)
    assert data["plots"]["count"] == 12
    assert column(data, "review")["codes"] == ["submitted", "approved"]
    assert sorted(unpacked(str(column(data, "review")["packed"])))[:2] == [0, 1]


def test_missing_review_counts_as_not_approved(
    square: GeoDataFrame, few: GeoDataFrame, caption: Caption
) -> None:
    data = data_of(build(square, few.assign(review=None), caption=caption).html)
    assert data["plots"] is None


def test_stages_stand_in_their_order(
    square: GeoDataFrame, few: GeoDataFrame, caption: Caption
) -> None:
    stages = ["existing", "planned", "accepted", "planted"] * 3
    data = data_of(build(square, few.assign(stage=stages, review="approved"), caption=caption).html)
    assert column(data, "stage")["codes"] == ["planned", "planted", "accepted", "existing"]
    assert data["plots"]["colour_by"][0] == "stage"


def test_codes_get_the_words_that_they_were_given(
    square: GeoDataFrame, few: GeoDataFrame, caption: Caption
) -> None:
    labels = {"kind": {"101": ("人工造林", "planting")}}
    plots = few.assign(kind=["101", "999"] * 6, review="approved", district="220102")
    data = data_of(build(square, plots, caption=caption, labels=labels).html)
    assert column(data, "kind")["choices"] == [["人工造林", "planting"], ["999", "999"]]
    assert column(data, "district")["choices"] == [["南关区", "南关区"]]


def test_a_species_mix_is_one_line(
    square: GeoDataFrame, few: GeoDataFrame, caption: Caption
) -> None:
    mix = [{"code": "110", "share": 0.6}, {"code": "620", "share": 0.4}]
    odd: list[object] = [mix, None, "自由文字", [], [{"code": "1"}], {"a": 1}]
    plots = few.assign(species=odd * 2, review="approved")
    labels = {"species": {"110": ("油松", "pine")}}
    data = data_of(build(square, plots, caption=caption, labels=labels).html)
    choices = column(data, "species")["choices"]
    assert isinstance(choices, list)
    assert ["油松 60 %、620 40 %"] * 2 in choices


def test_plans_that_are_carried_out_and_further_fields_are_told(
    square: GeoDataFrame, few: GeoDataFrame, caption: Caption
) -> None:
    plans: list[object] = [[12, 15], [], None]
    extra: list[object] = [{"DI_LEI": "0301", "LIN_ZHONG": 111}, {}, None]
    plots = few.assign(plan_ids=plans * 4, extra=extra * 4, review="approved")
    data = data_of(build(square, plots, caption=caption).html)
    assert column(data, "plan_ids")["choices"] == [["12、15"] * 2]
    assert column(data, "extra")["choices"] == [["DI_LEI=0301、LIN_ZHONG=111"] * 2]


def test_long_texts_are_left_out_before_the_file_grows(
    counties: GeoDataFrame, caption: Caption
) -> None:
    plots = invented_plots(counties, 15_000).assign(review="approved")
    wordy = plots.assign(
        note=[f"{i}" + "山高路远" * 60 for i in range(len(plots))],
        name=[f"{i}" + "松" * 280 for i in range(len(plots))],
    )
    page = build(counties, wordy, caption=caption)
    assert len(page.html.encode()) < 15_000_000
    notes = [zh for zh, _ in data_of(page.html)["notes"]]
    assert "为控制文件大小，未带“备注”" in notes
    assert any(note.startswith("名称只带前") for note in notes)


def test_above_the_cap_plots_are_counted_by_stage_and_year(
    crowded: str, crowd: GeoDataFrame
) -> None:
    data = data_of(crowded)
    assert data["notes"][-1][0].startswith(f"图斑共 {len(crowd)} 块")
    assert sum(unpacked(data["plots"]["plots"])) == len(crowd)
    assert {"stage", "year", "kind"} <= {described["id"] for described in data["plots"]["columns"]}
    counted = sum(number - 1 for number in unpacked(str(column(data, "area_m2")["packed"])))
    assert counted == pytest.approx(crowd["area_m2"].sum(), rel=1e-6)


def test_properties_that_are_lists_can_be_counted_too(
    counties: GeoDataFrame, some: GeoDataFrame, caption: Caption
) -> None:
    plots = prepared(some.assign(programme=[["两岸", "青山"]] * len(some)))
    options = PlotOptions(PROPERTIES, (), ("programme",), cap=10, letters=0)
    block, _ = squares_block(plots, options, {})
    columns = block["columns"]
    assert isinstance(columns, list)
    assert len(columns) == 2


def test_areas_are_measured_where_nobody_gave_them(
    square: GeoDataFrame, few: GeoDataFrame, caption: Caption
) -> None:
    bare = few.drop(columns="area_m2").assign(review="approved")
    measured = unpacked(
        str(column(data_of(build(square, bare, caption=caption).html), "area_m2")["packed"])
    )
    assert all(100 < number < 10_000_000 for number in measured)


@pytest.mark.usefixtures("half_characters")
def test_hostile_texts_do_nothing_on_the_server(square: GeoDataFrame, few: GeoDataFrame) -> None:
    for text in HOSTILE:
        plots = few.assign(name=text, species=[[{"code": text, "share": text}]] * 12, note=text)
        page = build(square, plots, caption=Caption(title=text, source=text), show_review=True)
        assert "window.ran=1</script>" not in page.html
        assert data_of(page.html)["plots"]["count"] == 12


def test_what_counted_squares_cannot_be_told_apart_by_is_said(
    some: GeoDataFrame, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(plots_block, "_SQUARES_MAX", 1_400)
    named = some.assign(kind=[f"类型{n}" for n in range(len(some))])
    options = PlotOptions(PROPERTIES, ("stage",), ("year", "kind"), cap=1, letters=1)
    _, notes = squares_block(prepared(named), options, {})
    assert notes[0][0] == "汇总方格不能按造林类型筛选或着色"
