"""``/api/reviews`` and ``/api/plots/changes``: a step or a change of many plots at once."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Annotated, Any, Literal

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field, JsonValue, model_validator
from sqlalchemy import Connection

from data.districts.code_patterns import DISTRICT
from data.years import FIRST_YEAR, LAST_YEAR
from service.accounts.api.deps import AccountDep, PlannerDep, require_role
from service.accounts.db.accounts import Account, Role
from service.errors import InvalidValueError
from service.plots import edit as editing
from service.plots import review
from service.plots.api.plot_schemas import PlotNumber, Review, Stage
from service.plots.api.problems import ERRORS
from service.plots.api.return_schemas import Pin, reason_of, said_pins
from service.plots.cql2 import MAX_CHARACTERS, parse_filter
from service.plots.db.plots import PlotFilter
from service.plots.edit import Edit
from service.plots.filters import PlotQuery
from service.plots.many import MAX_PLOTS, Outcome, each_alone, wanted_ids
from service.settings import Settings
from service.web.admission import in_lane
from service.web.deps import ConnectionDep, SettingsDep, bad_query, parse_bbox
from service.web.idempotency import OnceRoute
from service.web.language import localised
from service.web.problem_json import error_table
from service.web.text_types import Reason, Short

router = APIRouter(prefix="/api", tags=["plots"], route_class=OnceRoute)

TABLE = error_table(ERRORS)
Words = Annotated[list[Short], Field(max_length=50)]
Code = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,63}$")]


class Chosen(BaseModel):
    """Plots by the filters of `GET /api/plots`."""

    model_config = ConfigDict(extra="forbid")

    district: Annotated[str, Field(pattern=DISTRICT)] | None = None
    stage: Annotated[list[Stage], Field(max_length=5)] | None = None
    review: Annotated[list[Review], Field(max_length=4)] | None = None
    kind: Words | None = None
    year: int | None = Field(None, ge=FIRST_YEAR, le=LAST_YEAR)
    programme: Words | None = None
    theme: Words | None = None
    work_type: Words | None = None
    unit: Words | None = None
    import_id: PlotNumber | None = Field(None, alias="import", description="Batch of an import.")
    bbox: Short | None = Field(None, description="west,south,east,north in degrees.")
    q: Short | None = Field(None, min_length=1, description="Of the name or the 图斑号.")
    cql2: str | None = Field(None, max_length=MAX_CHARACTERS, description="A filter in CQL2.")

    def resolve(self, connection: Connection, account: Account) -> PlotFilter:
        """The filter of the newest versions that the account sees.

        Raises
        ------
        Problem
            422: a district, word, box or CQL2 text that is none.
        """
        query = PlotQuery(
            self.district,
            self.stage,
            self.review,
            self.kind,
            self.year,
            self.programme,
            "working",
            self.theme,
            self.work_type,
            self.unit,
        )
        filters = query.resolve(connection, account)
        where = None if self.cql2 is None else parse_filter(connection, self.cql2)
        box = None
        if self.bbox is not None:
            try:
                box = parse_bbox(self.bbox)
            except InvalidValueError as error:
                raise bad_query("bbox", error.message) from None
        text = self.q.strip() if self.q else None
        return replace(filters, import_id=self.import_id, bbox=box, text=text or None, where=where)


class Many(BaseModel):
    """Which plots: by their numbers, or by a filter."""

    model_config = ConfigDict(extra="forbid")

    ids: Annotated[list[PlotNumber], Field(min_length=1, max_length=MAX_PLOTS)] | None = None
    filter: Chosen | None = None
    dry_run: bool = Field(False, description="Try everything, keep nothing.")

    @model_validator(mode="after")
    def _one_of_both(self) -> "Many":
        if (self.ids is None) == (self.filter is None):
            raise ValueError("name either ids or a filter")
        return self


class ReviewMany(Many):
    """A step of the review."""

    verb: Literal["submit", "withdraw", "approve", "return", "delete"]
    reason: Reason | None = Field(None, description="Why they are returned or deleted.")
    reasons: Annotated[list[Short], Field(max_length=20)] = Field(
        [], description="Codes or labels of the list `return_reason`."
    )
    pins: Annotated[list[Pin], Field(max_length=20)] = Field([], description="Spots to look at.")


class ChangeMany(Many):
    """A change of attributes."""

    patch: Annotated[dict[Short, JsonValue], Field(min_length=1)] = Field(
        description="Merge patch (RFC 7396) of the properties of each plot."
    )
    reason: Reason | None = Field(None, description="Kept in the history.")
    acknowledge: Annotated[list[Code], Field(max_length=100)] = Field(
        [], description="Codes of warnings that you have seen."
    )


class RefusedPlot(BaseModel):
    """Why nothing was done about a plot."""

    id: int
    code: str
    detail: str


class ManyDone(BaseModel):
    """What became of each plot."""

    done: list[int]
    refused: list[RefusedPlot]
    dry_run: bool


_WHO: dict[str, Role] = {
    "submit": "planner",
    "withdraw": "planner",
    "approve": "inspector",
    "return": "inspector",
    "delete": "planner",
}


def _told(outcome: Outcome, dry_run: bool) -> ManyDone:
    refused = [
        RefusedPlot(id=entry.id, code=entry.problem.code, detail=localised(entry.problem.message))
        for entry in outcome.refused
    ]
    return ManyDone(done=outcome.done, refused=refused, dry_run=dry_run)


def _ids(connection: Connection, account: Account, many: Many) -> list[int]:
    filters = None if many.filter is None else many.filter.resolve(connection, account)
    return wanted_ids(connection, account, many.ids, filters)


@router.post("/reviews", operation_id="reviewMany")
@in_lane("heavy")
def review_many(
    step: ReviewMany, account: AccountDep, connection: ConnectionDep, settings: SettingsDep
) -> ManyDone:
    """Submit, withdraw, approve, return or delete many plots, each alone; some may be refused."""
    require_role(account, _WHO[step.verb])
    why = ""
    if step.verb == "return" or step.reasons:
        why = reason_of(connection, step.reason, step.reasons, step.pins)
    pins = said_pins(step.pins)

    def act(plot_id: int) -> None:
        if step.verb == "delete":
            edit = Edit(connection, account, settings, plot_id, None, step.reason)
            editing.delete_newest(edit)
        elif step.verb == "submit":
            review.submit(connection, account, plot_id)
        elif step.verb == "withdraw":
            review.withdraw(connection, account, plot_id)
        elif step.verb == "approve":
            review.approve(
                connection,
                account,
                plot_id,
                four_eyes=settings.four_eyes,
                levels=settings.levels_of_review,
            )
        else:
            review.return_to_planner(connection, account, plot_id, why, pins)

    ids = _ids(connection, account, step)
    ask = _asks(step, settings) if step.dry_run else None
    one = act if ask is None else partial(ask, connection, account)
    return _told(each_alone(connection, ids, one, dry_run=step.dry_run, errors=TABLE), step.dry_run)


def _asks(step: ReviewMany, settings: Settings) -> Callable[[Connection, Account, int], Any] | None:
    """What a step asks of a plot before it writes; None where only the writing tells.

    Five thousand are tried while somebody waits, and writing is most of a step.
    """
    if step.verb == "approve" and len(settings.levels_of_review) < 2:
        return partial(review.approvable, four_eyes=settings.four_eyes)
    if step.verb == "return" and not step.pins:
        return review.returnable
    return {"submit": review.submittable, "withdraw": review.withdrawable}.get(step.verb)


@router.post("/plots/changes", operation_id="changeMany")
@in_lane("heavy")
def change_many(
    change: ChangeMany, account: PlannerDep, connection: ConnectionDep, settings: SettingsDep
) -> ManyDone:
    """Change attributes of many plots, each alone; some may be refused."""

    def act(plot_id: int) -> None:
        edit = _edit(connection, account, settings, plot_id, change)
        editing.patch_newest(edit, change.patch)

    ids = _ids(connection, account, change)
    return _told(
        each_alone(connection, ids, act, dry_run=change.dry_run, errors=TABLE), change.dry_run
    )


def _edit(
    connection: Connection, account: Account, settings: Settings, plot_id: int, change: ChangeMany
) -> Edit:
    return Edit(
        connection, account, settings, plot_id, None, change.reason, tuple(change.acknowledge)
    )
