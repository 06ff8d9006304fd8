"""Patrols as GeoJSON Features."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, JsonValue

from service.patrol.zones.schemas import Code
from service.web.day_types import Moment
from service.web.examples import PATROL, shown
from service.web.language import LocalisedMessage
from service.web.text_types import Name, Short


class PatrolNamed(BaseModel):
    """What may be said of a track later, too."""

    model_config = ConfigDict(extra="forbid")

    zone: Code | None = Field(
        None,
        description="Code of the zone that it was walked for; else found by the walker, else by "
        "place: the deepest zone of the county that holds most of the track.",
    )
    ranger: Name | None = Field(None, description="巡护人: a ranger or a chief.")


class PatrolProperties(PatrolNamed):
    """What is said of a track beside its line."""

    times: Annotated[list[Moment | None], Field(max_length=2_000_000)] | None = Field(
        None, description="A moment with its offset for each position, in the order of the line."
    )
    source: Name | None = Field(None, description="Device or file that it came from.")


class PatrolFeature(BaseModel):
    """A track to be stored."""

    model_config = ConfigDict(extra="forbid", json_schema_extra=shown(PATROL))

    type: Literal["Feature"]
    geometry: dict[str, JsonValue] = Field(
        description="LineString; positions are [lon, lat] in degrees, as recorded."
    )
    properties: PatrolProperties


class PatrolPatch(BaseModel):
    """A merge patch (RFC 7396) of a patrol: `zone` and `ranger`; null has a zone found anew."""

    model_config = ConfigDict(extra="forbid")

    type: Literal["Feature"] = "Feature"
    properties: dict[Short, JsonValue] = Field({}, description="Properties to be changed.")


class InZoneOut(BaseModel):
    """What of a patrol lies in one zone."""

    zone: str
    level: str
    own: bool = Field(description="Whether it was walked for this zone.")
    length_m: float
    inside_s: float
    walked_m2: float


class PatrolOutProperties(BaseModel):
    """A patrol as it was judged."""

    zone: str | None
    ranger: str | None
    county: str
    started_at: datetime | None
    ended_at: datetime | None
    source: str | None
    length_m: float = Field(description="巡护里程: of what is believed, on the ellipsoid.")
    duration_s: float | None
    inside_m: float | None = Field(description="区内里程, in the own zone.")
    inside_s: float | None
    walked_m2: float | None
    repeated: float | None = Field(description="Share of its ground walked this month before.")
    zone_share: float | None = Field(description="Share of the zone walked this month so far.")
    effective: bool = Field(description="有效巡护 by the rule of its zone.")
    shortfalls: list[str] = Field(description="Why it is not effective.")
    apart: list[str] = Field(description="Why it counts for nothing: no_times, no_zone …")
    jumps: int
    pauses: int
    paused_s: float
    silent_s: float
    reordered: int = Field(description="Fixes that stood before an earlier moment.")
    timeless: int = Field(description="Fixes without a moment: they are in no figure.")
    zone_by: Literal["named", "walker", "place"] | None = Field(
        description="How its zone was found; null without one, and of patrols of older versions."
    )
    version: int
    changed_at: datetime
    forgotten_at: datetime | None
    demo: bool
    zones: list[InZoneOut] | None = None
    timeless_fixes: list[int] | None = Field(
        None, description="Of a single patrol: places in the track, from 1, of the first 100."
    )


class PatrolOut(BaseModel):
    """A patrol as stored; its line without jumps and silences."""

    type: Literal["Feature"] = "Feature"
    id: int
    geometry: dict[str, JsonValue] | None
    properties: PatrolOutProperties


class PatrolList(BaseModel):
    """A page of patrols."""

    type: Literal["FeatureCollection"] = "FeatureCollection"
    numberMatched: int  # noqa: N815 - OGC's word
    numberReturned: int  # noqa: N815
    next: str | None
    features: list[PatrolOut]


class TrackOutcome(BaseModel):
    """What became of one track of a file."""

    row: int = Field(description="Of the file, from 1.")
    patrol: int | None = Field(description="Its number; null when it was refused.")
    apart: list[str]
    timeless: int = Field(0, description="Fixes without a moment: they are in no figure.")
    timeless_fixes: list[int] = Field(
        [], description="Places of these in the track, from 1; the first 100."
    )
    code: str | None = None
    message: LocalisedMessage | None = None
    field: str | None = None


class TracksStored(BaseModel):
    """What became of the tracks of a file."""

    stored: int
    refused: int
    rows: list[TrackOutcome]
    notes: list[str]


_OF_ONE = ("zones", "timeless_fixes")
_PROPERTIES = tuple(name for name in PatrolOutProperties.model_fields if name not in _OF_ONE)


def patrol_properties(
    row: Mapping[str, Any],
    zones: Sequence[Mapping[str, Any]] | None = None,
    timeless_fixes: Sequence[int] = (),
) -> dict[str, Any]:
    """The properties of a stored patrol, in the order of the contract."""
    counted = not row["apart"] and row["inside_m"] is not None
    values = {**row, "effective": counted and not row["shortfalls"]}
    properties = {name: values[name] for name in _PROPERTIES}
    if zones is None:
        return properties
    return {**properties, "zones": zones, "timeless_fixes": timeless_fixes}
