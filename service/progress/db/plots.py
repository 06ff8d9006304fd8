"""Plots by their numbers, for filters of plots."""

from collections.abc import Collection
from typing import Any

from sqlalchemy import BigInteger, Select, func, literal, select
from sqlalchemy.dialects.postgresql import ARRAY

__all__ = ["numbered"]


def numbered(ids: Collection[int]) -> Select[Any]:
    """Ids of plots as a query, for ``among`` of `PlotFilter`."""
    return select(func.unnest(literal(list(ids), ARRAY(BigInteger))))
