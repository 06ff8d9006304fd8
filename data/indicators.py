"""Indicators: what a target counts, in a closed language that is data and never SQL.

The shipped ones stand in `data/codes/indicator.csv`; a bureau adds its own as rows of the list.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from fractions import Fraction
from graphlib import CycleError, TopologicalSorter
from typing import Annotated, Any, Final, Literal, NamedTuple

from pydantic import BaseModel, ConfigDict, Discriminator, Field, Tag, TypeAdapter, ValidationError

from data.codes import Code, code_list
from data.quantities import UnitOfMeasure, measuring_unit
from gis.messages import Message, MessageError

__all__ = [
    "NAMED",
    "Indicator",
    "Measure",
    "MeasureError",
    "circle_of_ratios",
    "codes_named",
    "indicator",
    "indicator_of",
    "indicators",
    "parse_measure",
    "wrong_dimension",
]

NAMED: Final[Mapping[str, str]] = {
    "kinds": "kind",
    "categories": "category",
    "programmes": "programme",
    "themes": "theme",
    "work_types": "work_type",
}
"""Members of a `PlotMeasure` that hold codes, and the list of those."""

Word = Annotated[str, Field(min_length=1, max_length=64, pattern=r"^[^\x00-\x1f]+$")]
Words = Annotated[tuple[Word, ...], Field(max_length=50)]
Stage = Literal["planned", "planted", "accepted", "existing"]


class _Closed(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class PlotMeasure(_Closed):
    """Plots on the map: their ground counted once, their number, or their stems."""

    of: Literal["plots"]
    what: Literal["area", "count", "stems"]
    stages: Annotated[tuple[Stage, ...], Field(max_length=4)] = ("planted", "accepted")
    kinds: Words = ()
    categories: Words = ()
    programmes: Words = ()
    themes: Words = ()
    work_types: Words = ()
    green_class: Literal["forest", "urban", "grass", "wetland"] | None = None
    net: bool = False
    """Without ground that was green on the day before the plan began."""


class RegisterMeasure(_Closed):
    """Records of a register: their number, length, area, a field's sum, or their districts."""

    of: Annotated[str, Field(pattern=r"^register:[a-z][a-z0-9_]{0,31}$")]
    what: Annotated[
        str, Field(pattern=r"^(count|length|area|districts|field:[a-z][a-z0-9_]{0,31})$")
    ]
    states: Words = ()

    @property
    def register(self) -> str:
        """Code of the register."""
        return self.of.partition(":")[2]


class RatioMeasure(_Closed):
    """One indicator over another; ratios of parents are made of sums."""

    of: Literal["ratio"]
    over: tuple[Word, Word]


class PatrolMeasure(_Closed):
    """Patrol visits that count."""

    of: Literal["patrol"]


class ReportedMeasure(_Closed):
    """What units report, and nothing else."""

    of: Literal["reported"]


class MilestoneMeasure(_Closed):
    """Done or not done by a day."""

    of: Literal["milestone"]


def _kind(value: Any) -> str:
    of = value.get("of") if isinstance(value, Mapping) else getattr(value, "of", None)
    return "register" if isinstance(of, str) and of.startswith("register:") else str(of)


Measure = Annotated[
    Annotated[PlotMeasure, Tag("plots")]
    | Annotated[RegisterMeasure, Tag("register")]
    | Annotated[RatioMeasure, Tag("ratio")]
    | Annotated[PatrolMeasure, Tag("patrol")]
    | Annotated[ReportedMeasure, Tag("reported")]
    | Annotated[MilestoneMeasure, Tag("milestone")],
    Discriminator(_kind),
]
_MEASURE: Final[TypeAdapter[Any]] = TypeAdapter(Measure)

# The dimension of what each measure counts; None: that which the indicator names.
_YIELDS: Final[Mapping[str, str | None]] = {
    "area": "area",
    "count": "count",
    "stems": "stems",
    "length": "length",
    "districts": "count",
}


class MeasureError(MessageError, ValueError):
    """A measure that is not of the language."""


def parse_measure(measure: str | Mapping[str, Any]) -> Any:
    """A measure of the language, out of JSON text or of what JSON holds.

    Raises
    ------
    MeasureError
        It is no JSON object, or none of the language; the message names the member.

    Examples
    --------
    >>> parse_measure('{"of": "plots", "what": "area", "stages": ["planned"]}').stages
    ('planned',)
    >>> parse_measure({"of": "register:street", "what": "count"}).register
    'street'
    """
    value: Any = measure
    if isinstance(measure, str):
        try:
            value = json.loads(measure)
        except (ValueError, RecursionError):  # no JSON, or nested deeper than any measure
            raise MeasureError(
                Message(
                    'measure 应为 JSON，如 {"of": "reported"}。',
                    'measure is JSON, as {"of": "reported"}.',
                )
            ) from None
    try:
        return _MEASURE.validate_python(value)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"]) or "of"
        raise MeasureError(
            Message(
                f"measure 的 {place} 不对：{first['msg']}；of 可为 plots、register:代码、ratio、"
                "patrol、reported、milestone。",
                f"{place} of measure is wrong: {first['msg']}; of is plots, register:CODE, ratio, "
                "patrol, reported or milestone.",
            )
        ) from None


