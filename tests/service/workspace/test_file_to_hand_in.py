"""A contractor's file on its whole way: dropped, settled, committed, submitted, handed in."""

import hashlib
import io
import json
import re
import struct
import zipfile
from collections.abc import Iterator
from pathlib import Path

import geopandas
import pyogrio
import pytest
from playwright.sync_api import Page, expect
from shapely import Polygon, box

from data.schemas import schema
from gis.crs import CGCS2000
from service.database.engine import make_engine
from service.jobs.attempt import Attempt
from service.run.job_kinds import KINDS
from service.settings import Settings
from tests.service.conftest import Database, SignIn
from tests.service.plots.made import drawn
from tests.service.workspace.conftest import OpenDesk

BOW_TIE = Polygon([(125.03, 43.03), (125.032, 43.032), (125.032, 43.03), (125.03, 43.032)])
COLUMNS = {
    "图斑号": ["B1", "00001", "B2"],
    "阶段": ["已造林"] * 3,
    "造林类型": ["人工造林"] * 3,
    "任务年度": [2026] * 3,
    "名称": ["蝴蝶结", "南坡", "沟口"],
    "项目类别": ["国家重点工程"] * 3,
    "工程类别": ["JL-LCS"] * 3,
    "造林方式": ["植苗造林"] * 3,
    "树种组成": ["红松"] * 3,
    "造林密度": [1665] * 3,
    "造林时间": ["2026-04-05"] * 3,
    "佐证材料": ["a.jpg"] * 3,
}


@pytest.fixture
def attempt(database: Database, settings: Settings) -> Iterator[Attempt]:
    """Works on jobs in the test's own process."""
    engine = make_engine(database.endpoint.url("service", database.name))
    yield Attempt(database.owner, engine, settings, KINDS)
    engine.dispose()


def contractors_file(folder: Path) -> Path:
    """A shapefile of GBK text in zone 42, without .cpg: a bow-tie, a changed and a new row."""
    shapes = [
        BOW_TIE,
        box(125.05, 43.05, 125.052, 43.052),
        box(125.06, 43.06, 125.062, 43.062),
    ]
    frame = geopandas.GeoDataFrame(COLUMNS, geometry=shapes, crs=CGCS2000).to_crs(4530)
    pyogrio.write_dataframe(frame, folder / "小班.shp", encoding="GBK")
    (folder / "小班.cpg").unlink()
    path = folder / "小班.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for part in folder.glob("小班.[sdp]*"):
            archive.write(part, part.name)
    return path


def imported(page: Page, file: Path) -> None:
    """Drop the file, leave the bow-tie out, take the change, commit, and submit the batch."""
    page.get_by_role("tab", name="导入", exact=True).click()
    page.locator("input[type=file]").set_input_files(file)
    expect(page.locator(".rows > .block")).to_contain_text("B1 蝴蝶结")
    page.get_by_label("略过有错误的 1 行").check()
    page.get_by_label("用文件更新 1 个有变化的图斑").check()
    page.get_by_role("button", name="提交 2 行").click()
    expect(page.get_by_text("新增 1 个，更新 1 个图斑")).to_be_visible()
    page.get_by_role("button", name="全部提交审核（2）").click()
    expect(page.get_by_text("已提交 2", exact=True)).to_be_visible()


def package_of(page: Page, attempt: Attempt) -> bytes:
    """The hand-in package that the tray makes and gives."""
    page.get_by_role("button", name="后台任务").click()
    tray = page.get_by_role("region", name="后台任务")
    tray.get_by_role("button", name="制作上报包").click()
    tray.get_by_label("行政区").select_option("220102")
    tray.get_by_label("任务年度").fill("2026")
    tray.get_by_label("文字编码").select_option("GBK")
    tray.get_by_role("button", name="检查并打包").click()
    expect(tray).to_contain_text("排队中")
    attempt.run(1)
    with page.expect_download() as download:
        tray.get_by_role("link", name=re.compile("^下载 ")).click()
    return download.value.path().read_bytes()


def fields_of(dbf: bytes) -> list[tuple[str, str, int, int]]:
    """Name, type, width and precision of each field, from the bytes of the header."""
    (head_bytes,) = struct.unpack_from("<H", dbf, 8)
    described = [dbf[at : at + 32] for at in range(32, head_bytes - 1, 32)]
    assert dbf[head_bytes - 1] == 0x0D
    return [
        (field[:11].rstrip(b"\0").decode("ascii"), chr(field[11]), field[16], field[17])
        for field in described
    ]


def test_a_file_of_a_contractor_becomes_a_package_for_the_province(
    open_desk: OpenDesk, sign_in: SignIn, attempt: Attempt, tmp_path: Path
) -> None:
    drawn(sign_in("planner"), name="北坡")
    imported(open_desk("planner").page, contractors_file(tmp_path))
    verb = {"filter": {"import": 1}, "verb": "approve"}
    answer = sign_in("inspector").post("/api/reviews", json=verb)
    assert answer.json().get("refused") == [], answer.text
    content = package_of(open_desk("gis").page, attempt)
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        for line in package.read("SHA256SUMS").decode().splitlines():
            digest, _, name = line.partition("  ")
            assert hashlib.sha256(package.read(name)).hexdigest() == digest
        manifest = json.loads(package.read("manifest.json"))
        dbf, cpg = package.read("图斑/图斑.dbf"), package.read("图斑/图斑.cpg")
        pdf = package.read("地图/220102.pdf")
    assert (manifest["plots"], cpg) == (2, b"GBK")
    wanted = [(f.name, f.type, f.width, f.precision or 0) for f in schema("zaolin").fields]
    assert fields_of(dbf) == wanted
    rows, head_bytes, row_bytes = struct.unpack_from("<IHH", dbf, 4)
    assert (rows, head_bytes) == (2, 32 * (len(wanted) + 1) + 1)
    assert row_bytes == 1 + sum(width for _, _, width, _ in wanted)
    assert sorted(re.findall("南坡|沟口|蝴蝶结", dbf.decode("gbk", "replace"))) == ["南坡", "沟口"]
    assert len(re.findall(rb"/Type\s*/Page(?!s)", pdf)) == 1
