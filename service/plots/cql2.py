"""Filters of plots in CQL2 text, as OGC writes them: ``year = 2026 AND kind = '人工造林'``."""

from typing import Final

from sqlalchemy import Connection

from gis.messages import InvalidValueError, Message
from service.codes.db.codes import codes
from service.database.metadata import plot_version
from service.errors import Problem
from service.plots.db.cql2 import Condition, condition
from service.units.naming import unit_words
from service.web.deps import bad_query

__all__ = ["MAX_CHARACTERS", "parse_filter"]

MAX_CHARACTERS: Final = 4_000
_LISTS: Final = ("kind", "programme", "theme", "work_type")


def parse_filter(connection: Connection, text: str) -> Condition:
    """A filter that may be asked, with the codes that its words stand for.

    Raises
    ------
    Problem
        422 ``bad_filter``: where it cannot be read, or what it names that plots do not have.
    """
    if len(text) > MAX_CHARACTERS:
        raise _bad(
            Message(
                f"筛选长 {len(text):,} 字，上限 {MAX_CHARACTERS:,}",
                f"the filter has {len(text):,} characters, {MAX_CHARACTERS:,} is the most",
            )
        )
    wanted = Condition(_tree(text), _words(connection))
    try:
        condition(wanted, plot_version)
    except InvalidValueError as error:
        raise _bad(error.message) from None
    return wanted


def _tree(text: str) -> object:
    # Here, for the parser is compiled when it is imported, and few requests need it.
    from lark.exceptions import LarkError, UnexpectedInput  # noqa: PLC0415
    from pygeofilter.parsers.cql2_text.parser import parse, parser  # noqa: PLC0415

    # Else ten kilobytes of its states are printed for a day that the calendar does not have.
    parser.parser.parser.parser.debug = False
    try:
        return parse(" ".join(text.split()))
    except UnexpectedInput as error:
        at = error.column if isinstance(error.column, int) and error.column > 0 else len(text)
        near = " ".join(text.split())[max(0, at - 1) : at + 19]
        where = Message(f"第 {at} 个字符“{near}”处", f"at character {at}, {near!r}")
    except (LarkError, TypeError, ValueError, RecursionError):  # -kind is a TypeError
        where = Message("其中有无效的日期或数字", "it holds no such day or number")
    raise _bad(
        Message(
            f"筛选读不懂：{where.zh}；应如 year = 2026 AND kind = '人工造林'",
            f"the filter cannot be read: {where.en}; write year = 2026 AND kind = 'RGZL'",
        )
    )


def _words(connection: Connection) -> dict[str, dict[str, str]]:
    words = {
        name: {
            str(entry[column]).casefold(): str(entry["code"])
            for entry in codes(connection, name)
            for column in ("label_zh", "label_en", "code")
        }
        for name in _LISTS
    }
    units = {word.casefold(): str(row["code"]) for word, row in unit_words(connection).items()}
    return {**words, "unit": units}


def _bad(message: Message) -> Problem:
    return bad_query("filter", message, "bad_filter")
