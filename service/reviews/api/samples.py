"""``POST /api/samples``: 抽查, a sample that can be drawn again."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field, model_validator

from data.districts.code_patterns import DISTRICT
from data.years import FIRST_YEAR, LAST_YEAR
from service.accounts.api.deps import InspectorDep
from service.plots.filters import past_moment
from service.reviews.sampling import MAX_DRAWN, MAX_SEED, Draw, new_seed
from service.reviews.sampling import sample as drawn
from service.web.admission import in_lane
from service.web.deps import ConnectionDep
from service.web.idempotency import OnceRoute
from service.web.number_types import NoBoolean

router = APIRouter(prefix="/api", tags=["reviews"], route_class=OnceRoute)


class SampleIn(BaseModel):
    """What is drawn from, and how much."""

    model_config = ConfigDict(extra="forbid")

    district: Annotated[str, Field(pattern=DISTRICT)]
    year: int = Field(ge=FIRST_YEAR, le=LAST_YEAR, description="Task year.")
    share: Annotated[float, Field(gt=0, le=1, allow_inf_nan=False), NoBoolean] | None = Field(
        None, description="Of the area: plots are drawn until it is reached."
    )
    count: Annotated[int, Field(ge=1, le=MAX_DRAWN), NoBoolean] | None = Field(
        None, description="How many plots, in the place of a share."
    )
    seed: Annotated[int, Field(ge=0, le=MAX_SEED), NoBoolean] | None = Field(
        None, description="The same seed draws the same plots; none: one is drawn, and told."
    )
    as_of: Annotated[str, Field(max_length=40)] | None = Field(
        None, description="As the plots stood then: to draw an old sample again."
    )

    @model_validator(mode="after")
    def _one_of_both(self) -> "SampleIn":
        if (self.share is None) == (self.count is None):
            raise ValueError("name either share or count")
        return self


class SampledPlot(BaseModel):
    """A plot of the sample."""

    id: int
    version: int
    plot_no: str
    name: str | None
    district: str
    town: str | None
    year: int
    stage: str
    kind: str
    area_m2: float
    at: tuple[float, float] = Field(description="A point of it, [lon, lat] in degrees.")


class SampleOut(BaseModel):
    """The sample, in the order of the draw."""

    seed: int
    as_of: datetime = Field(description="With the seed it draws the very same again.")
    plots: int = Field(description="Drawn from so many.")
    area_m2: float = Field(description="Of those it was drawn from.")
    drawn_m2: float
    drawn_share: float | None = Field(description="Of the area; null where there is none.")
    rows: list[SampledPlot]


@router.post("/samples", operation_id="drawSample")
@in_lane("heavy")
def draw_sample(body: SampleIn, account: InspectorDep, connection: ConnectionDep) -> SampleOut:
    """Draw approved plots, planted or accepted, of a district and year, at random by a seed.

    The same seed draws the same plots in the same order, also when others came in between them.
    """
    found = drawn(
        connection,
        account,
        body.district,
        body.year,
        Draw(new_seed() if body.seed is None else body.seed, body.share, body.count),
        None if body.as_of is None else past_moment("as_of", body.as_of),
    )
    drawn_m2 = sum(row["area_m2"] for row in found.rows)
    told = {
        "seed": found.seed,
        "as_of": found.as_of,
        "plots": found.plots,
        "area_m2": found.whole_m2,
        "drawn_m2": drawn_m2,
        "drawn_share": drawn_m2 / found.whole_m2 if found.whole_m2 else None,
        "rows": [{**row, "at": (row["lon"], row["lat"])} for row in found.rows],
    }
    return SampleOut.model_validate(told)
