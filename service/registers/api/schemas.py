"""Bodies and answers of registers."""

import json
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, JsonValue, model_validator

from service.registers.db.registers import Register
from service.registers.definition import Definition, NewRegister, Word
from service.web.day_types import Day
from service.web.number_types import NoBoolean
from service.web.text_types import Long, Name, Short

EXAMPLE_REGISTER: Any = {
    "code": "small_wetland",
    "label_zh": "小微湿地",
    "geometry": "polygon",
    "fields": [{"name": "owner", "type": "text", "label_zh": "管护人", "needed_from": "built"}],
    "states": [
        {"code": "found", "label_zh": "发现", "next": ["built"]},
        {"code": "built", "label_zh": "建成", "next": [], "done": True, "counts": True},
    ],
}
EXAMPLE_RECORD: Any = {
    "type": "Feature",
    "geometry": {"type": "Point", "coordinates": [125.051, 43.051]},
    "properties": {"name": "东站消防站", "values": {}},
}


class RegisterIn(NewRegister):
    """A register as an administrator makes it."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"example": EXAMPLE_REGISTER})


class DefinitionIn(Definition):
    """A definition in the place of another."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "example": {name: value for name, value in EXAMPLE_REGISTER.items() if name != "code"}
        },
    )

    code: Word | None = Field(None, description="That of the address, if given.")


class DefinitionOut(Definition):
    """A register as stored."""

    code: str
    shipped: bool = Field(description="It came with the product.")
    local: bool = Field(description="The bureau wrote its present definition.")
    version: int
    changed_at: datetime


class StateCount(BaseModel):
    """How many records of the scope are in a state."""

    state: str
    label_zh: str
    label_en: str
    records: int
    overdue: int
    done: bool
    counts: bool


class RegisterRow(BaseModel):
    """A register in the list."""

    code: str
    label_zh: str
    label_en: str
    geometry: str
    source: str
    shipped: bool
    local: bool
    version: int
    records: int = Field(description="In your scope.")
    overdue: int = Field(description="Past their deadline and not done.")
    counted: int = Field(description="In states that count in indicators.")
    states: list[StateCount]


class RegisterRows(BaseModel):
    """All registers."""

    rows: list[RegisterRow]
    numberMatched: int  # noqa: N815 - OGC's word
    next: str | None = None


class RecordProperties(BaseModel):
    """What people say of a record.

    Values may also stand beside the other properties, under the names of their fields.
    """

    model_config = ConfigDict(extra="allow")

    name: Name
    number: Short | None = Field(None, description="编号; given by the server where it numbers.")
    state: Short | None = Field(None, description="The first state if empty; later by steps.")
    on_day: Day | None = Field(None, description="Day of the first step; today if empty.")
    deadline: Day | None = Field(None, description="期限, the last day; by the state if empty.")
    district: Short | None = Field(None, description="County, town or village without a shape.")
    zone: Short | None = Field(None, description="责任区, by code.")
    unit: Short | None = Field(None, description="责任单位: code or name.")
    plan: Short | None = Field(None, description="计划, by code.")
    note: Long | None = None
    values: dict[Short, JsonValue] = Field({}, description="Values of the fields, by name.")

    @model_validator(mode="before")
    @classmethod
    def _with_fields_among_the_values(cls, given: Any) -> Any:
        if not isinstance(given, dict):
            return given
        known = {name: value for name, value in given.items() if name in cls.model_fields}
        more = {name: value for name, value in given.items() if name not in cls.model_fields}
        values = known.get("values") or {}
        if more and isinstance(values, dict):
            known["values"] = {**more, **values}
        return known


class RecordFeature(BaseModel):
    """A record to be stored."""

    model_config = ConfigDict(extra="ignore", json_schema_extra={"example": EXAMPLE_RECORD})

    type: Literal["Feature"]
    geometry: dict[str, JsonValue] | None = Field(
        None, description="Point, line or polygon in degrees, as the register wants it."
    )
    properties: RecordProperties


class RecordPatch(BaseModel):
    """A merge patch (RFC 7396) of a record."""

    model_config = ConfigDict(extra="forbid")

    type: Literal["Feature"] = "Feature"
    geometry: dict[str, JsonValue] | None = Field({}, description="In the place of the stored one.")
    properties: dict[Short, JsonValue] = Field({}, description="Properties to be changed.")


class RecordStepIn(BaseModel):
    """The next step of a record."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"example": {"state": "built", "note": "验收"}}
    )

    state: Short
    on_day: Day | None = Field(None, description="办理日期; today if empty.")
    deadline: Day | None = Field(None, description="期限 that holds from now on.")
    letter_no: Short | None = Field(None, description="文号.")
    note: Long | None = None
    values: dict[Short, JsonValue] = Field({}, description="Values that come with the step.")


class RecordStepOut(BaseModel):
    """A step as it was taken."""

    id: int
    state: str
    state_label: str
    on_day: date
    deadline: date | None
    letter_no: str | None
    note: str | None
    values: dict[str, JsonValue]
    actor: str = Field(description="Who took it.")
    at: datetime


class RecordLinkIn(BaseModel):
    """What a record has to do with: one of these."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"example": {"plot": 1}})

    plot: Annotated[int, Field(ge=1, le=2**63 - 1), NoBoolean] | None = None
    record: Annotated[int, Field(ge=1, le=2**63 - 1), NoBoolean] | None = None
    zone: Short | None = None
    patrol: Annotated[int, Field(ge=1, le=2**63 - 1), NoBoolean] | None = None

    def thing(self) -> tuple[str, int | str] | None:
        """What is named; None unless it is exactly one."""
        named = [(what, key) for what, key in self.model_dump().items() if key is not None]
        return named[0] if len(named) == 1 else None


