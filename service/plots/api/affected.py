"""``/api/layers/{code}/affected``: plots that the newest version of a layer touches."""

from datetime import date
from typing import Annotated, Literal

from fastapi import APIRouter, Path, Query
from pydantic import BaseModel, Field

from data.districts.code_patterns import COUNTY
from service.accounts.api.deps import AccountDep
from service.errors import not_found
from service.layers.api.layer_schemas import CODE
from service.layers.db import affected
from service.plots.filters import counties_below
from service.web import paging
from service.web.deps import ConnectionDep
from service.web.feature_list import PageDep
from service.web.paging import unusable_cursor
from service.web.thread_route import ThreadRoute

router = APIRouter(prefix="/api/layers", tags=["layers"], route_class=ThreadRoute)


class AffectedPlot(BaseModel):
    """A version of a plot that lies on the layer; ``at`` is a spot on it."""

    plot_id: int
    slot: Literal["approved", "working"]
    plot_no: str
    year: int
    name: str | None
    district: str
    stage: str
    kind: str
    version: int
    review: str
    severity: Literal["block", "warn", "info"]
    area_m2: float = Field(description="Shared ground, m² on the ellipsoid.")
    share: float = Field(description="Of the area of the plot.")
    at: tuple[float, float]


class AffectedPlots(BaseModel):
    """Plots that a version of a layer touches, by number."""

    layer: str
    version_id: int | None = Field(description="null: no file was imported yet.")
    valid_from: date | None
    source: str | None
    complete: bool = Field(description="Whether all plots have been compared with the version.")
    area_m2: float = Field(description="Shared ground of all of them, m².")
    rows: list[AffectedPlot]
    numberMatched: int  # noqa: N815 - OGC's word
    next: str | None


@router.get("/{code}/affected", operation_id="listAffectedPlots")
def list_affected(
    code: Annotated[str, Path(pattern=CODE)],
    account: AccountDep,
    connection: ConnectionDep,
    page: PageDep,
    district: Annotated[str | None, Query(pattern=COUNTY)] = None,
) -> AffectedPlots:
    """Plots of your districts on the newest version of a layer, with how much of each.

    They are found in the background: `complete` says whether all have been looked at.
    """
    state = affected.recheck_state(connection, code)
    if state is None:
        raise not_found("此图层")
    counties = None if district is None else counties_below(connection, district, account)
    after_id, after_slot = _position(page.cursor)
    version = state["version_id"] or 0
    rows = affected.affected_plots(
        connection, account, version, counties, after=(after_id, after_slot), limit=page.row_limit
    )
    on_page, following = page.split(
        rows, lambda row: paging.wrapped(f"{row['plot_id']} {row['slot']}")
    )
    total = affected.affected_total(connection, account, version, counties)
    return AffectedPlots(
        layer=code,
        version_id=state["version_id"],
        valid_from=state["valid_from"],
        source=state["source"],
        complete=bool(state["complete"]),
        area_m2=total["area_m2"],
        rows=[
            AffectedPlot.model_validate({**row, "at": (row["longitude"], row["latitude"])})
            for row in on_page
        ],
        numberMatched=total["plots"],
        next=following,
    )


def _position(cursor: str | None) -> tuple[int, str]:
    """The plot and slot that a page begins after. Raises `Problem` 422 for another's cursor."""
    if cursor is None:
        return 0, ""
    try:
        number, slot = paging.unwrapped(cursor).split(" ")
        return int(number), slot
    except ValueError:
        raise unusable_cursor() from None
