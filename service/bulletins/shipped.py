"""The shipped templates: made here, both languages side by side; a bureau begins its own with one.

What they name between braces is the context of `service.bulletins.document`.
"""

import io
from collections.abc import Sequence
from functools import cache
from typing import Any, Final, NamedTuple

from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.ns import qn
from docx.shared import Cm, Pt

from gis.messages import Language, Message
from service.bulletins.kinds import Kind

__all__ = ["TABLE_HALF_POINTS", "shipped_template"]

_FONTS: Final = {"zh": ("SimSun", "SimHei"), "en": ("Liberation Serif", "Liberation Sans")}
_SIDE_CM: Final = 2.0
_CELL_MARGIN_TWIPS: Final = "40"  # 0.07 cm
TABLE_HALF_POINTS: Final = 17  # 8.5 pt


class _Line(NamedTuple):
    style: str
    words: Message


class _Table(NamedTuple):
    """A table with a row for each of ``rows``; a cell is what stands between its braces."""

    row: str
    rows: str
    columns: Sequence[tuple[Message, str, float]]
    """Head, cell and width in cm."""


_Block = _Line | _Table


def _tag(code: str) -> _Line:
    return _Line("Normal", Message(f"{{%p {code} %}}", f"{{%p {code} %}}"))


def _text(zh: str, en: str, style: str = "Normal") -> _Line:
    return _Line(style, Message(zh, en))


def _when(condition: str, *blocks: _Block) -> tuple[_Block, ...]:
    return (_tag(f"if {condition}"), *blocks, _tag("endif"))


_M: Final = Message
_OPENING: Final[tuple[_Block, ...]] = (
    _text("{{ title }}", "{{ title }}", "Title"),
    _text(
        "{{ plan }}　第 {{ number }} 期　截至 {{ as_of }}",
        "{{ kind }} no. {{ number }} of {{ plan }}, as of {{ as_of }}",
    ),
    *_when("recipient", _text("报送：{{ recipient }}", "To: {{ recipient }}")),
    *_when("invented", _text("示例任务：数字均为编造", "Invented tasks: every figure is made up")),
    _text("上期以来的变动", "What moved since the last one", "Heading 1"),
    _tag("if since"),
    _text("自上期（{{ since }}）以来：", "Since the last one ({{ since }}):"),
    _tag("for move in moves"),
    _text("{{ move }}", "{{ move }}", "List Bullet"),
    _tag("endfor"),
    *_when("not moves", _text("没有变动。", "Nothing moved.")),
    _tag("else"),
    _text("这是第一期。", "This is the first one."),
    _tag("endif"),
)
_ROWS: Final[tuple[_Block, ...]] = (
    _text("任务完成情况", "The tasks", "Heading 1"),
    _text(
        "共 {{ targets }} 项任务，完成 {{ done }} 项。上报、上图、核实分列，完成率不封顶；"
        "上图数字可点开查看图斑。",
        "{{ targets }} tasks, {{ done }} of them done. Reported, mapped and accepted stand apart; "
        "rates are never clamped; each mapped figure opens its plots.",
    ),
    _Table(
        "row",
        "rows",
        (
            (_M("指标", "Indicator"), "{{ row.indicator }}", 2.3),
            (_M("单位", "Holder"), "{{ row.name }}", 1.5),
            (_M("任务量", "Target"), "{{ row.target }}", 1.9),
            (_M("上报", "Reported"), "{{ row.reported }}", 1.75),
            (_M("上图", "Mapped"), "{{r row.mapped }}", 1.7),
            (_M("核实", "Accepted"), "{{ row.verified }}", 1.75),
            (_M("施工完成率", "Reported / target"), "{{ row.reported_rate }}", 1.6),
            (_M("上图率", "Mapped / target"), "{{ row.mapped_rate }}", 1.6),
            (_M("核实率", "Accepted / reported"), "{{ row.verified_rate }}", 1.6),
            (_M("状态", "State"), "{{ row.state }}", 1.5),
        ),
    ),
    *_when(
        "undated",
        _text(
            "另有无计数日期的图斑未计：{{ undated|join('；') }}。",
            "Plots without the day that counts are left out: {{ undated|join('; ') }}.",
        ),
    ),
)
_LATE_SENTENCE: Final = _when(
    "late",
    _text("滞后或逾期：{{ late|join('、') }}。", "Behind or overdue: {{ late|join('; ') }}."),
)
_MISSING: Final = _when(
    "missing",
    _text(
        "尚无经审核的上报数：{{ missing|join('、') }}。",
        "Nothing reported and approved yet: {{ missing|join('; ') }}.",
    ),
)


