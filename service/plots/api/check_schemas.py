"""What is said of a plot before it is written."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, JsonValue

from service.plots.api.plot_schemas import Finite, PlotNumber, Stage
from service.web.language import LocalisedText
from service.web.number_types import NoBoolean
from service.web.text_types import Short


class CheckProperties(BaseModel):
    """The properties that verdicts look at; whatever else a drawing has is passed over."""

    model_config = ConfigDict(extra="ignore")

    stage: Stage = "planted"
    kind: Short | None = Field(None, description="As code or label; rules of layers look at it.")
    declared_m2: Finite | None = None
    plan_ids: list[Annotated[int, NoBoolean]] = Field([], max_length=1_000)


class CheckFeature(BaseModel):
    """A drawing at any moment: its geometry may be wrong, its properties unfinished."""

    model_config = ConfigDict(extra="forbid")

    type: Literal["Feature"]
    id: PlotNumber | None = Field(None, description="The plot that is being changed.")
    geometry: dict[str, JsonValue] | None
    properties: CheckProperties = CheckProperties()


class Found(BaseModel):
    """One thing that is wrong."""

    code: str
    severity: Literal["block", "warn", "info"]
    message: LocalisedText
    at: tuple[float, float] | None
    area_m2: float | None
    plot_id: int | None = Field(description="The other plot; null for one outside your districts.")
    county: str | None = Field(None, description="County of a plot outside your districts.")
    layer: str | None = Field(None, description="Code of the layer that the plot lies on.")
    share: float | None = Field(None, description="Part of the plot on that layer, a ratio.")


class Checked(BaseModel):
    """All that is wrong, and the ground that the plot would add to what is counted."""

    valid: bool = Field(description="Nothing blocks it.")
    adds_m2: float | None = Field(
        description="Ground that is counted by no approved plot yet, its own approved version "
        "(`id`) included; 0 for a stage that does not count; null when not a polygon."
    )
    area_m2: float | None
    mended_m2: float | None = Field(
        None, description="What a repair would leave of crossing rings; null of a sound drawing."
    )
    problems: list[Found]
