"""A bulletin as a Word document and a workbook, made from its frozen content alone."""

import io
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, Final
from zipfile import BadZipFile

from docx.opc.exceptions import OpcError
from docx.shared import Cm
from docxtpl import DocxTemplate, InlineImage, RichText
from jinja2.exceptions import TemplateError
from jinja2.sandbox import SandboxedEnvironment
from sqlalchemy import Connection

from data.writing.xlsx import Sheet, as_book
from gis.messages import Message
from maps.progress_pictures import Bar, chart_png, map_png
from service.districts.db import districts as district_queries
from service.errors import Problem
from service.progress.table import HEADINGS, STATES
from service.settings import Settings
from service.web.timestamps import in_words

__all__ = ["TEMPLATE", "as_docx", "as_workbook"]

TEMPLATE: Final = "bulletin.docx"
_SHIPPED: Final = Path(__file__).with_name("templates") / TEMPLATE
_MAX_BARS: Final = 24
_WHAT: Final = {
    "entered": "新增图斑",
    "left": "退出图斑",
    "grew": "面积增加",
    "shrank": "面积减少",
    "border": "界线变动",
    "layer": "控制线变动",
    "shared": "重叠部分只计一次",
    "others": "其余较小变动",
    "records": "台账记录变动",
    "reported": "上报数变动",
    "revision": "任务量调整",
}


def template_of(settings: Settings) -> Path:
    """The template of the bureau in ``LUOTU_HOME/templates``, else the shipped one."""
    own = settings.home / "templates" / TEMPLATE
    return own if own.exists() else _SHIPPED


def as_docx(
    connection: Connection, settings: Settings, bulletin: Mapping[str, Any], base_url: str
) -> bytes:
    """The bulletin by the template; each mapped figure is a link to its plots.

    Raises
    ------
    Problem
        409 ``bad_template``: the bureau's template cannot be read or filled.
    """
    template = template_of(settings)
    try:
        document = DocxTemplate(template)
        context = _context(document, connection, bulletin, base_url)
        # A template may say nothing but what is handed to it.
        document.render(context, SandboxedEnvironment(autoescape=True), autoescape=True)
    except (TemplateError, OpcError, BadZipFile, KeyError, ValueError, OSError) as error:
        if template == _SHIPPED:
            raise
        raise Problem(
            409,
            "bad_template",
            Message(
                f"模板 {template.name} 不能用（{error}），请修改，或移出 LUOTU_HOME/templates",
                f"the template {template.name} cannot be used ({error}): mend it, or take it out "
                "of LUOTU_HOME/templates",
            ),
        ) from None
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


def _context(
    document: DocxTemplate, connection: Connection, bulletin: Mapping[str, Any], base_url: str
) -> dict[str, Any]:
    content = bulletin["content"]
    rows = content["rows"]
    chart = chart_png([_bar(row) for row in rows[:_MAX_BARS]])
    pictures: dict[str, Any] = {"chart": InlineImage(document, io.BytesIO(chart), width=Cm(16))}
    drawn = _map(connection, rows)
    if drawn is not None:
        pictures["map"] = InlineImage(document, io.BytesIO(drawn), width=Cm(16))
    late = [row for row in rows if row["state"] in ("behind", "overdue")]
    return {
        "title": bulletin["title"],
        "number": bulletin["number"],
        "plan": content["plan"]["label"],
        "as_of": _minute(content["as_of"]),
        "since": None if content["since"] is None else _minute(content["since"]),
        "moves": [_moved(moves) for moves in content["moves"]],
        "rows": [_row(document, row, content["as_of"], base_url) for row in rows],
        "late": [f"{row['indicator_label']}（{row['name']}）" for row in late],
        "done": sum(row["state"] == "done" for row in rows),
        "targets": len(rows),
        "more_bars": max(0, len(rows) - _MAX_BARS),
        "sha256": bulletin["sha256"],
        "invented": content["invented"],
        **pictures,
    }


def _bar(row: Mapping[str, Any]) -> Bar:
    target = row["target"]

    def over(value: float | None) -> float | None:
        return None if value is None or not target else value / target

    name = f"{row['indicator_label']} {row['name']}"
    return Bar(name, (over(row["reported"]), over(row["mapped"]), over(row["verified"])))