def _late_table(zh: str, en: str) -> tuple[_Block, ...]:
    return (
        _text(zh, en, "Heading 1"),
        *_when("not late_rows", _text("没有。", "None.")),
        *_when(
            "late_rows",
            _Table(
                "row",
                "late_rows",
                (
                    (_M("指标", "Indicator"), "{{ row.indicator }}", 4.2),
                    (_M("单位", "Holder"), "{{ row.name }}", 2.4),
                    (_M("牵头单位", "Lead"), "{{ row.lead }}", 3.0),
                    (_M("任务量", "Target"), "{{ row.target }}", 2.4),
                    (_M("还差", "Missing"), "{{ row.gap }}", 2.0),
                    (_M("时限", "Due"), "{{ row.due }}", 2.2),
                    (_M("逾期天数", "Days overdue"), "{{ row.days_overdue }}", 1.6),
                ),
            ),
        ),
    )


_RANKINGS: Final[tuple[_Block, ...]] = (
    _text("排名", "Ranking", "Heading 1"),
    *_when(
        "not rankings",
        _text("各项任务只有一个单位，不排名。", "Each task has one holder: there is no ranking."),
    ),
    _tag("for ranking in rankings"),
    _text("{{ ranking.indicator }}", "{{ ranking.indicator }}", "Heading 2"),
    _Table(
        "row",
        "ranking.rows",
        (
            (_M("排名", "Rank"), "{{ row.rank }}", 1.6),
            (_M("单位", "Holder"), "{{ row.name }}", 5.0),
            (_M("任务量", "Target"), "{{ row.target }}", 3.6),
            (_M("施工完成率", "Reported / target"), "{{ row.reported_rate }}", 3.0),
            (_M("上图率", "Mapped / target"), "{{ row.mapped_rate }}", 3.0),
        ),
    ),
    _tag("endfor"),
)
_SCORES: Final[tuple[_Block, ...]] = (
    _text("自评得分与差距", "Self-score and gaps", "Heading 1"),
    _text(
        "自评按各项指标等权计分，满分 100；达标得满分，未达标按完成比例得分，没有数字的不得分。",
        "Each indicator weighs the same, 100 marks in all: full marks when it is reached, else its "
        "share of the way there, none without a figure.",
    ),
    _tag("for holder in scores"),
    _text(
        "{{ holder.name }}：自评 {{ holder.marks }} 分，达标 {{ holder.reached }} / "
        "{{ holder.of }} 项",
        "{{ holder.name }}: {{ holder.marks }} marks, {{ holder.reached }} of {{ holder.of }} "
        "reached",
        "Heading 2",
    ),
    _Table(
        "item",
        "holder.entries",
        (
            (_M("指标", "Indicator"), "{{ item.indicator }}", 6.2),
            (_M("满分", "Full marks"), "{{ item.full }}", 2.2),
            (_M("得分", "Marks"), "{{ item.marks }}", 2.2),
            (_M("还差", "Missing"), "{{ item.gap }}", 3.2),
            (_M("说明", "Note"), "{{ item.note }}", 3.4),
        ),
    ),
    _tag("endfor"),
)
_ENDING: Final[tuple[_Block, ...]] = (
    _text("图", "Pictures", "Heading 1"),
    *_when(
        "map",
        _text(
            "{{ map_of }}：各地施工完成率，未上报的按上图率",
            "{{ map_of }}: rate reported, or mapped where nothing was reported",
        ),
        _text("{{ map }}", "{{ map }}"),
        _text("示意图，未经审图", "A sketch, not reviewed for publication"),
    ),
    _text("{{ chart }}", "{{ chart }}"),
    *_when(
        "more_bars",
        _text(
            "图中未列其余 {{ more_bars }} 项，见上表。",
            "{{ more_bars }} more are in the table above.",
        ),
    ),
    _text("校验和 SHA-256：{{ sha256 }}", "Checksum (SHA-256): {{ sha256 }}"),
)
_KINDS: Final[dict[Kind, tuple[_Block, ...]]] = {
    "month": (*_OPENING, *_ROWS, *_LATE_SENTENCE, *_ENDING),
    "quarter": (
        *_OPENING,
        *_RANKINGS,
        *_late_table("督办事项", "To be made up for"),
        *_MISSING,
        *_ROWS,
        *_ENDING,
    ),
    "activity": (*_OPENING, *_ROWS, *_MISSING, *_ENDING),
    "year": (
        *_OPENING,
        *_ROWS,
        *_late_table("未完成任务", "Tasks that are not done"),
        *_MISSING,
        *_ENDING,
    ),
    "gap": (*_OPENING, *_SCORES, *_ROWS, *_ENDING),
}


