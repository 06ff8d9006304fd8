"""A bulletin as a Word document, made from its frozen content alone."""

import io
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final
from zipfile import BadZipFile

from docx.opc.exceptions import OpcError
from docx.shared import Cm
from docxtpl import DocxTemplate, InlineImage, RichText
from jinja2.exceptions import TemplateError
from jinja2.sandbox import SandboxedEnvironment
from sqlalchemy import Connection

from gis.messages import Language, Message, MessageError
from maps.progress_pictures import Bar, chart_png, map_png
from service.bulletins.figure_links import figure_link
from service.bulletins.kinds import KINDS, title_of
from service.bulletins.shipped import TABLE_HALF_POINTS
from service.bulletins.templates import template_of
from service.bulletins.wording import Wording
from service.districts.db import districts as district_queries
from service.errors import Problem
from service.settings import Settings
from service.web.timestamps import day_of

__all__ = ["as_docx"]

_MAX_BARS: Final = 24
_LATE: Final = ("behind", "overdue")

# What a template raises that cannot be read, compiled or reckoned with: XML is a SyntaxError, too.
_UNFIT: Final = (
    TemplateError,
    OpcError,
    BadZipFile,
    LookupError,
    ValueError,
    OSError,
    TypeError,
    AttributeError,
    ArithmeticError,
    RecursionError,
    SyntaxError,
    MemoryError,
)


def as_docx(
    connection: Connection,
    settings: Settings,
    bulletin: Mapping[str, Any],
    base_url: str,
    language: Language = "zh",
) -> bytes:
    """The bulletin by the template of its kind; each mapped figure is a link to its plots.

    Raises
    ------
    Problem
        409 ``bad_template``: the bureau's template cannot be read or filled.
    """
    template = template_of(settings, bulletin["kind"], language)
    try:
        document = template.opened()
        context = _context(document, connection, bulletin, base_url, Wording(language))
        # A template may say nothing but what is handed to it.
        document.render(context, SandboxedEnvironment(autoescape=True), autoescape=True)
    except _UNFIT as error:
        if template.name is None:
            raise
        why = error.message if isinstance(error, MessageError) else Message(f"{error}", f"{error}")
        raise Problem(
            409,
            "bad_template",
            Message(
                f"模板 {template.name} 不能用（{why.zh}），请修改，或移出 LUOTU_HOME/templates",
                f"the template {template.name} cannot be used ({why.en}): mend it, or take it out "
                "of LUOTU_HOME/templates",
            ),
        ) from None
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


def _context(
    document: DocxTemplate,
    connection: Connection,
    bulletin: Mapping[str, Any],
    base_url: str,
    words: Wording,
) -> dict[str, Any]:
    content = bulletin["content"]
    rows = content["rows"]
    chart = chart_png([_bar(row, words) for row in rows[:_MAX_BARS]], words.language)
    pictures: dict[str, Any] = {"chart": InlineImage(document, io.BytesIO(chart), width=Cm(16))}
    mapped = _districts(rows)
    drawn = _map(connection, content, mapped, words.language)
    if drawn is not None:
        pictures["map"] = _beside_its_heading(document, drawn)
        pictures["map_of"] = words.indicator(mapped[0])
    late = [row for row in rows if row["state"] in _LATE]
    written = [words.row(row) for row in rows]
    for row, told in zip(rows, written, strict=True):
        told["mapped"] = _linked(document, told["mapped"], row, content["as_of"], base_url)
    return {
        "title": _title(bulletin, words),
        "kind": KINDS[bulletin["kind"]].text(words.language),
        "number": bulletin["number"],
        "plan": content["plan"]["label"],
        "recipient": content.get("recipient"),
        "as_of": words.minute(datetime.fromisoformat(content["as_of"])),
        "since": None
        if content["since"] is None
        else words.minute(datetime.fromisoformat(content["since"])),
        "moves": [words.moved(moves) for moves in content["moves"]],
        "rows": written,
        "late": [words.named(row) for row in late],
        "late_rows": [words.row(row) for row in _most_urgent_first(late)],
        "missing": [words.named(row) for row in rows if _unreported(row)],
        "undated": [words.undated(row) for row in rows if row["undated_m2"] >= 1],
        "rankings": _rankings(rows, words),
        "scores": [words.score(holder) for holder in content.get("scores", [])],
        "done": sum(row["state"] == "done" for row in rows),
        "targets": len(rows),
        "more_bars": max(0, len(rows) - _MAX_BARS),
        "sha256": bulletin["sha256"],
        "invented": content["invented"],
        **pictures,
    }


