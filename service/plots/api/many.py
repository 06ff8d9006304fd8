"""``/api/reviews`` and ``/api/plots/changes``: a step or a change of many plots at once."""

from dataclasses import replace
from typing import Annotated, Literal

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field, JsonValue, model_validator
from sqlalchemy import Connection

from data.districts.code_patterns import DISTRICT
from data.years import FIRST_YEAR, LAST_YEAR
from gis.messages import Message
from service.accounts.api.deps import AccountDep, PlannerDep, require_role
from service.accounts.db.accounts import Account, Role
from service.codes.db.codes import codes
from service.errors import Problem
from service.plots import edit as editing
from service.plots import review
from service.plots.api.plot_schemas import PlotNumber, Review, Stage
from service.plots.api.problems import ERRORS
from service.plots.db.plots import PlotFilter
from service.plots.edit import Edit
from service.plots.filters import PlotQuery
from service.plots.many import MAX_PLOTS, Outcome, each_alone, wanted_ids
from service.settings import Settings
from service.web.admission import in_lane
from service.web.deps import ConnectionDep, SettingsDep
from service.web.idempotency import OnceRoute
from service.web.language import localised
from service.web.problem_json import error_table
from service.web.text_types import Long, Reason, Short

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

    def resolve(self, connection: Connection, account: Account) -> PlotFilter:
        """The filter of the newest versions that the account sees."""
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
        return replace(filters, import_id=self.import_id)


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


class Pin(BaseModel):
    """A spot that is wrong."""

    model_config = ConfigDict(extra="forbid")

    at: tuple[
        Annotated[float, Field(ge=-180, le=180, allow_inf_nan=False)],
        Annotated[float, Field(ge=-90, le=90, allow_inf_nan=False)],
    ]
    text: Long | None = None


class ReviewMany(Many):
    """A step of the review."""

    verb: Literal["submit", "withdraw", "approve", "return"]
    reason: Reason | None = Field(None, description="Why they are returned.")
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


_NO_REASON = Message(
    "退回须说明理由：reason、reasons 或 pins", "a return needs a reason: reason, reasons or pins"
)


def _refused(field: str, code: str, words: Message) -> Problem:
    return Problem(422, code, words, errors=[{"field": field, "code": code, "message": words}])


def _unknown_reason(word: str) -> Message:
    return Message(
        f"没有退回理由 {word!r}，见 /api/codes/return_reason",
        f"there is no return reason {word!r}: /api/codes/return_reason lists them",
    )


_WHO: dict[str, Role] = {
    "submit": "planner",
    "withdraw": "planner",
    "approve": "inspector",
    "return": "inspector",
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
    """Submit, withdraw, approve or return many plots, each alone; some may be refused."""
    require_role(account, _WHO[step.verb])
    why = _why(connection, step)

    def act(plot_id: int) -> None:
        if step.verb == "submit":
            review.submit(connection, account, plot_id)
        elif step.verb == "withdraw":
            review.withdraw(connection, account, plot_id)
        elif step.verb == "approve":
            review.approve(connection, account, plot_id, four_eyes=settings.four_eyes)
        else:
            review.return_to_planner(connection, account, plot_id, why)

    ids = _ids(connection, account, step)
    return _told(each_alone(connection, ids, act, dry_run=step.dry_run, errors=TABLE), step.dry_run)


def _why(connection: Connection, step: ReviewMany) -> str:
    """The reason of a return in words: canned ones, the sender's own, and the spots."""
    labels = {}
    for entry in codes(connection, "return_reason"):
        for word in (entry["code"], entry["label_zh"], entry["label_en"]):
            labels[word.casefold()] = entry["label_zh"]
    unknown = [word for word in step.reasons if word.casefold() not in labels]
    if unknown:
        raise _refused("reasons", "unknown_return_reason", _unknown_reason(unknown[0]))
    words = [labels[word.casefold()] for word in step.reasons]
    words += [step.reason] if step.reason else []
    words += [f"{pin.text or ''}（{pin.at[0]:.6f}, {pin.at[1]:.6f}）".strip() for pin in step.pins]
    if step.verb == "return" and not words:
        raise _refused("reason", "reason_missing", _NO_REASON)
    return "；".join(words)


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
