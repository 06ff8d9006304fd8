"""What is wrong with a file, row by row, for whoever made it: as a workbook or on a map."""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, Literal

from sqlalchemy import Connection

from data.writing.xlsx import Sheet, as_book
from gis.messages import Message
from gis.verdicts.problems import PROBLEMS
from service.accounts.db.accounts import Account
from service.imports.db.rows import RowFilter, list_rows, numbers_of
from service.plots.db.live_plots import missing_plots
from service.web.feature_list import feature
from service.web.kept_refusals import words_of
from service.web.language import localised
from service.web.timestamps import in_words, now

__all__ = ["MAX_ROWS", "ReportFormat", "report_file"]

ReportFormat = Literal["xlsx", "geojson"]

MAX_ROWS: Final = 100_000
MAX_MISSING: Final = 10_000

_HEADS = {
    "row": Message("行", "Row"),
    "plot_no": Message("图斑号", "plot_no"),
    "name": Message("名称", "Name"),
    "longitude": Message("经度", "Longitude"),
    "latitude": Message("纬度", "Latitude"),
    "severity": Message("严重程度", "Severity"),
    "label": Message("问题", "Problem"),
    "code": Message("代码", "Code"),
    "message": Message("原因与处理", "Reason and remedy"),
    "area_m2": Message("面积 m²", "Area m²"),
    "field": Message("字段", "Field"),
    "match": Message("与现有图斑", "Against what is there"),
}
_MISSING_HEADS = {
    "plot_id": Message("编号", "Id"),
    "district": Message("县代码", "County"),
    "year": Message("任务年度", "Year"),
    "plot_no": Message("图斑号", "plot_no"),
    "name": Message("名称", "Name"),
    "area_m2": Message("面积 m²", "Area m²"),
}
_SEVERITIES = {
    "block": Message("错误", "fault"),
    "warn": Message("警告", "warning"),
    "info": Message("提示", "remark"),
}
_MATCHES = {
    "new": Message("新增", "new"),
    "same": Message("相同", "same"),
    "changed": Message("有变化", "changed"),
}


def report_file(
    connection: Connection,
    account: Account,
    row: Mapping[str, Any],
    format: ReportFormat,  # noqa: A002
) -> bytes:
    """Rows that something is said of, or that differ from what is there; what is left out is told.

    The workbook has one line a verdict, and the plots that the file leaves out on a sheet of their
    own; GeoJSON has one feature a row.
    """
    rows = _told(connection, row["id"])
    if format == "geojson":
        return _geojson(rows)
    lines = [line for of_row in rows[:MAX_ROWS] for line in _lines(of_row)]
    numbers, seen = numbers_of(connection, row["id"])
    missing = missing_plots(connection, account, numbers, seen, limit=MAX_MISSING + 1)
    notes = [f"{row['file']}，{in_words(now())}"]
    notes += [_more(len(rows), MAX_ROWS)] if len(rows) > MAX_ROWS else []
    notes += [_more(len(missing), MAX_MISSING)] if len(missing) > MAX_MISSING else []
    sheets = [Sheet(localised(Message("问题", "Problems")), _spoken(_HEADS), lines)]
    if missing:
        title = localised(Message("文件中没有的图斑", "Plots it leaves out"))
        sheets.append(Sheet(title, _spoken(_MISSING_HEADS), missing[:MAX_MISSING]))
    return as_book(sheets, notes)


def _told(connection: Connection, number: int) -> list[Mapping[str, Any]]:
    rows: list[Mapping[str, Any]] = []
    for severity in ("block", "warn", "info"):
        wanted = RowFilter(severity=severity)
        rows += list_rows(connection, number, wanted, after=0, limit=MAX_ROWS + 1 - len(rows))
    changed = list_rows(
        connection,
        number,
        RowFilter(severity="none", match="changed"),
        after=0,
        limit=MAX_ROWS + 1 - len(rows),
    )
    return sorted([*rows, *changed], key=lambda row: int(row["row"]))


def _lines(row: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    properties = row["properties"]
    common = {
        "row": row["row"],
        "plot_no": properties.get("plot_no"),
        "name": properties.get("name"),
        "match": _against(row),
    }
    for problem in row["problems"] or [None]:
        yield {**common, **_problem(problem)}


def _problem(problem: Mapping[str, Any] | None) -> dict[str, Any]:
    if problem is None:
        return dict.fromkeys(
            ("longitude", "latitude", "severity", "label", "code", "message", "area_m2", "field")
        )
    at = problem["at"] or (None, None)
    known = PROBLEMS.get(problem["code"])
    return {
        "longitude": at[0],
        "latitude": at[1],
        "severity": localised(_SEVERITIES[problem["severity"]]),
        "label": problem["code"] if known is None else localised(known.label),
        "code": problem["code"],
        "message": words_of(problem["message"]),
        "area_m2": problem["area_m2"],
        "field": problem["field"],
    }


def _against(row: Mapping[str, Any]) -> str:
    words = localised(_MATCHES[row["match"]])
    return f"{words}：{'、'.join(row['fields'])}" if row["fields"] else words


def _geojson(rows: Sequence[Mapping[str, Any]]) -> bytes:
    features = [
        feature(
            row["row"],
            row["geometry"] or row["outline"],
            {
                "row": row["row"],
                "plot_no": row["properties"].get("plot_no"),
                "severity": row["severity"],
                "codes": ",".join(row["codes"]),
                "message": "\n".join(words_of(entry["message"]) for entry in row["problems"]),
                "match": row["match"],
            },
        )
        for row in rows[:MAX_ROWS]
    ]
    head = {"type": "FeatureCollection", "numberReturned": len(features)}
    if len(rows) > MAX_ROWS:
        head["note"] = _more(len(rows), MAX_ROWS)
    text = json.dumps(head, ensure_ascii=False)
    return f'{text[:-1]},"features":[{",".join(features)}]}}'.encode()


def _more(count: int, limit: int) -> str:
    words = Message(
        f"行数超过 {limit}，其余未列出，请先处理这些",
        f"more than {limit} rows: the rest is left out",
    )
    return localised(words) if count > limit else ""


def _spoken(heads: Mapping[str, Message]) -> dict[str, str]:
    return {name: localised(words) for name, words in heads.items()}
