"""Quantities of tasks: units of measure with their exact sizes, and figures that people are shown.

Values stay in the unit of their paper; they are compared and added as exact fractions of the base
unit of their dimension (m², m, pieces, stems, yuan) and rounded once, where they are shown.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Final, NamedTuple

from data.codes import Code, UnknownCodeError, code_list
from gis.messages import Message

__all__ = [
    "DIMENSIONS",
    "UnitOfMeasure",
    "dimension_words",
    "is_unit",
    "measuring_unit",
    "plain",
    "rounded",
    "total",
]

_DIMENSION_WORDS: Final[Mapping[str, Message]] = {
    "area": Message("面积", "an area"),
    "length": Message("长度", "a length"),
    "count": Message("个数", "a number of things"),
    "stems": Message("株数", "a number of stems"),
    "money": Message("金额", "money"),
    "ratio": Message("比率", "a ratio"),
    "milestone": Message("节点", "a milestone"),
    "mass": Message("重量", "a mass"),
    "area_per_person": Message("人均面积", "an area per person"),
}
DIMENSIONS: Final = tuple(_DIMENSION_WORDS)


class UnitOfMeasure(NamedTuple):
    """A unit in which values of a dimension are written."""

    code: str
    label: str
    label_en: str
    dimension: str
    factor: Fraction
    """How many base units one of it is."""

    def to_base(self, value: Decimal) -> Fraction:
        """A value in this unit as a number of base units.

        Examples
        --------
        >>> measuring_unit("万亩").to_base(Decimal("51.3"))
        Fraction(342000000, 1)
        """
        return Fraction(value) * self.factor

    def from_base(self, quantity: Fraction) -> Fraction:
        """A number of base units in this unit.

        Examples
        --------
        >>> measuring_unit("亩").from_base(Fraction(10000))
        Fraction(15, 1)
        """
        return quantity / self.factor


def measuring_unit(word: str) -> UnitOfMeasure:
    """The unit of a code, label or alias, with a bureau's own units within `local_codes`.

    Raises
    ------
    UnknownCodeError
        There is no such unit; near ones are named.

    Examples
    --------
    >>> measuring_unit("㎡").code, measuring_unit("株").dimension
    ('m2', 'stems')
    """
    return _unit(code_list("unit_of_measure").find(word))


def is_unit(word: str) -> bool:
    """Whether a word names a unit of measure.

    Examples
    --------
    >>> is_unit("万株"), is_unit("万")
    (True, False)
    """
    try:
        measuring_unit(word)
    except UnknownCodeError:
        return False
    return True


def _unit(row: Code) -> UnitOfMeasure:
    more = row.more
    return UnitOfMeasure(
        row.code, row.label_zh, row.label_en, more["dimension"], Fraction(more["factor"])
    )


def dimension_words(dimension: str) -> Message:
    """A dimension of `DIMENSIONS` as people say it.

    Raises
    ------
    KeyError
        It is none of them.

    Examples
    --------
    >>> dimension_words("area").zh, dimension_words("stems").en
    ('面积', 'a number of stems')
    """
    return _DIMENSION_WORDS[dimension]


def total(values: Iterable[tuple[Decimal, UnitOfMeasure]]) -> Fraction:
    """The exact sum of values in different units of one dimension, in base units; 0 of none.

    Examples
    --------
    >>> wan_mu, mu = measuring_unit("万亩"), measuring_unit("亩")
    >>> mu.from_base(total([(Decimal("1.5"), wan_mu), (Decimal(20), mu)]))
    Fraction(15020, 1)
    """
    return sum((unit.to_base(value) for value, unit in values), Fraction(0))


def rounded(quantity: Fraction, digits: int) -> Decimal:
    """A fraction as people are shown it: rounded once, half away from zero.

    Examples
    --------
    >>> rounded(Fraction(513, 500), 3), rounded(Fraction(5, 2), 0)
    (Decimal('1.026'), Decimal('3'))
    """
    step = Fraction(10) ** digits
    scaled = abs(quantity) * step
    whole = (scaled.numerator * 2 + scaled.denominator) // (scaled.denominator * 2)
    shown = Decimal(whole).scaleb(-digits)
    return (-shown if quantity < 0 else shown).quantize(
        Decimal(1).scaleb(-digits), rounding=ROUND_HALF_UP
    )


def plain(value: Decimal) -> str:
    """A number as it is typed: no exponent, no zeros that say nothing.

    Examples
    --------
    >>> plain(Decimal("50.00")), plain(Decimal("4E+3"))
    ('50', '4000')
    """
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
