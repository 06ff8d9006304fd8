"""Findings of patrols as GeoJSON Features, and the steps until they are closed."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, JsonValue

from service.patrol.zones.schemas import Code
from service.web.day_types import Day, Moment
from service.web.examples import FINDING, shown
from service.web.text_types import Long, Name, Short

# States are those of the register `finding`: a bureau may have others.
State = Short


class FindingProperties(BaseModel):
    """What people say of a finding; its state changes by steps only."""

    model_config = ConfigDict(extra="forbid")

    kind: Short = Field(description="问题类型: code or label of the list `finding_kind`.")
    zone: Code | None = Field(None, description="Code; the smallest zone around it if empty.")
    found_at: Moment | None = Field(None, description="发现时间; now if empty.")
    deadline: Day | None = Field(None, description="整改期限, the last day.")
    note: Long | None = None
    photo: Name | None = Field(None, description="Name of the picture.")


class FindingFeature(BaseModel):
    """A finding to be stored."""

    model_config = ConfigDict(extra="forbid", json_schema_extra=shown(FINDING))

    type: Literal["Feature"]
    geometry: dict[str, JsonValue] = Field(description="Point, [lon, lat] in degrees.")
    properties: FindingProperties


class FindingPatch(BaseModel):
    """A merge patch (RFC 7396) of a finding."""

    model_config = ConfigDict(extra="forbid")

    type: Literal["Feature"] = "Feature"
    geometry: dict[str, JsonValue] = Field({}, description="In the place of the stored one.")
    properties: dict[Short, JsonValue] = Field({}, description="Properties to be changed.")


class StepIn(BaseModel):
    """The next step of a finding."""

    model_config = ConfigDict(extra="forbid")

    state: State = Field(
        description="State of the register `finding`; its `next` says what may follow."
    )
    on_day: Day | None = Field(None, description="办理日期; today if empty.")
    deadline: Day | None = Field(None, description="A new 整改期限.")
    letter_no: Short | None = Field(None, description="文号 of the notice or the letter.")
    note: Long | None = None


class StepOut(BaseModel):
    """A step as it was taken."""

    state: State
    on_day: date
    deadline: date | None
    letter_no: str | None
    note: str | None
    actor: str = Field(description="Who took it.")
    at: datetime


class FindingOutProperties(BaseModel):
    """A finding as stored."""

    zone: str
    kind: str
    kind_label: str
    found_at: datetime
    deadline: date | None
    state: State
    overdue: bool = Field(description="Past its deadline and not rectified.")
    note: str | None
    photo: str | None
    version: int
    created_by: str | None
    changed_by: str | None
    changed_at: datetime
    demo: bool
    steps: list[StepOut] | None = None


class FindingOut(BaseModel):
    """A finding as stored."""

    type: Literal["Feature"] = "Feature"
    id: int
    geometry: dict[str, JsonValue]
    properties: FindingOutProperties


class FindingList(BaseModel):
    """A page of findings."""

    type: Literal["FeatureCollection"] = "FeatureCollection"
    numberMatched: int  # noqa: N815 - OGC's word
    numberReturned: int  # noqa: N815
    next: str | None
    features: list[FindingOut]


_PROPERTIES = tuple(name for name in FindingOutProperties.model_fields if name != "steps")
Steps = Annotated[Sequence[Mapping[str, Any]] | None, "of one finding"]


def finding_properties(row: Mapping[str, Any], steps: Steps = None) -> dict[str, Any]:
    """The properties of a stored finding, in the order of the contract."""
    properties = {name: row[name] for name in _PROPERTIES}
    return properties if steps is None else {**properties, "steps": steps}