@cache
def shipped_template(kind: Kind, language: Language) -> bytes:
    """The Word template of a kind of bulletin in a language."""
    document = Document()
    section = document.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.left_margin = section.right_margin = Cm(_SIDE_CM)
    _set_fonts(document, *_FONTS[language])
    for block in _KINDS[kind]:
        if isinstance(block, _Table):
            _add_table(document, block, language)
        else:
            paragraph = document.add_paragraph(block.words.text(language), style=block.style)
            if "map_of" in block.words.zh:
                paragraph.paragraph_format.keep_with_next = True
            if block.style == "Title":
                paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


def _set_fonts(document: Any, body: str, heads: str) -> None:
    for style, name, size in (
        ("Normal", body, 10.5),
        ("List Bullet", body, 10.5),
        ("Title", heads, 20),
        ("Heading 1", heads, 14),
        ("Heading 2", heads, 11.5),
    ):
        font = document.styles[style].font
        font.name, font.size = name, Pt(size)
        fonts = document.styles[style].element.get_or_add_rPr().get_or_add_rFonts()
        for attribute in ("w:eastAsia", "w:hAnsi", "w:ascii"):
            fonts.set(qn(attribute), name)
        for attribute in ("w:asciiTheme", "w:hAnsiTheme", "w:eastAsiaTheme", "w:cstheme"):
            fonts.attrib.pop(qn(attribute), None)


def _add_table(document: Any, block: _Table, language: Language) -> None:
    table = document.add_table(rows=4, cols=len(block.columns), style="Table Grid")
    table.autofit = False
    table.rows[1].cells[0].text = f"{{%tr for {block.row} in {block.rows} %}}"
    table.rows[3].cells[0].text = "{%tr endfor %}"
    for place, (head, cell, width) in enumerate(block.columns):
        table.rows[0].cells[place].text = head.text(language)
        table.rows[2].cells[place].text = cell
        table.columns[place].width = Cm(width)
        for row in table.rows:
            row.cells[place].width = Cm(width)
    for row in (table.rows[0], table.rows[2]):
        for cell in row.cells:
            for run in cell.paragraphs[0].runs:
                run.font.size = Pt(TABLE_HALF_POINTS / 2)
                run.font.bold = row is table.rows[0] or None
    document.add_paragraph().paragraph_format.space_after = Pt(0)
    # Narrow margins, so that "Reported" and "overdue" stand on one line in wider fonts, too.
    margins = table._tbl.tblPr.makeelement(qn("w:tblCellMar"), {})  # noqa: SLF001 - no other way
    for side in ("left", "right"):
        fields = {qn("w:w"): _CELL_MARGIN_TWIPS, qn("w:type"): "dxa"}
        margins.append(margins.makeelement(qn(f"w:{side}"), fields))
    look = table._tbl.tblPr.find(qn("w:tblLook"))  # noqa: SLF001
    table._tbl.tblPr.append(margins) if look is None else look.addprevious(margins)  # noqa: SLF001
    # The heads stand again on each page.
    properties = table.rows[0]._tr.get_or_add_trPr()  # noqa: SLF001 - python-docx has no other way
    properties.append(properties.makeelement(qn("w:tblHeader"), {}))
