"""``/api/plots/{id}/comments``: what people say of a plot, with pins on the map."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Path, Response
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from service.accounts.api.deps import ReviewerDep
from service.plots import comments as rules
from service.plots.api.plots import PlotId
from service.plots.api.return_schemas import Place
from service.plots.db import comments
from service.web.deps import ConnectionDep
from service.web.feature_list import PageDep, number_cursor
from service.web.idempotency import OnceRoute
from service.web.text_types import Storable

router = APIRouter(prefix="/api/plots", tags=["plots"], route_class=OnceRoute)

CommentId = Annotated[int, Path(ge=1, le=2**63 - 1)]


class CommentIn(BaseModel):
    """What is said."""

    model_config = ConfigDict(extra="forbid")

    text: Annotated[
        str,
        StringConstraints(min_length=1, max_length=5_000, strip_whitespace=True),
        Storable,
    ]
    at: Place | None = Field(None, description="A pin: [lon, lat] in degrees.")


class CommentOut(BaseModel):
    """What was said."""

    id: int
    plot_id: int
    version: int = Field(description="Version of the plot that it was said of.")
    text: str = Field(description="Empty for a pin that says nothing more.")
    at: list[float] | None = Field(
        min_length=2, max_length=2, description="The pin, [lon, lat] in degrees."
    )
    of_return: bool = Field(description="Said when the plot was returned.")
    made_by: str | None
    made_at: datetime
    resolved: bool
    resolved_by: str | None
    resolved_at: datetime | None


class CommentList(BaseModel):
    """A page of comments, oldest first."""

    rows: list[CommentOut]
    numberMatched: int  # noqa: N815 - OGC's word
    next: str | None


def comment_out(row: Mapping[str, Any]) -> CommentOut:
    """A comment of the database as the API answers it."""
    same = ("id", "plot_id", "text", "of_return", "made_at", "resolved_at")
    pin = None if row["longitude"] is None else (row["longitude"], row["latitude"])
    values = {name: row[name] for name in same} | {
        "version": row["plot_version"],
        "at": pin,
        "made_by": row["made_by_name"],
        "resolved": row["resolved_at"] is not None,
        "resolved_by": row["resolved_by_name"],
    }
    return CommentOut.model_validate(values)


@router.get(
    "/{plot_id:number}/comments", response_model=CommentList, operation_id="listPlotComments"
)
def list_comments(
    plot_id: PlotId, account: ReviewerDep, connection: ConnectionDep, page: PageDep
) -> Any:
    """Comments of a plot, oldest first. Who asks has opened what was submitted or returned.

    So a return with pins may be submitted anew, and a submission is no longer withdrawn by its
    planner.
    """
    rows, matched = rules.read_comments(
        connection, account, plot_id, after=page.after, limit=page.row_limit
    )
    on_page, following = page.split(rows, number_cursor)
    return {
        "rows": [comment_out(row) for row in on_page],
        "numberMatched": matched,
        "next": following,
    }


@router.post(
    "/{plot_id:number}/comments",
    status_code=201,
    response_model=CommentOut,
    operation_id="commentPlot",
)
def comment_plot(
    plot_id: PlotId,
    body: CommentIn,
    account: ReviewerDep,
    connection: ConnectionDep,
    response: Response,
) -> Any:
    """Say something of a plot, at a spot or of the whole; it is kept as it was said."""
    number = rules.comment(connection, account, plot_id, body.text, body.at)
    (row,) = comments.comment_rows(connection, plot_id, after=number - 1, limit=1)
    response.headers["Location"] = f"/api/plots/{plot_id}/comments"
    return comment_out(row)


@router.post(
    "/{plot_id:number}/comments/{comment_id:number}/resolve",
    response_model=CommentOut,
    operation_id="resolvePlotComment",
)
def resolve_comment(
    plot_id: PlotId, comment_id: CommentId, account: ReviewerDep, connection: ConnectionDep
) -> Any:
    """Call a comment settled; who and when is kept."""
    rules.resolve_comment(connection, account, plot_id, comment_id)
    (row,) = comments.comment_rows(connection, plot_id, after=comment_id - 1, limit=1)
    return comment_out(row)