class RecordLinkOut(BaseModel):
    """A link of a record."""

    id: int
    what: str = Field(description="plot, record, zone, patrol or target.")
    key: int | str


class RecordOutProperties(BaseModel):
    """A record as stored."""

    register_: str = Field(alias="register")
    number: str | None
    name: str
    state: str
    state_label: str
    since: date = Field(description="Day on which it came to its state.")
    deadline: date | None
    overdue: bool = Field(description="Past its deadline and not done.")
    county: str | None
    town: str | None
    village: str | None
    zone: str | None
    unit: str | None
    plan: str | None
    values: dict[str, JsonValue]
    note: str | None
    area_m2: float | None
    length_m: float | None
    version: int
    created_by: str | None
    changed_by: str | None
    changed_at: datetime
    demo: bool
    next: list[str] | None = Field(None, description="States that may follow.")
    steps: list[RecordStepOut] | None = None
    links: list[RecordLinkOut] | None = None


class RecordOut(BaseModel):
    """A record as a Feature."""

    type: Literal["Feature"] = "Feature"
    id: int
    geometry: dict[str, JsonValue] | None
    properties: RecordOutProperties


class RecordList(BaseModel):
    """A page of records."""

    type: Literal["FeatureCollection"] = "FeatureCollection"
    numberMatched: int  # noqa: N815 - OGC's word
    numberReturned: int  # noqa: N815
    next: str | None
    features: list[RecordOut]


class RecordVersion(BaseModel):
    """An entry of the history of a record, without personal values."""

    version: int
    operation: str
    at: datetime
    actor: str
    reason: str | None
    name: str
    number: str | None
    state: str
    deadline: date | None
    county: str | None
    unit: str | None
    note: str | None
    values: dict[str, JsonValue]
    geometry: dict[str, JsonValue] | None
    changed: list[str] = Field(description="What differs from the version before.")


class RecordVersions(BaseModel):
    """The history of a record, the newest first."""

    versions: list[RecordVersion]
    next: str | None


def definition_out(register: Register) -> DefinitionOut:
    """A definition as it is answered."""
    return DefinitionOut(
        **register.definition.model_dump(),
        code=register.code,
        shipped=register.shipped,
        local=register.local,
        version=register.version,
        changed_at=register.changed_at,
    )


def register_row(register: Register, counts: Mapping[str, tuple[int, int]]) -> RegisterRow:
    """A register with the counts of its records."""
    definition = register.definition
    states = [
        StateCount(
            state=state.code,
            label_zh=state.label_zh,
            label_en=state.label_en,
            records=counts.get(state.code, (0, 0))[0],
            overdue=counts.get(state.code, (0, 0))[1],
            done=state.done,
            counts=state.counts,
        )
        for state in definition.states
    ]
    return RegisterRow(
        code=register.code,
        label_zh=definition.label_zh,
        label_en=definition.label_en,
        geometry=definition.geometry,
        source=definition.source,
        shipped=register.shipped,
        local=register.local,
        version=register.version,
        records=sum(state.records for state in states),
        overdue=sum(state.overdue for state in states),
        counted=sum(state.records for state in states if state.counts),
        states=states,
    )


_PROPERTIES = tuple(
    name
    for name in RecordOutProperties.model_fields
    if name not in ("register_", "values", "state_label", "next", "steps", "links")
)


def record_properties(
    row: Mapping[str, Any],
    definition: Definition,
    *,
    personal: bool,
    steps: Sequence[Mapping[str, Any]] | None = None,
    links: Sequence[Mapping[str, Any]] | None = None,
) -> dict[str, Any]:
    """The properties of a stored record; personal values only where they may be seen."""
    values = {
        name: value
        for name, value in row["field_values"].items()
        if personal or name not in definition.personal
    }
    state = definition.state[row["state"]]
    properties = {"register": row["register"], **{name: row[name] for name in _PROPERTIES}}
    properties |= {"state_label": state.label_zh, "values": values}
    if steps is not None:
        properties["next"] = state.next
        properties["steps"] = [
            {
                **{name: value for name, value in step.items() if name != "field_values"},
                "values": step["field_values"],
                "state_label": _label(definition, step["state"]),
            }
            for step in steps
        ]
        properties["links"] = list(links or ())
    return properties


def _label(definition: Definition, state: str) -> str:
    return definition.state[state].label_zh if state in definition.state else state


def record_versions(
    entries: Sequence[Mapping[str, Any]], personal: Sequence[str]
) -> list[dict[str, Any]]:
    """Entries of the history, newest first, each with what differs from the one after it."""
    versions = []
    for entry in entries:
        content = entry["content"]
        values = content["field_values"]
        versions.append(
            {
                **{name: entry[name] for name in ("version", "operation", "at", "actor", "reason")},
                **{
                    name: content.get(name)
                    for name in ("name", "number", "state", "deadline", "county", "unit", "note")
                },
                # A field may have become personal since.
                "values": {name: value for name, value in values.items() if name not in personal},
                "geometry": None if entry["geometry"] is None else json.loads(entry["geometry"]),
            }
        )
    compared = ("name", "number", "state", "deadline", "county", "unit", "note", "geometry")
    for newer, older in zip(versions, [*versions[1:], None], strict=True):
        if older is None:
            newer["changed"] = []
            continue
        newer["changed"] = [name for name in compared if newer[name] != older[name]] + [
            f"values.{name}"
            for name in sorted({*newer["values"], *older["values"]})
            if newer["values"].get(name) != older["values"].get(name)
        ]
    return versions
