"""Bounds of what a plot may be: data with sources, for an office to change."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from typing import Any, Final

__all__ = ["LIMITS", "Limits"]


def _bound(default: float, source: str) -> Any:
    return field(default=default, metadata={"source": source})


@dataclass(frozen=True)
class Limits:
    """All bounds of :func:`gis.verdicts.check`.

    Examples
    --------
    >>> Limits().min_m2, Limits(min_m2=667.0).min_m2
    (400.0, 667.0)
    >>> Limits().described()[0]["name"]
    'min_m2'
    """

    min_m2: float = _bound(
        400.0, "CCER-14-001-V01 and GB/T 15776-2023 (四旁植树 is at most 400 m²)"
    )
    max_m2: float = _bound(10_000_000.0, "1 000 ha: TerraMatch's validator; a 小班 is 20 to 30 ha")
    spike_length_m: float = _bound(5.0, "choice of this project: five paces")
    spike_width_m: float = _bound(0.5, "choice of this project: less than a row of trees")
    spike_ratio: float = _bound(0.02, "choice of this project: a base of 2 m under 100 m")
    sliver_width_m: float = _bound(1.0, "choice of this project: narrower than one row of trees")
    overlap_m2: float = _bound(1.0, "choice of this project: real neighbours overlap by slivers")
    overlap_width_m: float = _bound(0.5, "choice of this project: GNSS by hand is no better")
    same_share: float = _bound(0.95, "choice of this project: both plots lie on each other")
    outside_m2: float = _bound(100.0, "contract: refused above 100 m² and 1 % outside")
    outside_share: float = _bound(0.01, "contract: refused above 100 m² and 1 % outside")
    border_m2: float = _bound(1.0, "choice of this project: below it borders are called met")
    declared_share: float = _bound(0.05, "general knowledge: 5 % is allowed in 小班 surveys")
    declared_m2: float = _bound(1.0, "rounding of a figure given in whole square metres")

    def described(self) -> list[dict[str, Any]]:
        """Name, value and source of every bound."""
        return [
            {
                "name": bound.name,
                "value": getattr(self, bound.name),
                "source": bound.metadata["source"],
            }
            for bound in fields(self)
        ]


LIMITS: Final = Limits()
