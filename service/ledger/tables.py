"""The ledger as a table for files."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal

import geopandas
import numpy as np
import pandas as pd
import shapely
from sqlalchemy import Connection

from data.writing.csv import as_csv
from data.writing.dispatch import write
from data.writing.xlsx import as_xlsx
from gis.crs import CGCS2000
from gis.measure import to_mu
from service.ledger.db.ledger import ground_of_holders
from service.ledger.ledger import Ledger
from service.web.timestamps import day_of, in_words, now

__all__ = ["LedgerFormat", "ledger_file", "ledger_geopackage"]

LedgerFormat = Literal["csv", "xlsx", "gpkg"]

HEADS = {
    "district": "县代码 district",
    "plot_no": "图斑号 plot_no",
    "plot_id": "编号 plot_id",
    "year": "任务年度 year",
    "programme": "工程 programme",
    "since": "计入起始日 since",
    "area_m2": "面积 m²",
    "area_mu": "面积 亩",
    "also": "同地块其他图斑 also",
}
NOTE = (
    "同一块地只计一次：先审核通过者计入，同时则编号小者计入。"
    "Ground counts once: for who was approved first, then for the lower number."
)


def ledger_file(ledger: Ledger, format: Literal["csv", "xlsx"]) -> bytes:  # noqa: A002
    """The rows as CSV in UTF-8 with a byte order mark, or as an Excel workbook.

    A holder out of scope has neither number nor year. Cells that are not counted yet are told in
    the workbook's notes, and in a last line of the CSV.
    """
    rows = _rows(ledger)
    notes = [NOTE, f"截至 as of {in_words(now())}", *_pending(ledger)]
    if format == "xlsx":
        return as_xlsx("台账", HEADS, rows, notes)
    waits: Sequence[dict[str, Any]] = [{"district": words} for words in _pending(ledger)]
    return as_csv(list(HEADS), [*rows, *waits]).encode()


def ledger_geopackage(
    connection: Connection, ledger: Ledger, counties: Sequence[str], path: Path
) -> None:
    """Write the rows with the ground that each holder has, as a layer ``ledger``.

    Rows without a shape, of holders beyond the scope, are a table ``ledger_without_ground`` beside
    it; what waits to be counted is told in its last row.
    """
    shapes = ground_of_holders(connection, counties)
    wkb = [shapes.get((row.plot_id or 0, tuple(row.also))) for row in ledger.rows]
    rows = pd.DataFrame(_rows(ledger), columns=list(HEADS))
    has_ground = np.array([shape is not None for shape in wkb], dtype=bool)
    ground = shapely.from_wkb([shape for shape in wkb if shape is not None])
    frame = geopandas.GeoDataFrame(rows[has_ground], geometry=ground, crs=CGCS2000)
    pending = pd.DataFrame({"district": _pending(ledger)}, columns=list(HEADS), dtype=object)
    rest = pd.concat([rows[~has_ground], pending]) if len(pending) else rows[~has_ground]
    tables = {"ledger_without_ground": rest} if len(rest) else {}
    write(frame, path, format="gpkg", tables=tables)


def _rows(ledger: Ledger) -> list[dict[str, Any]]:
    return [
        {
            **{name: getattr(row, name) for name in ("district", "plot_no", "plot_id", "year")},
            "programme": row.programme,
            "since": None if row.since is None else day_of(row.since).isoformat(),
            "area_m2": row.area_m2,
            "area_mu": to_mu(row.area_m2),
            "also": " ".join(map(str, row.also)),
        }
        for row in ledger.rows
    ]


def _pending(ledger: Ledger) -> list[str]:
    if not ledger.pending_cells:
        return []
    return [f"{ledger.pending_cells} 个切块尚未重算，未计在内 cells not counted yet"]
