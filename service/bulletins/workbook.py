"""A bulletin as a workbook: its frozen rows, moves and scores, and what they are."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from data.writing.xlsx import Sheet, as_book
from gis.messages import Language, Message
from service.bulletins.figure_links import figure_link
from service.bulletins.wording import Wording
from service.progress.table import HEADINGS, MOVED, RATES, REASONS, STATES

__all__ = ["as_workbook"]

_GAP: Final = Message("还差", "Missing")
_LINK: Final = Message("数字出处", "What makes the figure")
_FIRST = Message("这是第一期，没有可比的上期", "This is the first one: there is none before it")
_STILL = Message("上期以来没有变动", "Nothing moved since the last one")
_SHEETS: Final = (
    Message("进度", "Progress"),
    Message("变动", "Moves"),
    Message("自评", "Self-score"),
)
_MOVES: Final = {
    "indicator": Message("指标", "Indicator"),
    "name": Message("单位", "Holder"),
    "figure": Message("数字", "Figure"),
    "what": Message("变动", "Move"),
    "plot_no": Message("图斑号", "Plot no."),
    "change": Message("数量", "Change"),
    "measured_in": Message("计量单位", "Unit"),
}
_FIGURES: Final = {
    "mapped": HEADINGS["mapped"],
    "reported": HEADINGS["reported"],
    "target": HEADINGS["target"],
}
_SCORES: Final = {
    "name": Message("单位", "Holder"),
    "indicator": Message("指标", "Indicator"),
    "full": Message("满分", "Full marks"),
    "marks": Message("得分", "Marks"),
    "gap": _GAP,
    "measured_in": Message("计量单位", "Unit"),
    "note": Message("说明", "Note"),
}
_CHECKSUM: Final = Message("校验和 SHA-256", "Checksum (SHA-256)")
_SPAN: Final = Message("截至 {as_of}；上期 {since}", "as of {as_of}; the one before {since}")
_NONE: Final = Message("无", "none")
_INVENTED: Final = Message("示例任务：数字均为编造", "Invented tasks: every figure is made up")


def as_workbook(bulletin: Mapping[str, Any], base_url: str, language: Language = "zh") -> bytes:
    """The workbook in a language; numbers stay numbers, and rates ratios that are shown as %."""
    words = Wording(language)
    content = bulletin["content"]
    rows, moves, scores = _SHEETS
    sheets = [
        Sheet(
            rows.text(language),
            _heads({**HEADINGS, "gap": _GAP, "link": _LINK}, language),
            [_row(row, content["as_of"], base_url, words) for row in content["rows"]],
            shares=RATES,
        ),
        Sheet(
            moves.text(language),
            _heads(_MOVES, language),
            [_move(one, row, words) for one in content["moves"] for row in one["rows"]],
            (_FIRST if content["since"] is None else _STILL).text(language),
        ),
    ]
    if content.get("scores"):
        items = [
            {
                **item,
                "name": holder["name"],
                "indicator": words.indicator(item),
                "measured_in": words.unit(item),
                "note": words.note(item),
            }
            for holder in content["scores"]
            for item in holder["items"]
        ]
        sheets.append(Sheet(scores.text(language), _heads(_SCORES, language), items))
    return as_book(sheets, _notes(bulletin, words))


def _heads(heads: Mapping[str, Message], language: Language) -> dict[str, str]:
    return {name: message.text(language) for name, message in heads.items()}


def _row(row: Mapping[str, Any], as_of: str, base_url: str, words: Wording) -> dict[str, Any]:
    reason, state = REASONS.get(row["reason"] or ""), STATES.get(row["state"] or "")
    leads = row["target_id"] is not None and row["mapped"] is not None
    return {
        **row,
        "indicator_label": words.indicator(row),
        "measured_in": words.unit(row),
        "reason": None if reason is None else reason.text(words.language),
        "state": None if state is None else state.text(words.language),
        "link": figure_link(base_url, row["target_id"], as_of) if leads else None,
    }


def _move(one: Mapping[str, Any], row: Mapping[str, Any], words: Wording) -> dict[str, Any]:
    return {
        "indicator": words.indicator(one),
        "name": one["name"],
        "figure": _FIGURES[row["figure"]].text(words.language),
        "what": MOVED[row["what"]].text(words.language),
        "plot_no": row["plot_no"],
        "change": row["change"],
        "measured_in": words.unit(one),
    }


def _notes(bulletin: Mapping[str, Any], words: Wording) -> list[str]:
    content, language = bulletin["content"], words.language
    since = content["since"]
    told = _NONE.text(language) if since is None else words.minute(datetime.fromisoformat(since))
    notes = [
        bulletin["title"],
        _SPAN.text(language).format(
            as_of=words.minute(datetime.fromisoformat(content["as_of"])), since=told
        ),
        f"{_CHECKSUM.text(language)} {bulletin['sha256']}",
    ]
    return [*notes, _INVENTED.text(language)] if content["invented"] else notes