def codes_named(measure: Any) -> list[tuple[str, str]]:
    """The codes that a measure names, each with its list; registers and their states are no codes.

    Examples
    --------
    >>> codes_named(parse_measure({"of": "plots", "what": "area", "themes": ["LMXY"]}))
    [('theme', 'LMXY')]
    >>> codes_named(parse_measure({"of": "reported"}))
    []
    """
    if isinstance(measure, RatioMeasure):
        return [("indicator", word) for word in measure.over]
    if not isinstance(measure, PlotMeasure):
        return []
    return [(name, word) for member, name in NAMED.items() for word in getattr(measure, member)]


def circle_of_ratios(measures: Mapping[str, str | Mapping[str, Any]]) -> list[str]:
    """Indicators that are ratios of each other, from one back to itself; empty when there are none.

    ``measures`` are those of the indicators by their code.

    Examples
    --------
    >>> circle_of_ratios({"a": {"of": "ratio", "over": ["b", "c"]}, "b": {"of": "reported"}})
    []
    >>> circle_of_ratios({"a": {"of": "ratio", "over": ["a", "b"]}})
    ['a', 'a']
    """
    parsed = {code: parse_measure(measure) for code, measure in measures.items()}
    over = {code: m.over for code, m in parsed.items() if isinstance(m, RatioMeasure)}
    try:
        TopologicalSorter(over).prepare()
    except CycleError as error:
        return list(error.args[1])
    return []


def wrong_dimension(measure: Any, dimension: str) -> str | None:
    """The dimension that a measure yields, where it is not the one named; None when it fits.

    Examples
    --------
    >>> wrong_dimension(parse_measure({"of": "plots", "what": "stems"}), "area")
    'stems'
    """
    if isinstance(measure, MilestoneMeasure) != (dimension == "milestone"):
        return "milestone" if isinstance(measure, MilestoneMeasure) else _yields(measure) or "area"
    yields = _yields(measure)
    if isinstance(measure, RatioMeasure):
        return None if dimension in ("ratio", "area_per_person") else "ratio"
    return None if yields in (None, dimension) else yields


def _yields(measure: Any) -> str | None:
    if isinstance(measure, PatrolMeasure):
        return "count"
    return _YIELDS.get(getattr(measure, "what", ""))


class Indicator(NamedTuple):
    """An indicator as it is counted and shown."""

    code: str
    label: str
    label_en: str
    dimension: str
    unit: UnitOfMeasure
    digits: int
    """Decimals that people are shown, in `unit`."""
    measure: Any
    """`PlotMeasure`, `RegisterMeasure`, `RatioMeasure`, `PatrolMeasure`, `ReportedMeasure` or
    `MilestoneMeasure`."""
    better: str
    """``more`` or ``less``."""
    standard: str
    edition: str
    estimated: bool
    """Whether its figures are marked 估算."""
    retired: bool
    weight: Fraction = Fraction(1)
    """Beside those of the other indicators of a self-score."""

    @property
    def adds_up(self) -> bool:
        """Whether the targets of parts add up to that of the whole."""
        return self.dimension not in ("ratio", "milestone", "area_per_person")


def indicator_of(row: Code) -> Indicator:
    """A row of the list as an indicator."""
    more = row.more
    return Indicator(
        code=row.code,
        label=row.label_zh,
        label_en=row.label_en,
        dimension=more["dimension"],
        unit=measuring_unit(more["unit"]),
        digits=int(more.get("digits") or 0),
        measure=parse_measure(more["measure"]),
        better=more.get("better") or "more",
        standard=more.get("standard", ""),
        edition=more.get("edition", ""),
        estimated=more.get("estimated", "") in ("true", "是", "1"),
        retired=row.retired,
        weight=Fraction(more.get("weight") or 1),
    )


def indicator(word: str) -> Indicator:
    """The indicator of a code or label, a bureau's own ones within `local_codes`.

    Raises
    ------
    UnknownCodeError
        There is none; near ones are named.

    Examples
    --------
    >>> greening = indicator("reported.greening")
    >>> greening.label, greening.unit.label, greening.dimension
    ('国土绿化完成面积', '万亩', 'area')
    """
    return indicator_of(code_list("indicator").find(word))


def indicators() -> dict[str, Indicator]:
    """Every indicator by its code, retired ones too."""
    return {row.code: indicator_of(row) for row in code_list("indicator")}
