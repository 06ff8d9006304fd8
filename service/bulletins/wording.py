"""The frozen figures of a bulletin as words of one language."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from gis.messages import Language, Message
from service.progress.table import MOVED, REASONS, STATES
from service.web.timestamps import in_both_languages

__all__ = ["Wording"]

_ESTIMATED: Final = Message("（估算）", " (estimated)")
_BECAME: Final = Message("由 {before} 变为 {after} {unit}", "from {before} to {after} {unit}")
_FIGURES: Final = {
    "mapped": Message("上图", "mapped"),
    "reported": Message("上报", "reported"),
    "target": Message("任务量", "target"),
}
_REACHED: Final = Message("达标", "reached")
_NOT_REACHED: Final = Message("未达标", "not reached")
_UNDATED: Final = Message("{name} {area} 亩", "{name} {area} mu")
_MU_M2: Final = 2000 / 3


@dataclass(frozen=True)
class Wording:
    """Rows, moves and scores in a language."""

    language: Language

    def _say(self, message: Message) -> str:
        return message.text(self.language)

    def minute(self, moment: datetime) -> str:
        """A moment by Beijing's clock."""
        return in_both_languages(moment)[self.language == "en"]

    def indicator(self, row: Mapping[str, Any]) -> str:
        """What an indicator is called; estimated ones say so."""
        english = self.language == "en"
        label = row["indicator_label_en"] if english else row["indicator_label"]
        return f"{label}{self._say(_ESTIMATED)}" if row.get("estimated") else str(label)

    def unit(self, row: Mapping[str, Any]) -> str:
        """What a unit of measure is called."""
        return str(row["measured_in_en"] if self.language == "en" else row["measured_in"])

    def named(self, row: Mapping[str, Any]) -> str:
        """An indicator and its holder."""
        brackets = " ({})" if self.language == "en" else "（{}）"
        return self.indicator(row) + brackets.format(row["name"])

    def undated(self, row: Mapping[str, Any]) -> str:
        """The ground of a row that has no day."""
        area = number(row["undated_m2"] / _MU_M2, 1)
        return self._say(_UNDATED).format(name=self.named(row), area=area)

    def row(self, row: Mapping[str, Any]) -> dict[str, Any]:
        """Cells of a row by name; a dash stands for no figure."""
        digits, unit = row["digits"], self.unit(row)
        upper = "" if row["target_upper"] is None else f"–{number(row['target_upper'], 2)}"
        gap = row.get("gap")
        return {
            "indicator": self.indicator(row),
            "name": row["name"],
            "target": "—" if row["target"] is None else f"{number(row['target'], 2)}{upper} {unit}",
            "reported": number(row["reported"], digits),
            "mapped": number(row["mapped"], digits),
            "verified": number(row["verified"], digits),
            "reported_rate": percent(row["reported_rate"]),
            "mapped_rate": percent(row["mapped_rate"]),
            "verified_rate": percent(row["verified_rate"]),
            "state": "" if row["state"] is None else self._say(STATES[row["state"]]),
            "gap": "—" if gap is None else f"{number(gap, max(digits, 2))} {unit}",
            "lead": row["lead_name"] or row["lead"] or "",
            "due": row["due"] or "",
            "days_overdue": row["days_overdue"] or "",
            "rank": row["rank"] or "",
        }

    def moved(self, moves: Mapping[str, Any]) -> str:
        """One sentence for a target: its figures of both moments, and the largest moves."""
        english = self.language == "en"
        sentences = []
        for figure, word in _FIGURES.items():
            before, after = moves["before"][figure], moves["after"][figure]
            those = [row for row in moves["rows"] if row["figure"] == figure]
            if before == after and not those:
                continue
            said = self._say(_BECAME).format(
                before=number(before, 4), after=number(after, 4), unit=self.unit(moves)
            )
            told = [self.move(row) for row in those]
            listed = f" ({'; '.join(told)})" if english else f"（{'；'.join(told)}）"
            sentences.append(f"{self._say(word)}{' ' if english else ''}{said}{listed}")
        colon, comma = (": ", ", ") if english else ("：", "，")
        return f"{self.named(moves)}{colon}{comma.join(sentences)}"

    def move(self, row: Mapping[str, Any]) -> str:
        """A move with its plot and its change."""
        plot = f" {row['plot_no']}" if row["plot_no"] else ""
        return f"{self._say(MOVED[row['what']])}{plot} {row['change']:+.4g}"

    def score(self, holder: Mapping[str, Any]) -> dict[str, Any]:
        """The self-score of a holder, item by item."""
        return {
            "name": holder["name"],
            "marks": number(holder["marks"], 1),
            "reached": holder["reached"],
            "of": len(holder["items"]),
            "entries": [
                {
                    "indicator": self.indicator(item),
                    "full": number(item["full"], 1),
                    "marks": number(item["marks"], 1),
                    "gap": "—"
                    if item["gap"] is None
                    else f"{number(item['gap'], 2)} {self.unit(item)}",
                    "note": self.note(item),
                }
                for item in holder["items"]
            ],
        }

    def note(self, item: Mapping[str, Any]) -> str:
        """Whether an item is reached, or why it has no figure."""
        reason = REASONS.get(item["reason"] or "")
        if reason is not None:
            return self._say(reason)
        return self._say(_REACHED if item["reached"] else _NOT_REACHED)


def number(value: float | None, digits: int) -> str:
    """A number with its thousands apart and no zeros that say nothing; a dash for none.

    Examples
    --------
    >>> number(1234.50, 2), number(None, 1), number(100.0, 0)
    ('1,234.5', '—', '100')
    """
    if value is None:
        return "—"
    text = f"{value:,.{digits}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def percent(rate: float | None) -> str:
    """A rate in per cent, never clamped; a dash for none.

    Examples
    --------
    >>> percent(1.026), percent(None)
    ('102.6%', '—')
    """
    return "—" if rate is None else f"{rate * 100:.1f}%"
