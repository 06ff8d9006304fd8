"""``/api/schemes/{plan}/scores``: the self-score of the holders of a plan, at any moment."""

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Path
from pydantic import BaseModel, Field

from service.accounts.api.deps import AccountDep
from service.bulletins.scores import scores_of
from service.plans.indicators import words_in_use
from service.plans.targets import plan_of
from service.plots.api.filter_params import AsOfDep
from service.progress.answers import progress
from service.progress.book import Reader
from service.progress.progress_row import ProgressQuestion
from service.web.admission import in_lane
from service.web.deps import ConnectionDep, SettingsDep
from service.web.thread_route import ThreadRoute

router = APIRouter(prefix="/api/schemes", tags=["bulletins"], route_class=ThreadRoute)


class ScoreItem(BaseModel):
    """An indicator of a holder with its marks."""

    target_id: int | None
    indicator: str
    indicator_label: str
    indicator_label_en: str
    full: float = Field(description="Marks where it is reached: by its `weight`, of 100 in all.")
    marks: float
    gap: float | None = Field(description="What is missing, in `measured_in`; 0 when reached.")
    measured_in: str
    measured_in_en: str
    reached: bool
    reason: str | None = Field(description="Why there are no marks: it has no figure.")


class Score(BaseModel):
    """The self-score of a district, area or unit."""

    code: str
    name: str
    full: float
    marks: float
    reached: int = Field(description="How many of `items` are reached.")
    items: list[ScoreItem]


class Scores(BaseModel):
    """Self-scores of a plan; targets count once they are issued."""

    scheme: str = Field(description="Code of the plan.")
    label: str
    as_of: datetime
    rows: list[Score]


@router.get("/{plan}/scores", response_model=Scores, operation_id="readScores")
@in_lane("heavy")
def read_scores(
    plan: Annotated[str, Path(max_length=32, description="Code of a plan, as of a standard.")],
    account: AccountDep,
    connection: ConnectionDep,
    settings: SettingsDep,
    as_of: AsOfDep,
) -> Any:
    """How each holder scores itself by the targets of a plan: 100 marks parted by weights.

    A reached indicator has full marks, another its share of the way there, one without a figure
    none. A bulletin of the kind `gap` freezes the same.
    """
    scheme = plan_of(connection, account, plan)
    reader = Reader(connection, account, settings, words_in_use(connection))
    found = progress(reader, [scheme], ProgressQuestion(moment=as_of))
    rows = scores_of(found.rows, reader.words.indicators)
    return {"scheme": plan, "label": scheme["label"], "as_of": found.as_of, "rows": rows}
