"""Zones of forest chiefs and rangers as GeoJSON Features."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, JsonValue, StringConstraints

from data.districts.code_patterns import COUNTY
from service.web.day_types import Day
from service.web.examples import ZONE, shown
from service.web.text_types import Long, Name, Short, Storable

Level = Literal["province", "city", "county", "town", "village", "group", "grid"]
LEVELS: tuple[Level, ...] = ("province", "city", "county", "town", "village", "group", "grid")
ABOVE_COUNTY: tuple[Level, ...] = ("province", "city")

Code = Annotated[
    str, StringConstraints(min_length=1, max_length=32, strip_whitespace=True), Storable
]
Filled = Annotated[
    str, StringConstraints(min_length=1, max_length=200, strip_whitespace=True), Storable
]


class ZoneProperties(BaseModel):
    """What people say about a zone; the day on which it begins to hold included."""

    model_config = ConfigDict(extra="forbid")

    code: Code = Field(description="责任区编号, unique.")
    name: Filled
    level: Level = Field(description="级别: list `zone_level`.")
    parent: Code | None = Field(None, description="Code of the zone above.")
    district: Annotated[str, Field(pattern=COUNTY)] | None = Field(
        None, description="Needed above the counties; else found by the ground."
    )
    chief: Name | None = Field(None, description="林长; shown to inspectors only.")
    chief_title: Name | None = Field(None, description="林长职务")
    ranger: Name | None = Field(None, description="护林员; shown to inspectors only.")
    office: Name | None = Field(None, description="林长办或责任单位")
    board: Long | None = Field(None, description="公示牌")
    valid_from: Day | None = Field(
        None, description="First day; today when empty. A later day begins a new version."
    )
    valid_to: Day | None = Field(None, description="First day on which it holds no more.")


class ZoneFeature(BaseModel):
    """A zone to be written."""

    model_config = ConfigDict(extra="forbid", json_schema_extra=shown(ZONE))

    type: Literal["Feature"]
    geometry: dict[str, JsonValue] = Field(
        description="Polygon or MultiPolygon; positions are [lon, lat] in degrees."
    )
    properties: ZoneProperties


class ZonePatch(BaseModel):
    """A merge patch (RFC 7396) of a zone: what is named is changed, null takes it out."""

    model_config = ConfigDict(extra="forbid")

    type: Literal["Feature"] = "Feature"
    geometry: dict[str, JsonValue] = Field({}, description="In the place of the stored one.")
    properties: dict[Short, JsonValue] = Field({}, description="Properties to be changed.")


class ZoneOutProperties(ZoneProperties):
    """What the service adds: everything below is read-only."""

    model_config = ConfigDict(extra="ignore")

    district: str
    level_label: str
    area_m2: float = Field(description="椭球面积")
    version: int
    changed_by: str | None
    changed_at: datetime
    demo: bool = Field(description="虚构示例: invented, came with the demo.")


class ZoneOut(BaseModel):
    """A zone as stored."""

    type: Literal["Feature"] = "Feature"
    id: int
    geometry: dict[str, JsonValue]
    properties: ZoneOutProperties


class ZoneList(BaseModel):
    """A page of zones."""

    type: Literal["FeatureCollection"] = "FeatureCollection"
    numberMatched: int = Field(description="Zones that the filters match in your scope.")  # noqa: N815 - OGC's word
    numberReturned: int  # noqa: N815
    next: str | None = Field(description="Address of the next page; null on the last.")
    features: list[ZoneOut]


class ZoneVersion(BaseModel):
    """Who was responsible for which ground, from when to when."""

    valid_from: date
    valid_to: date | None
    name: str
    area_m2: float
    chief: str | None
    chief_title: str | None
    ranger: str | None
    office: str | None
    board: str | None


class ZoneVersions(BaseModel):
    """All dated versions of a zone, the oldest first."""

    code: str
    versions: list[ZoneVersion]


_PROPERTIES = tuple(ZoneOutProperties.model_fields)


def zone_properties(row: Mapping[str, Any]) -> dict[str, Any]:
    """The properties of a stored zone, in the order of the contract."""
    return {name: row[name] for name in _PROPERTIES}