def _map(connection: Connection, rows: Sequence[Mapping[str, Any]]) -> bytes | None:
    """Districts of the indicator and level with most targets; None where none is of districts."""
    by_indicator: dict[tuple[str, str], list[Mapping[str, Any]]] = {}
    for row in rows:
        if row["level"] in ("province", "city", "county"):
            by_indicator.setdefault((row["indicator"], row["level"]), []).append(row)
    if not by_indicator:
        return None
    most = max(by_indicator.values(), key=len)
    rates = {
        row["code"]: row["reported_rate"]
        if row["reported_rate"] is not None
        else row["mapped_rate"]
        for row in most
    }
    shapes = district_queries.frame(connection, list(rates)).dropna(subset="geometry")
    return map_png(shapes, [rates[code] for code in shapes["code"]]) if len(shapes) else None


def _row(
    document: DocxTemplate, row: Mapping[str, Any], as_of: str, base_url: str
) -> dict[str, Any]:
    mapped = RichText()
    link = None
    if row["mapped"] is not None and row["target_id"] is not None:
        address = f"{base_url}/api/progress/{row['target_id']}/plots?as_of={as_of}"
        link = document.build_url_id(address.replace("+", "%2B"))
    mapped.add(_number(row["mapped"], row["digits"]), url_id=link)
    upper = "" if row["target_upper"] is None else f"–{_number(row['target_upper'], 2)}"
    return {
        "indicator": row["indicator_label"] + ("（估算）" if row["estimated"] else ""),
        "name": row["name"],
        "target": f"{_number(row['target'], 2)}{upper} {row['measured_in']}",
        "reported": _number(row["reported"], row["digits"]),
        "mapped": mapped,
        "verified": _number(row["verified"], row["digits"]),
        "reported_rate": _percent(row["reported_rate"]),
        "mapped_rate": _percent(row["mapped_rate"]),
        "verified_rate": _percent(row["verified_rate"]),
        "state": "" if row["state"] is None else STATES[row["state"]].zh,
    }


def _moved(moves: Mapping[str, Any]) -> str:
    """One sentence for a target: its figures of both moments, and the largest moves."""
    unit, sentences = moves["measured_in"], []
    for figure, word in (("mapped", "上图"), ("reported", "上报"), ("target", "任务量")):
        before, after = moves["before"][figure], moves["after"][figure]
        if before == after:
            continue
        told = [
            f"{_WHAT[row['what']]}{row['plot_no'] or ''} {row['change']:+.4g}"
            for row in moves["rows"]
            if row["figure"] == figure
        ]
        sentences.append(
            f"{word}由 {_number(before, 4)} 变为 {_number(after, 4)} {unit}（{'；'.join(told)}）"
        )
    return f"{moves['indicator_label']}（{moves['name']}）：{'，'.join(sentences)}"


def _number(value: float | None, digits: int) -> str:
    """A number with its thousands apart and no zeros that say nothing; a dash for none."""
    if value is None:
        return "—"
    text = f"{value:,.{digits}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _percent(rate: float | None) -> str:
    return "—" if rate is None else f"{rate * 100:.1f}%"


def _minute(moment: str) -> str:
    return in_words(datetime.fromisoformat(moment))


def as_workbook(bulletin: Mapping[str, Any]) -> bytes:
    """The frozen rows and moves as a workbook, and a sheet that says what they are."""
    content = bulletin["content"]
    heads = {name: message.zh for name, message in HEADINGS.items()}
    rows = [
        {
            **row,
            "state": None if row["state"] is None else STATES[row["state"]].zh,
        }
        for row in content["rows"]
    ]
    moves = [
        {
            "indicator": one["indicator_label"],
            "name": one["name"],
            "what": _WHAT[row["what"]],
            "plot_no": row["plot_no"],
            "change": row["change"],
            "measured_in": one["measured_in"],
        }
        for one in content["moves"]
        for row in one["rows"]
    ]
    moved = {
        "indicator": "指标",
        "name": "单位",
        "what": "变动",
        "plot_no": "图斑号",
        "change": "数量",
        "measured_in": "计量单位",
    }
    notes = [
        bulletin["title"],
        f"截至 {_minute(content['as_of'])}；上期 "
        f"{'无' if content['since'] is None else _minute(content['since'])}",
        f"校验和 SHA-256 {bulletin['sha256']}",
    ]
    if content["invented"]:
        notes.append("示例任务：数字均为编造")
    return as_book([Sheet("进度", heads, rows), Sheet("变动", moved, moves)], notes)
