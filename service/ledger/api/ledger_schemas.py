"""The ledger and claims as JSON."""

from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from service.ledger.claims import ClaimedAs
from service.plots.api.plot_schemas import PlotNumber
from service.web.text_types import Long, Reason


class Holder(BaseModel):
    """The plot that ground counts for."""

    plot_id: int | None = Field(description="null for a plot outside your districts.")
    plot_no: str | None
    district: str = Field(description="County of the holder.")


class LedgerRow(BaseModel):
    """Ground that counts for one plot."""

    area_m2: float
    holder: Holder
    year: int | None = Field(description="Task year of the holder.")
    programme: str | None
    since: datetime | None = Field(description="The approval from which it has counted.")
    also: list[int] = Field(
        description="Further plots on this ground, who has had it longest first: they get the "
        "credit when the holder goes."
    )
    carries_out: bool = Field(
        description="The holder carries out the planned plot that was asked for: it names it as "
        "its plan, so there is nothing to claim."
    )
    at: tuple[float, float] | None = Field(
        description="A point of the ground, where the holder lies outside your districts."
    )


class LedgerOut(BaseModel):
    """Who holds which ground."""

    rows: list[LedgerRow]
    numberMatched: int  # noqa: N815 - OGC's word
    next: str | None
    area_m2: float = Field(description="Of all rows that match, not only of this page.")
    pending_cells: int = Field(0, description="Cells not yet counted after a bulk change.")
    pending_since: datetime | None = None


class ClaimIn(BaseModel):
    """What a plot says of ground that another one holds."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)

    of: PlotNumber = Field(description="The holder.")
    claimed_as: ClaimedAs = Field(alias="as", description="补植, 更新 or 异议.")
    why: Long | None = Field(None, description="Needed by a dispute.")


class ClaimSide(BaseModel):
    """One side of a claim, as it stands or stood last."""

    plot_id: int
    plot_no: str
    name: str | None
    year: int
    programme: str | None
    stage: str
    area_m2: float
    evidence: list[Any]
    gone: bool = Field(description="The plot was deleted.")


class ClaimOut(BaseModel):
    """A claim with both sides."""

    model_config = ConfigDict(populate_by_name=True, serialize_by_alias=True)

    id: int
    plot: ClaimSide | None
    of: ClaimSide | None
    claimed_as: Literal["replant", "renewal", "dispute"] = Field(alias="as")
    why: str | None
    district: str
    area_m2: float = Field(description="Ground of the holder under the plot when it was claimed.")
    made_by: str | None
    made_at: datetime
    ended_by: str | None
    ended_at: datetime | None
    ended_because: str | None
    orphaned: bool = Field(
        description="The holder counts no more, deleted or not: its credit has passed on."
    )


class ClaimList(BaseModel):
    """Claims, oldest first."""

    rows: list[ClaimOut]
    numberMatched: int  # noqa: N815
    next: str | None


class ClaimEnd(BaseModel):
    """Why a claim ends."""

    model_config = ConfigDict(extra="forbid")

    because: Reason
