"""Plots as GeoJSON Features."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, JsonValue, model_validator

from data.districts.code_patterns import TOWN, VILLAGE
from data.years import FIRST_YEAR, LAST_YEAR
from service.plots.api.acceptance_schemas import AcceptanceOut
from service.web.day_types import Day
from service.web.examples import PLOT, shown
from service.web.number_types import NoBoolean
from service.web.text_types import Long, Name, Short

Stage = Literal["planned", "planted", "accepted", "existing", "cancelled"]
Review = Literal["draft", "submitted", "approved", "returned"]
Finite = Annotated[float, Field(ge=0, allow_inf_nan=False), NoBoolean]
PlantedOn = Annotated[Day, Field(ge=date(FIRST_YEAR, 1, 1), le=date(LAST_YEAR, 12, 31))]
PlotNumber = Annotated[int, Field(ge=1, le=2**63 - 1), NoBoolean]

SHARES_MAY_MISS = 0.001


class SpeciesShare(BaseModel):
    """One species of the mix."""

    model_config = ConfigDict(extra="forbid")

    code: Short = Field(description="Code or label of the list `species`.")
    share: Annotated[float, NoBoolean] = Field(
        gt=0, le=1, allow_inf_nan=False, description="Ratio of the mix."
    )


class Evidence(BaseModel):
    """A picture, video or document that shows the planting."""

    model_config = ConfigDict(extra="forbid")

    name: Name
    kind: Literal["photo", "video", "document"]
    note: Long | None = None


class PlotProperties(BaseModel):
    """What people say about a plot; what the service finds out itself is refused here."""

    model_config = ConfigDict(extra="forbid")

    stage: Stage = Field(description="阶段")
    kind: Short = Field(description="造林类型: code or label of the list `kind`.")
    year: Annotated[int, NoBoolean] = Field(ge=FIRST_YEAR, le=LAST_YEAR, description="任务年度")
    name: Name | None = None
    plot_no: Annotated[Short, Field(max_length=32)] | None = Field(
        None, description="图斑号: unique per county and year, given by the service when empty."
    )
    category: Short | None = Field(None, description="项目类别: list `category`.")
    programme: Short | None = Field(None, description="工程类别: list `programme`.")
    theme: Short | None = Field(None, description="主题林: list `theme`.")
    work_type: Short | None = Field(None, description="建设性质: list `work_type`.")
    unit: Short | None = Field(None, description="实施单位: code or name, see `/api/units`.")
    method: Short | None = Field(None, description="造林方式: list `method`.")
    species: Annotated[list[SpeciesShare], Field(max_length=50)] = []
    density_per_ha: Finite | None = Field(None, description="造林密度, stems per hectare.")
    planted_on: PlantedOn | None = Field(None, description="造林时间")
    evidence: Annotated[list[Evidence], Field(max_length=200)] = []
    compartment_no: Short | None = Field(None, description="林班号")
    subcompartment_no: Short | None = Field(None, description="小班号")
    town: Annotated[str, Field(pattern=TOWN)] | None = Field(None, description="乡镇代码")
    village: Annotated[str, Field(pattern=VILLAGE)] | None = Field(None, description="村代码")
    land_ownership: Short | None = Field(None, description="土地权属: list `land_ownership`.")
    tree_ownership: Short | None = Field(None, description="林木权属: list `tree_ownership`.")
    declared_m2: Finite | None = Field(None, description="申报面积; kept beside `area_m2`.")
    plan_ids: Annotated[list[PlotNumber], Field(max_length=1_000)] = Field(
        [], description="Planned plots that this one carries out."
    )
    note: Long | None = None
    extra: dict[Short, dict[Short, JsonValue]] = Field(
        {}, description="Further official fields: {schema: {field: value}}."
    )

    @model_validator(mode="after")
    def _shares_sum_to_one(self) -> "PlotProperties":
        total = sum(species_share.share for species_share in self.species)
        if self.species and abs(total - 1) > SHARES_MAY_MISS:
            raise ValueError(f"the shares of species sum to {total:g}: they must sum to 1")
        if len({species_share.code for species_share in self.species}) < len(self.species):
            raise ValueError("a species stands twice in the mix: add its shares up")
        return self


class PlotFeature(BaseModel):
    """A plot to be drawn."""

    model_config = ConfigDict(extra="forbid", json_schema_extra=shown(PLOT))

    type: Literal["Feature"]
    geometry: dict[str, JsonValue] = Field(
        description="Polygon or MultiPolygon; positions are [lon, lat] in degrees."
    )
    properties: PlotProperties


class PlotPatch(BaseModel):
    """A merge patch (RFC 7396) of a plot: what is named is changed, null takes it out."""

    model_config = ConfigDict(extra="forbid")

    type: Literal["Feature"] = "Feature"
    geometry: dict[str, JsonValue] = Field(
        {}, description="Polygon or MultiPolygon in the place of the stored one."
    )
    properties: dict[Short, JsonValue] = Field({}, description="Properties to be changed.")


class PlotOutProperties(PlotProperties):
    """What the service adds: everything below is read-only."""

    model_config = ConfigDict(extra="ignore")

    # Days of before that bound are shown as they were stored.
    planted_on: date | None = Field(None, description="造林时间")
    plot_no: str
    kind_label: str
    area_m2: float = Field(description="椭球面积, square metres of the stored vertices.")
    district: str = Field(description="County code, by the largest part.")
    review: Review
    return_reason: str | None = None
    version: int
    changed_by: str | None
    changed_at: datetime
    demo: bool = Field(description="虚构示例: invented, came with the demo.")
    fulfilled_share: float | None = Field(
        None,
        description="Ratio of a planned plot that approved plots which name it in `plan_ids` have "
        "carried out; null for other stages.",
    )
    acceptances: list[AcceptanceOut] | None = Field(
        None, description="验收记录, the newest first; of a single plot, not in lists."
    )


class PlotOut(BaseModel):
    """A plot as stored."""

    type: Literal["Feature"] = "Feature"
    id: int
    geometry: dict[str, JsonValue]
    properties: PlotOutProperties


class PlotList(BaseModel):
    """A page of plots."""

    type: Literal["FeatureCollection"] = "FeatureCollection"
    numberMatched: int = Field(description="Plots that the filters match in your scope.")  # noqa: N815 - OGC's word
    numberReturned: int  # noqa: N815
    next: str | None = Field(description="Address of the next page; null on the last.")
    sum_m2: float = Field(description="Areas of all plots that match, each counted whole, m².")
    features: list[PlotOut]


_PROPERTIES = tuple(name for name in PlotOutProperties.model_fields if name != "acceptances")


def properties(
    row: Mapping[str, Any], acceptances: Sequence[Mapping[str, Any]] | None = None
) -> dict[str, Any]:
    """The properties of a stored plot, in the order of the contract."""
    values = {name: row[name] for name in _PROPERTIES}
    return values if acceptances is None else {**values, "acceptances": acceptances}