def _title(bulletin: Mapping[str, Any], words: Wording) -> str:
    """As given; one of ours is said in the language."""
    kind, plan, number = bulletin["kind"], bulletin["content"]["plan"]["label"], bulletin["number"]
    if words.language == "en" and bulletin["title"] == title_of(kind, plan, number):
        return f"{KINDS[kind].en} no. {number}: {plan}"
    return str(bulletin["title"])


def _linked(
    document: DocxTemplate, words: str, row: Mapping[str, Any], as_of: str, base_url: str
) -> RichText:
    link = None
    if row["mapped"] is not None and row["target_id"] is not None:
        link = document.build_url_id(figure_link(base_url, row["target_id"], as_of))
    text = RichText()
    text.add(words, url_id=link, size=TABLE_HALF_POINTS)
    return text


def _unreported(row: Mapping[str, Any]) -> bool:
    return row["reported"] is None and row["reasons"].get("reported_rate") == "not_reported"


def _most_urgent_first(rows: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    def missing(row: Mapping[str, Any]) -> float:
        return -1.0 if row["gap"] is None or not row["target"] else -row["gap"] / row["target"]

    return sorted(rows, key=lambda row: (-row["days_overdue"], missing(row)))


def _rankings(rows: Sequence[Mapping[str, Any]], words: Wording) -> list[dict[str, Any]]:
    """Holders by rate, for each indicator and level with two at least."""
    groups: dict[tuple[str, str], list[Mapping[str, Any]]] = {}
    for row in rows:
        if row["rank"] is not None:
            groups.setdefault((row["indicator"], row["level"]), []).append(row)
    return [
        {
            "indicator": words.indicator(group[0]),
            "rows": [words.row(row) for row in sorted(group, key=lambda row: row["rank"])],
        }
        for group in groups.values()
    ]


def _bar(row: Mapping[str, Any], words: Wording) -> Bar:
    target = row["target"]

    def over(value: float | None) -> float | None:
        return None if value is None or not target else value / target

    name = f"{words.indicator(row)} {row['name']}"
    return Bar(name, (over(row["reported"]), over(row["mapped"]), over(row["verified"])))


def _districts(rows: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """The rows of the indicator and level with most districts: those that the map shows."""
    groups: dict[tuple[str, str], list[Mapping[str, Any]]] = {}
    for row in rows:
        if row["level"] in ("province", "city", "county"):
            groups.setdefault((row["indicator"], row["level"]), []).append(row)
    return max(groups.values(), key=len, default=[])


def _map(
    connection: Connection,
    content: Mapping[str, Any],
    rows: Sequence[Mapping[str, Any]],
    language: Language,
) -> bytes | None:
    """Some districts by rate, in the borders of the day of the bulletin; None without a shape."""
    rates = {
        row["code"]: row["reported_rate"]
        if row["reported_rate"] is not None
        else row["mapped_rate"]
        for row in rows
    }
    day = day_of(datetime.fromisoformat(content["as_of"]))
    if not rates:
        return None
    shapes = district_queries.frame(connection, list(rates), day).dropna(subset="geometry")
    if shapes.empty:
        return None
    return map_png(shapes, [rates[code] for code in shapes["code"]], language)


def _beside_its_heading(document: DocxTemplate, png: bytes) -> InlineImage:
    """A picture of 13 cm, or less where it would be so high that its heading stood alone before."""
    width, height = (int.from_bytes(png[at : at + 4]) for at in (16, 20))
    size = {"width": Cm(13)} if height * 13 <= width * 12 else {"height": Cm(12)}
    return InlineImage(document, io.BytesIO(png), **size)
