"""What is asked of the progress of a plan, and a row of the answer."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import datetime
from fractions import Fraction
from typing import Any, Final

from sqlalchemy import Connection

from service.plans.indicators import words_in_use
from service.web.deps import bad_query

__all__ = ["COLUMNS", "ProgressQuestion", "ProgressRow", "known_indicators"]


@dataclass(frozen=True)
class ProgressQuestion:
    """Which rows are asked for; without ``level`` those of the targets, else of its districts.

    ``district`` bounds them to it and what lies below; ``moment`` None is now.
    """

    indicators: tuple[str, ...] | None = None
    level: str | None = None
    district: str | None = None
    unit: str | None = None
    moment: datetime | None = None


@dataclass(frozen=True)
class ProgressRow:
    """One holder and indicator; amounts in ``measured_in``, rates as exact as a number can be."""

    plan: str
    indicator: str
    indicator_label: str
    indicator_label_en: str
    code: str
    name: str
    level: str
    target_id: int | None
    target: float | None
    target_upper: float | None
    strictness: str | None
    measured_in: str
    measured_in_en: str
    digits: int
    reported: float | None
    reported_on: str | None
    qualifier: str | None
    mapped: float | None
    verified: float | None
    reported_rate: float | None
    mapped_rate: float | None
    verified_rate: float | None
    reason: str | None
    reasons: Mapping[str, str]
    undated_m2: float
    refused_m2: float
    summed: bool
    estimated: bool
    state: str | None
    due: str | None
    days_overdue: int
    pace: float
    forecast: float | None
    rank: int | None
    ranked: int | None
    lead: str | None
    lead_name: str | None
    clause: str | None
    above_id: int | None = None
    """Target of a district above, whose figure holds this one's; None where there is a target."""
    exact: Mapping[str, Fraction] = field(default_factory=dict, repr=False, compare=False)
    """Figures in base units, for sums and moves."""

    def table_row(self) -> dict[str, Any]:
        """The row by the names of the interface."""
        return {name: getattr(self, name) for name in COLUMNS}


COLUMNS: Final = tuple(column.name for column in fields(ProgressRow) if column.name != "exact")


def known_indicators(connection: Connection, given: Sequence[str]) -> tuple[str, ...]:
    """Codes of the indicators that are named by code or label. Raises `Problem` 422."""
    words = words_in_use(connection)
    codes = []
    for word in given:
        known = words.indicator(word)
        if known is None:
            raise bad_query("indicator", words.no_indicator(word), "unknown_indicator")
        codes.append(known.code)
    return tuple(codes)
