"""Versions of a plot: what changed, by whom, when and why."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, JsonValue

from service.plots.api.plot_schemas import Review
from service.web.number_types import NoBoolean
from service.web.text_types import Reason


class ChangedAttribute(BaseModel):
    """One attribute before and after."""

    field: str
    before: JsonValue
    after: JsonValue


class VersionDifference(BaseModel):
    """What a version changed of the one before it."""

    attributes: list[ChangedAttribute]
    geometry_changed: bool
    area_change_m2: float = Field(description="Grown (+) or shrunk (-), square metres.")


class PlotVersion(BaseModel):
    """An entry of a plot's history."""

    version: int
    operation: Literal["existing", "insert", "update", "delete"] = Field(
        description="`delete`: the version was taken away; `existing`: older than the history."
    )
    slot: Literal["approved", "working"]
    review: Review
    changed_by: str = Field(description="Account, or `sql:` and the database user.")
    changed_at: datetime
    until: datetime | None = Field(description="Until when it stood; null while it stands.")
    reason: str | None
    area_m2: float
    difference: VersionDifference | None = Field(
        description="To the version before; null for the first, and where one was taken away."
    )


class PlotVersions(BaseModel):
    """A page of a plot's history, newest first."""

    versions: list[PlotVersion]
    next: str | None = Field(description="Address of the next page; null on the last.")


class RestoreVersion(BaseModel):
    """Which version is to be the plot's working version again."""

    model_config = ConfigDict(extra="forbid")

    version: Annotated[int, NoBoolean] = Field(ge=1, le=2**31 - 1)
    reason: Reason | None = None
    new_number: bool = Field(
        False, description="Give another 图斑号 where the old one is another plot's by now."
    )
