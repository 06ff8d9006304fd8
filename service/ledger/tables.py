"""The ledger as a table for files."""

from collections.abc import Sequence
from typing import Any, Literal

from data.writing.csv import as_csv
from data.writing.xlsx import as_xlsx
from gis.measure import to_mu
from service.ledger.ledger import Ledger
from service.web.timestamps import day_of, now

__all__ = ["LedgerFormat", "ledger_file"]

LedgerFormat = Literal["csv", "xlsx"]

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


def ledger_file(ledger: Ledger, format: LedgerFormat) -> bytes:  # noqa: A002 - the contract's name
    """The rows as CSV in UTF-8 with a byte order mark, or as an Excel workbook.

    A holder out of scope has neither number nor year. Cells that are not counted yet are told in
    the workbook's notes, and in a last line of the CSV.
    """
    rows = [
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
    notes = [NOTE, f"截至 as of {now().isoformat(timespec='seconds')}", *_pending(ledger)]
    if format == "xlsx":
        return as_xlsx("台账", HEADS, rows, notes)
    waits: Sequence[dict[str, Any]] = [{"district": words} for words in _pending(ledger)]
    return as_csv(list(HEADS), [*rows, *waits]).encode()


def _pending(ledger: Ledger) -> list[str]:
    if not ledger.pending_cells:
        return []
    return [f"{ledger.pending_cells} 个切块尚未重算，未计在内 cells not counted yet"]
