"""The package that goes to a superior: official shapefile, summary, maps, checksums, manifest."""

import hashlib
import json
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

import geopandas
import pandas as pd
from sqlalchemy import Connection

from data.codes import code_list
from data.schemas import Encoding
from data.scratch import Scratch
from data.writing.atomic import in_place
from data.writing.dispatch import write
from data.writing.export_report import ExportReport
from data.writing.xlsx import Sheet, as_book
from gis.measure import M2_PER_MU
from maps.print_map import PrintMap, write_pdf
from service.accounts.db.accounts import Account
from service.codes.in_use import codes_in_use
from service.districts.db import districts as district_queries
from service.districts.db.districts import DistrictNode
from service.handins.faults import Fault, counted
from service.handins.preflight import Preflight
from service.handins.whole_district import whole_district
from service.plots.acceptance import with_acceptances
from service.plots.db import plots as plot_queries
from service.plots.db.plots import PlotFilter
from service.plots.frames import plots_frame, with_plan_numbers
from service.web.timestamps import BEIJING, now, today

STAGES: Final = ("planned", "planted", "accepted")
M2_PER_HA: Final = 10_000.0


@dataclass(frozen=True)
class HandIn:
    """What is handed in: the approved plots of a district and a task year."""

    district: str
    year: int
    encoding: Encoding = "UTF-8"
    crs: str | None = None


@dataclass(frozen=True)
class Checked:
    """The plots of a hand-in, and what a province would say of them."""

    frame: geopandas.GeoDataFrame
    counties: Sequence[DistrictNode]
    name: str
    faults: list[Fault]

    @property
    def blocked(self) -> bool:
        """Whether a province would refuse it."""
        return counted(self.faults)["block"] > 0


def check(connection: Connection, account: Account, wanted: HandIn) -> Checked:
    """Read the plots of a hand-in and check them; nothing is written.

    Raises
    ------
    Problem
        As :func:`whole_district`.
    """
    codes = whole_district(connection, wanted.district, account)
    tree = district_queries.tree(connection)
    approved = PlotFilter("approved", counties=codes, year=wanted.year, stages=STAGES)
    stored = plots_frame(plot_queries.list_records(connection, account, approved, limit=None))
    frame, _checks = with_acceptances(connection, with_plan_numbers(connection, stored))
    waiting = PlotFilter(
        "working",
        counties=codes,
        year=wanted.year,
        stages=STAGES,
        reviews=("draft", "submitted", "returned"),
    )
    rows = plot_queries.list_records(connection, account, waiting, limit=None)
    with codes_in_use(connection):
        faults = Preflight(connection, account, frame, plots_frame(rows)).faults(
            encoding=wanted.encoding
        )
    return Checked(frame, [tree[code] for code in codes], tree[wanted.district].name, faults)


def write_package(
    connection: Connection,
    checked: Checked,
    wanted: HandIn,
    path: Path,
    progress: Callable[[int], None] = lambda _plots: None,
) -> Mapping[str, Any]:
    """Write the zip of a hand-in that is not blocked; answers its manifest.

    Raises
    ------
    data.writing.export_report.ExportRefused
        As `data.writing.dispatch.write`.
    maps.errors.MapError
        ``no_font``.
    """
    with Scratch() as scratch:
        folder = scratch / "package"
        folder.mkdir()
        report = _shapefile(connection, checked, wanted, scratch, folder)
        summary = as_book(list(_sheets(checked)), [*report.text().splitlines()])
        (folder / "汇总.xlsx").write_bytes(summary)
        _maps(connection, checked, wanted, folder, progress)
        manifest = _manifest(checked, wanted, folder)
        text = json.dumps(manifest, ensure_ascii=False, indent=2)
        (folder / "manifest.json").write_text(text + "\n", encoding="utf-8")
        sums = [f"{_sha256(folder / name)}  {name}" for name in _names(folder)]
        (folder / "SHA256SUMS").write_text("\n".join(sums) + "\n", encoding="utf-8")
        with (
            in_place(path) as (_folder, target),
            zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive,
        ):
            for name in _names(folder):
                archive.write(folder / name, name)
    return manifest


def _shapefile(
    connection: Connection, checked: Checked, wanted: HandIn, scratch: Path, folder: Path
) -> ExportReport:
    zipped = scratch / "图斑.shp.zip"
    with codes_in_use(connection):
        report = write(
            checked.frame, zipped, schema="zaolin", encoding=wanted.encoding, crs=wanted.crs
        )
    with zipfile.ZipFile(zipped) as archive:
        archive.extractall(folder / "图斑")
    return report


