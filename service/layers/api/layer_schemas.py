"""Layers in requests and answers."""

from datetime import date, datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from service.layers.db.layers import Layer
from service.web.number_types import NoBoolean
from service.web.text_types import Storable

Role = Literal["block", "warn", "info", "report", "base"]
RuleStage = Literal["planned", "planted", "accepted", "existing"]
CODE = "^[A-Z][A-Z0-9_]{0,31}$"
Label = Annotated[
    str, StringConstraints(min_length=1, max_length=100, strip_whitespace=True), Storable
]
Class = Annotated[
    str, StringConstraints(min_length=1, max_length=64, strip_whitespace=True), Storable
]


class Rule(BaseModel):
    """What narrows a layer; whatever is not given narrows nothing."""

    model_config = ConfigDict(extra="forbid")

    tolerance_m2: Annotated[
        float | None,
        Field(
            ge=0,
            allow_inf_nan=False,
            description="Shared ground up to this is told as info; 1 m² unless given.",
        ),
        NoBoolean,
    ] = None
    kinds: Annotated[
        list[Class] | None,
        Field(min_length=1, max_length=200, description="Kinds (code or label) it holds for."),
    ] = None
    classes: Annotated[
        list[Class] | None,
        Field(
            min_length=1,
            max_length=500,
            description="Classes of features it holds for; a file must then have that column.",
        ),
    ] = None
    stages: Annotated[
        list[RuleStage] | None,
        Field(
            min_length=1,
            max_length=4,
            description="Stages it holds for; planned, planted and accepted unless given.",
        ),
    ] = None


class LayerBody(BaseModel):
    """A layer as it is written; without an English label it has the Chinese one."""

    model_config = ConfigDict(extra="forbid")

    label_zh: Label
    label_en: Label | None = None
    role: Role
    rule: Rule = Rule()
    source: Annotated[str, StringConstraints(max_length=500), Storable] = ""


class LayerOut(BaseModel):
    """A layer, and the version of it that has no end."""

    code: str
    label_zh: str
    label_en: str
    role: Role
    rule: Rule
    source: str
    version: int
    demo: bool = Field(description="虚构示例: came with the demo.")
    changed_at: datetime
    valid_from: date | None = Field(description="Of the newest version; null without one.")
    version_source: str | None = Field(description="The file of the newest version.")
    features: int | None = Field(description="How many the newest version has.")


class LayerRows(BaseModel):
    """All layers."""

    rows: list[LayerOut]
    numberMatched: int  # noqa: N815 - OGC's word


class VersionOut(BaseModel):
    """A version of a layer."""

    id: int
    valid_from: date
    valid_to: date | None = Field(description="The first day on which it no longer holds.")
    source: str
    hash: str
    features: int
    changed_at: datetime


class VersionRows(BaseModel):
    """Versions of a layer, the newest first."""

    rows: list[VersionOut]
    numberMatched: int  # noqa: N815


def layer_out(layer: Layer) -> LayerOut:
    """A layer for an answer."""
    members: dict[str, Any] = {
        name: getattr(layer, name) for name in LayerOut.model_fields if name != "rule"
    }
    return LayerOut.model_validate({**members, "rule": dict(layer.rule)})
