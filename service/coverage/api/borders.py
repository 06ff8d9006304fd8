"""``/api/coverage/borders``: what a border that moved changed."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from service.accounts.api.deps import AccountDep
from service.coverage.borders import BorderComparison, compare_borders
from service.coverage.rollup import DistrictCoverage
from service.web.day_types import Day
from service.web.deps import ConnectionDep, SettingsDep
from service.web.thread_route import ThreadRoute

router = APIRouter(prefix="/api/coverage", tags=["coverage"], route_class=ThreadRoute)


class VintageFigures(BaseModel):
    """Figures of a county by one of its borders; areas in square metres on the ellipsoid."""

    boundary: str = Field(description="Border that the figures stand on.")
    district_m2: float
    green_m2: float
    coverage: float | None
    sum_m2: float
    plot_count: int


class ComparedCounty(BaseModel):
    """A county whose border moved, by both borders."""

    code: str
    name: str
    before: VintageFigures
    after: VintageFigures


class GroundMoved(BaseModel):
    """Ground that went from one county to another."""

    from_code: str | None = Field(description="null: it belonged to no known county.")
    from_name: str | None
    to_code: str | None = Field(description="null: it belongs to no known county.")
    to_name: str | None
    ground_m2: float
    green_m2: float = Field(description="Green ground there, counted once.")
    plots: int = Field(description="Approved green plots that have ground there.")


class BordersOut(BaseModel):
    """What moved by border between two days; all with the plots of `as_of`."""

    since: date
    until: date
    as_of: datetime
    rows: list[ComparedCounty]
    moved: list[GroundMoved]
    pending_cells: int = Field(description="Cells not yet counted anew; 0: exact at `as_of`.")


def comparison_out(comparison: BorderComparison) -> dict[str, Any]:
    """The comparison as the API answers it."""
    return {
        "since": comparison.since,
        "until": comparison.until,
        "as_of": comparison.as_of,
        "rows": [
            {
                "code": row.code,
                "name": row.name,
                "before": _figures(row.before),
                "after": _figures(row.after),
            }
            for row in comparison.rows
        ],
        "moved": [
            {
                **ground._asdict(),
                "from_name": comparison.name(ground.from_code),
                "to_name": comparison.name(ground.to_code),
            }
            for ground in comparison.moved
        ],
        "pending_cells": comparison.pending_cells,
    }


def _figures(row: DistrictCoverage) -> Mapping[str, Any]:
    return {name: getattr(row, name) for name in VintageFigures.model_fields}


@router.get("/borders", response_model=BordersOut, operation_id="compareBorders")
def read_borders(
    account: AccountDep,
    connection: ConnectionDep,
    settings: SettingsDep,
    since: Annotated[Day, Query(description="A day on which the old borders held.")],
    until: Annotated[
        Day | None, Query(description="A day on which the new ones hold; today in Beijing.")
    ] = None,
) -> Any:
    """Counties whose border moved between two days: the same plots by both, and what went where.

    Without these counties' plots changing, `after.green_m2 - before.green_m2` of a county is what
    it got of `moved` less what it gave away, but for the rounding of cuts.
    """
    comparison = compare_borders(
        connection, account, since, until, exact_cells=settings.coverage_exact_cells
    )
    return comparison_out(comparison)