def _sheets(checked: Checked) -> Iterator[Sheet]:
    """Plots and areas by county and kind; each area is rounded first, as in the shapefile."""
    table = pd.DataFrame(checked.frame[["district", "kind", "stage"]])
    table["m2"] = checked.frame["area_m2"].round(2)
    heads = {
        "district": "县（市、区）",
        "what": "造林类型",
        "count": "图斑数",
        "m2": "面积（平方米）",
        "ha": "面积（公顷）",
        "mu": "面积（亩）",
    }
    names = {county.code: county.name for county in checked.counties}
    yield Sheet("按县和造林类型", heads, list(_sums(table, names, "kind")))
    yield Sheet("按县和阶段", {**heads, "what": "阶段"}, list(_sums(table, names, "stage")))
    faults = {
        "severity": "级别",
        "code": "代码",
        "plot_id": "系统编号",
        "plot_no": "图斑号",
        "message": "说明",
        "lon": "经度",
        "lat": "纬度",
    }
    yield Sheet("预检", faults, fault_rows(checked.faults))


def fault_rows(faults: Sequence[Fault]) -> list[dict[str, Any]]:
    """Faults as rows of a table, in Chinese."""
    return [
        {
            "severity": fault.severity,
            "code": fault.code,
            "plot_id": fault.plot_id,
            "plot_no": fault.plot_no,
            "message": fault.message.zh,
            "lon": fault.at[0] if fault.at else None,
            "lat": fault.at[1] if fault.at else None,
        }
        for fault in faults
    ]


def _sums(table: pd.DataFrame, names: Mapping[str, str], by: str) -> Iterator[dict[str, Any]]:
    labels = code_list(by)
    for county, name in names.items():
        of_county = table[table["district"] == county]
        for code, rows in of_county.groupby(by, sort=True):
            yield _line(name, labels.label(str(code)), rows)
        yield _line(name, "合计", of_county)
    yield _line("总计", "合计", table)


def _line(district: str, what: str | None, rows: pd.DataFrame) -> dict[str, Any]:
    m2 = round(float(rows["m2"].sum()), 2)
    return {
        "district": district,
        "what": what,
        "count": len(rows),
        "m2": m2,
        "ha": round(m2 / M2_PER_HA, 4),
        "mu": round(m2 / M2_PER_MU, 2),
    }


def _maps(
    connection: Connection,
    checked: Checked,
    wanted: HandIn,
    folder: Path,
    progress: Callable[[int], None],
) -> None:
    shapes = district_queries.shapes(connection, [county.code for county in checked.counties])
    (folder / "地图").mkdir()
    for county in checked.counties:
        plots = checked.frame[checked.frame["district"] == county.code]
        if county.code in shapes.index:
            area_m2 = float(plots["area_m2"].round(2).sum())
            ha, mu = area_m2 / M2_PER_HA, area_m2 / M2_PER_MU
            notes = [
                f"图斑 {len(plots)} 个，{ha:,.2f} 公顷（{mu:,.2f} 亩）；CGCS2000 经纬度；"
                f"制图 {today()}",
                "示意图，未经审图" + ("；含虚构示例" if bool(plots["demo"].any()) else ""),
            ]
            title = f"{county.name} {wanted.year} 年度造林绿化图斑"
            sheet = PrintMap(title, shapes[county.code], plots, notes)
            write_pdf(sheet, folder / "地图" / f"{county.code}.pdf")
        progress(len(plots))


def _manifest(checked: Checked, wanted: HandIn, folder: Path) -> dict[str, Any]:
    return {
        "district": wanted.district,
        "name": checked.name,
        "year": wanted.year,
        "plots": len(checked.frame),
        "area_m2": round(float(checked.frame["area_m2"].round(2).sum()), 2),
        "schema": "zaolin",
        "encoding": wanted.encoding,
        "crs": wanted.crs or "EPSG:4490",
        "made_at": now().astimezone(BEIJING).isoformat(),
        "made_by": f"luotu {version('luotu')}",
        "preflight": dict(counted(checked.faults)),
        "files": [
            {
                "name": name,
                "bytes": (folder / name).stat().st_size,
                "sha256": _sha256(folder / name),
            }
            for name in _names(folder)
        ],
    }


def _names(folder: Path) -> list[str]:
    files = sorted(file for file in folder.rglob("*") if file.is_file())
    return [str(file.relative_to(folder)) for file in files]


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
