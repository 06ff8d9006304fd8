"""Indicators and units of measure as this database has them, the bureau's own among them."""

from sqlalchemy import Connection

from data.codes import UnknownCodeError, code_list
from data.indicators import Indicator, indicators
from data.quantities import UnitOfMeasure, measuring_unit
from gis.messages import Message
from service.codes.db.local_codes import hold_codes
from service.codes.in_use import codes_in_use

_SHOWN = 40

__all__ = ["Words", "words_in_use", "words_to_write"]


class Words:
    """The indicators and units of one moment.

    Built by :func:`words_in_use`.
    """

    def __init__(self) -> None:
        self.indicators: dict[str, Indicator] = indicators()
        listed = code_list("unit_of_measure")
        self.units: dict[str, UnitOfMeasure] = {
            row.code: measuring_unit(row.code) for row in listed
        }
        self._units, self._indicators = listed, code_list("indicator")

    def unit(self, word: str) -> UnitOfMeasure | None:
        """The unit of a code, label or alias; None when there is none."""
        try:
            return self.units[self._units.find(word).code]
        except UnknownCodeError:
            return None

    def indicator(self, word: str) -> Indicator | None:
        """The indicator of a code or label; None when there is none."""
        try:
            return self.indicators[self._indicators.find(word).code]
        except UnknownCodeError:
            return None

    def no_indicator(self, word: str) -> Message:
        """What is said where `indicator` knows no such word, with those near it."""
        shown = word[:_SHOWN]
        near = self._indicators.near(word)
        if not near:
            return Message(f"没有指标“{shown}”", f"there is no indicator {shown!r}")
        return Message(
            f"没有指标“{shown}”，相近的有：{'、'.join(near)}",
            f"there is no indicator {shown!r}; near ones: {', '.join(near)}",
        )


def words_to_write(connection: Connection) -> Words:
    """As `words_in_use`, for who writes them: none is deleted until the transaction ends."""
    hold_codes(connection, "indicator", "unit_of_measure")
    return words_in_use(connection)


def words_in_use(connection: Connection) -> Words:
    """Indicators and units with the bureau's own rows."""
    with codes_in_use(connection):
        return Words()
