"""``luotu import codes``: a bureau's words out of a file, and a shapefile that uses them."""

import csv
import json
import zipfile
from pathlib import Path

import geopandas
import pytest

from gis.crs import CGCS2000
from tests.service.cli.command_line import SEEN, SQUARE, CommandLine

KINDS = "code,label_zh,label_en,green_class\nDYL,党员林,Party members' grove,urban\n"


def csv_file(folder: Path, text: str, encoding: str = "gbk") -> Path:
    """A table of codes."""
    path = folder / "codes.csv"
    path.write_text(text, encoding=encoding)
    return path


def plots_in_gbk(folder: Path) -> Path:
    """A zipped shapefile in GBK whose plot is a 党员林 of 珙桐."""
    columns = {"阶段": ["已造林"], "造林类型": ["党员林"], "年度": [2026], "树种": ["珙桐"]}
    names = {"阶段": "stage", "造林类型": "kind", "年度": "year", "树种": "species"}
    frame = geopandas.GeoDataFrame(columns, geometry=[SQUARE], crs=CGCS2000).rename(columns=names)
    frame.to_file(folder / "plots.shp", encoding="GBK")
    path = folder / "plots.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for part in folder.glob("plots.*"):
            if part != path:
                archive.write(part, part.name)
    return path


@pytest.mark.usefixtures("districts")
def test_words_of_a_file_are_used_by_a_shapefile_in_gbk(luotu: CommandLine, tmp_path: Path) -> None:
    said = luotu("import", "codes", csv_file(tmp_path, KINDS), "--into", "kind", "--json")
    assert (said.status, json.loads(said.out)["stored"]) == (0, 1), said.err
    species = csv_file(tmp_path, "code,label_zh,scientific\nDAVINV,珙桐,Davidia involucrata\n")
    assert luotu("import", "codes", species, "--into", "species").status == 0
    said = luotu("import", "plots", plots_in_gbk(tmp_path), *SEEN, "--json")
    assert (said.status, json.loads(said.out)["stored"]) == (0, 1), said.err
    out = tmp_path / "out.zip"
    assert luotu("export", "plots", out, "--version", "working", "--encoding", "GBK").status == 0
    row = geopandas.read_file(f"zip://{out}").iloc[0]
    assert (row["zllx"], row["zllxmc"], row["szzc"]) == ("DYL", "党员林", "珙桐100%")


def test_a_table_with_a_wrong_row_stores_nothing(luotu: CommandLine, tmp_path: Path) -> None:
    path = csv_file(tmp_path, "code,label_zh\nGOOD,好名\nBAD CODE,坏名\n")
    said = luotu("import", "codes", path, "--into", "theme", "--json")
    assert said.status == 1
    assert [problem["row"] for problem in json.loads(said.out)["problems"]] == [2]
    path = csv_file(tmp_path, "code,label_zh\nGOOD,好名\n")
    assert luotu("import", "codes", path, "--into", "theme", "--dry-run").status == 0


def test_rates_of_a_file_that_are_made_of_each_other_store_nothing(
    luotu: CommandLine, tmp_path: Path
) -> None:
    heads = "code\tlabel_zh\tdimension\tunit\tmeasure\n"
    row = '{}\t自有率{}\tratio\tpercent\t{{"of":"ratio","over":["{}","territory.area"]}}\n'
    areas = "".join(
        f'{code}\t自有面积{code}\tarea\tha\t{{"of":"reported"}}\n' for code in ("A", "B")
    )
    first = csv_file(tmp_path, heads + areas, "utf-8")
    assert luotu("import", "codes", first, "--into", "indicator").status == 0
    said = luotu(
        *("import", "codes", "--into", "indicator"),
        csv_file(tmp_path, heads + row.format("A", 1, "B") + row.format("B", 2, "A"), "utf-8"),
    )
    assert (said.status, "A → B → A" in said.err or "B → A → B" in said.err) == (1, True), said.err
    out = tmp_path / "out.csv"
    assert luotu("export", "codes", "indicator", out, "--local").status == 0
    assert "ratio" not in out.read_text("utf-8-sig")


def test_a_province_of_the_bureau_is_known_to_later_files(
    luotu: CommandLine, tmp_path: Path
) -> None:
    corps = csv_file(tmp_path, "code,label_zh\n660000,新疆生产建设兵团\n")
    assert luotu("import", "codes", corps, "--into", "province").status == 0
    species = csv_file(tmp_path, "code,label_zh,native_in\nDAVINV,珙桐,660000\n")
    said = luotu("import", "codes", species, "--into", "species")
    assert said.status == 0, said.err


@pytest.mark.parametrize("name", ["stage", "patrol_rule"])
def test_lists_that_take_no_codes_say_so(luotu: CommandLine, tmp_path: Path, name: str) -> None:
    path = csv_file(tmp_path, "code,label_zh\nfelled,采伐\n")
    said = luotu("import", "codes", path, "--into", name)
    assert said.status == 1
    assert "luotu:" in said.err


def test_the_words_of_the_bureau_go_out_and_come_in_again(
    luotu: CommandLine, tmp_path: Path
) -> None:
    path = csv_file(tmp_path, "code,label_zh\nLMXY,绿美校园\n")
    assert luotu("import", "codes", path, "--into", "theme").status == 0
    out = tmp_path / "out.csv"
    assert luotu("export", "codes", "theme", out, "--local").status == 0
    assert out.read_text("utf-8-sig").splitlines()[1].startswith("LMXY,绿美校园,")
    assert luotu("import", "codes", out, "--into", "theme").status == 0
    book = tmp_path / "out.xlsx"
    assert luotu("export", "codes", "theme", book).status == 0
    assert book.read_bytes()[:2] == b"PK"
    assert luotu("export", "codes", "nothing", out).status == 1
    assert luotu("export", "codes", "theme", tmp_path / "out.pdf").status == 2


def test_the_last_day_of_a_word_goes_out_and_comes_in_again(
    luotu: CommandLine, tmp_path: Path
) -> None:
    path = csv_file(tmp_path, "code,label_zh,valid_to\nLMXY,绿美校园,2199-12-31\n")
    assert luotu("import", "codes", path, "--into", "theme").status == 0
    out = tmp_path / "out.csv"
    for _ in range(2):
        assert luotu("export", "codes", "theme", out, "--local").status == 0
        with out.open(encoding="utf-8-sig", newline="") as lines:
            row = next(csv.DictReader(lines))
        assert (row["valid_to"], row["retired"]) == ("2199-12-31", "")
        assert luotu("import", "codes", out, "--into", "theme").status == 0


def test_indicators_of_a_file_name_codes_that_there_are(luotu: CommandLine, tmp_path: Path) -> None:
    assert luotu("import", "codes", csv_file(tmp_path, KINDS), "--into", "kind").status == 0
    heading = "code,label_zh,dimension,unit,measure\n"
    for kind, status in (("NONE", 1), ("DYL", 0)):
        measure = '"{""of"":""plots"",""what"":""area"",""kinds"":[""' + kind + '""]}"'
        path = csv_file(tmp_path, f"{heading}DYLMJ,党员林面积,area,mu,{measure}\n")
        said = luotu("import", "codes", path, "--into", "indicator", "--json")
        assert said.status == status, said.out + said.err
        assert (kind in said.out) == bool(status)
