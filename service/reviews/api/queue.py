"""``GET /api/reviews``, ``GET /api/reviews/groups``: what waits for an inspector."""

from datetime import datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel, Field

from data.districts.code_patterns import DISTRICT, TOWN
from service.accounts.api.deps import InspectorDep
from service.plots.api.version_schemas import VersionDifference
from service.plots.filters import counties_below
from service.reviews import queue as rules
from service.reviews.db import queue
from service.reviews.db.queue import GroupBy, QueueFilter
from service.web import paging
from service.web.admission import in_lane
from service.web.deps import ConnectionDep, SettingsDep
from service.web.feature_list import PageDep
from service.web.paging import unusable_cursor
from service.web.text_types import Storable
from service.web.thread_route import ThreadRoute

router = APIRouter(prefix="/api/reviews", tags=["reviews"], route_class=ThreadRoute)

Flag = Literal["overlap", "layer", "big_change", "returned_before", "large"]
Submitter = Annotated[str, Query(max_length=64), Storable]


class Change(VersionDifference):
    """What a plot changes of its approved version."""

    approved_version: int
    approved_m2: float


class Waiting(BaseModel):
    """A plot that waits to be reviewed."""

    id: int
    version: int
    plot_no: str
    name: str | None
    district: str
    town: str | None
    village: str | None
    year: int
    stage: str
    kind: str
    kind_label: str
    area_m2: float
    submitted_by: str | None
    submitted_at: datetime
    import_id: int | None = Field(description="The import that wrote it last.")
    change: Change | None = Field(description="null: it was never approved, all of it is new.")
    flags: list[Flag] = Field(
        description="`overlap`: shares ground with a plot of the like; `layer`: lies on a layer "
        "that refuses or warns; `big_change`: a tenth of its area or more; `returned_before`; "
        "`large`: too many vertices for a list, its own check tells."
    )


class WaitingList(BaseModel):
    """A page of what waits, the oldest first."""

    rows: list[Waiting]
    numberMatched: int  # noqa: N815 - OGC's word
    next: str | None


class Group(BaseModel):
    """What waits of one batch, submitter or township."""

    key: str = Field(description="To be asked for as `import`, `submitter` or `township`.")
    label: str | None = Field(description="File of the import; null where it is not known.")
    plots: int
    area_m2: float
    oldest: datetime


class Groups(BaseModel):
    """Groups of what waits, the largest first."""

    rows: list[Group]
    numberMatched: int  # noqa: N815 - OGC's word
    by: GroupBy


class Chosen(BaseModel):
    """Which of what waits, as it was asked for."""

    district: str | None
    filters: QueueFilter


async def _chosen(
    district: Annotated[str | None, Query(pattern=DISTRICT)] = None,
    batch: Annotated[
        int | None,
        Query(alias="import", ge=0, le=2**63 - 1, description="Of an import; 0: drawn by hand."),
    ] = None,
    submitter: Annotated[Submitter | None, Query(description="Name of the account.")] = None,
    township: Annotated[
        str | None, Query(pattern=f"^$|{TOWN}", description="Code; empty: of no township.")
    ] = None,
) -> Chosen:
    filters = QueueFilter(batch=batch, submitter=submitter, township=township)
    return Chosen(district=district, filters=filters)


ChosenDep = Annotated[Chosen, Depends(_chosen)]


def _filters(connection: Any, account: Any, chosen: Chosen) -> QueueFilter:
    if chosen.district is None:
        return chosen.filters
    counties = counties_below(connection, chosen.district, account)
    return QueueFilter(
        counties, chosen.filters.batch, chosen.filters.submitter, chosen.filters.township
    )


@router.get("", response_model=WaitingList, operation_id="listWaiting")
@in_lane("heavy")
def list_waiting(
    account: InspectorDep,
    connection: ConnectionDep,
    settings: SettingsDep,
    page: PageDep,
    chosen: ChosenDep,
) -> Any:
    """What waits for you to review, the oldest first, with what it changes and its flags.

    Never what you submitted yourself; with review levels what has come to yours.
    """
    filters = _filters(connection, account, chosen)
    levels = settings.levels_of_review
    rows = rules.waiting_rows(
        connection, account, filters, levels, after=_position(page.cursor), limit=page.row_limit
    )
    on_page, following = page.split(
        rows, lambda row: paging.wrapped(f"{row['changed_at'].isoformat()} {row['plot_id']}")
    )
    return {
        "rows": [
            Waiting.model_validate({**row, "id": row["plot_id"], "submitted_at": row["changed_at"]})
            for row in on_page
        ],
        "numberMatched": queue.count_waiting(connection, account, filters, levels),
        "next": following,
    }


@router.get("/groups", response_model=Groups, operation_id="groupWaiting")
def group_waiting(
    account: InspectorDep,
    connection: ConnectionDep,
    settings: SettingsDep,
    chosen: ChosenDep,
    by: GroupBy = "batch",
) -> Any:
    """How much waits by batch (import), submitter or township, the largest first."""
    rows = queue.groups(
        connection,
        account,
        _filters(connection, account, chosen),
        settings.levels_of_review,
        by,
        limit=settings.page_limit_max,
    )
    return {"rows": rows, "numberMatched": rows[0]["groups"] if rows else 0, "by": by}


def _position(cursor: str | None) -> tuple[datetime, int] | None:
    """The moment and plot that a page begins after. Raises `Problem` 422 for another's cursor."""
    if cursor is None:
        return None
    try:
        moment, number = paging.unwrapped(cursor).split(" ")
        found = datetime.fromisoformat(moment), int(number)
    except ValueError:
        raise unusable_cursor() from None
    if found[0].tzinfo is None or not 0 <= found[1] < 2**63:
        raise unusable_cursor()
    return found
