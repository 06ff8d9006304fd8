"""The texts around a map: title, source, dates, scope, approval number."""

from dataclasses import dataclass
from datetime import date
from typing import Final, Literal, TypeAlias

from maps.html import Json, shown
from maps.words import Pair

Language: TypeAlias = Literal["zh", "en"]

Words: TypeAlias = str | Pair
"""Text that is the same in both languages, or (Chinese, English)."""

ALL_DISTRICTS: Final[Pair] = ("全部行政区", "All districts")


@dataclass(frozen=True, kw_only=True)
class Caption:
    """Texts may hold anything a user typed: they are escaped where they enter the page.

    A title, scope or moment that is a pair is read in the language that the page speaks.

    Examples
    --------
    >>> caption = Caption(title=("巡林护林", "Forest patrols"), source="示例", language="en")
    >>> caption.headline
    'Forest patrols'

    Parameters
    ----------
    title, source
        What the map shows and whose data it shows.
    as_of
        Up to when the data are complete; None when nobody said.
    scope
        Which districts the reader may see, in words; empty leaves the line out.
    vintage
        Edition of the district borders, such as ``"天地图 2024"``.
    approval
        The map approval number (审图号). Empty: the page says 示意图，未经审图.
    expires
        Last day on which the file is good; after it the page warns.
    compared
        The earlier date of a map of change.
    invented
        True: plots and figures are made up, and the page says so wherever it is looked at.
    marks
        What a reader must know before any figure, beside the title, in Chinese and English: that
        plots are not approved, or that not all are drawn.
    download
        Address of the same map as a file, for pages that are served; empty: no button.
    language
        The language that a page opens in; the reader can switch.
    """

    title: Words
    source: str
    as_of: date | Words | None = None
    scope: Words = ""
    vintage: str = ""
    approval: str = ""
    expires: date | None = None
    compared: date | Words | None = None
    invented: bool = False
    marks: tuple[Pair, ...] = ()
    download: str = ""
    language: Language = "zh"

    @property
    def headline(self) -> str:
        """The title in the language that the page opens in."""
        if isinstance(self.title, str):
            return self.title
        return self.title[0 if self.language == "zh" else 1]

    def as_json(self) -> dict[str, Json]:
        """The caption as the page's script reads it; dates as ISO 8601."""
        return {
            "title": _words(self.title),
            "source": shown(self.source),
            "as_of": _words(self.as_of),
            "scope": _words(self.scope),
            "vintage": shown(self.vintage),
            "approval": shown(self.approval),
            "expires": self.expires.isoformat() if self.expires else "",
            "compared": _words(self.compared),
            "invented": self.invented,
            "marks": [[shown(zh), shown(en)] for zh, en in self.marks],
            "download": self.download,
        }


def _words(text: date | Words | None) -> Json:
    return [shown(text[0]), shown(text[1])] if isinstance(text, tuple) else shown(text)
