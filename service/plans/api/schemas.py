"""Plans, targets and reported figures as JSON."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, PlainSerializer, StringConstraints

from service.plans.indicators import Words
from service.web.day_types import Day
from service.web.number_types import NoBoolean
from service.web.text_types import Long, Name, Reason, Short, Storable


def as_number(value: Decimal) -> int | float:
    """An exact decimal as a number of JSON.

    >>> as_number(Decimal("51.3")), as_number(Decimal("50.0"))
    (51.3, 50)
    """
    return int(value) if value == value.to_integral_value() else float(value)


# At most as many digits as a number of JSON carries exactly.
Quantity = Annotated[
    Decimal,
    NoBoolean,
    Field(ge=0, max_digits=15, decimal_places=6),
    PlainSerializer(as_number, return_type=int | float),
]
PlanKind = Literal["year", "campaign", "phase", "long", "standard"]
CountsBy = Literal["task_year", "planted_on", "approved_at"]
PlanState = Literal["draft", "issued", "closed"]
TargetState = Literal["draft", "issued", "accepted", "withdrawn"]
Strictness = Literal["must", "at_least", "strive"]
Qualifier = Literal["exact", "over", "near", "about"]
FigureReview = Literal["draft", "submitted", "approved", "returned"]
PLAN: dict[str, Any] = {
    "label": "长春 2023 年度任务",
    "kind": "year",
    "first": "2023-01-01",
    "after": "2024-01-01",
    "counts_by": "task_year",
}
TARGET: dict[str, Any] = {
    "indicator": "reported.greening",
    "district": "220100",
    "lower": 50,
    "measured_in": "万亩",
    "strictness": "must",
    "lead": None,
    "due": "2023-12-31",
}
FIGURE: dict[str, Any] = {
    "on_day": "2023-12-20",
    "value": 51.3,
    "measured_in": "万亩",
    "qualifier": "exact",
    "source": "2023 年国土绿化年度总结",
}


class PlanBody(BaseModel):
    """A plan as GIS staff write it."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"example": PLAN})

    label: Annotated[
        str, StringConstraints(min_length=1, max_length=200, strip_whitespace=True), Storable
    ]
    kind: PlanKind = "year"
    parent: Short | None = Field(None, description="Code of the plan that this one is a part of.")
    first: Day = Field(description="起始日")
    after: Day = Field(description="First day after the plan.")
    counts_by: CountsBy = Field("task_year", description="Which day counts a plot.")
    issuer: Name | None = Field(None, description="发文单位")
    document_no: Name | None = Field(None, description="文号")
    note: Long | None = None
    district: Short | None = Field(
        None, description="Whose plan it is; empty: your district, or the whole tree."
    )


class PlanIn(PlanBody):
    """A new plan with its code."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"example": {"code": "CC-2023", **PLAN}}
    )

    code: Short


class PlanOut(BaseModel):
    """A plan as stored."""

    code: str
    label: str
    kind: PlanKind
    parent: str | None
    first: date
    after: date
    counts_by: CountsBy
    issuer: str | None
    document_no: str | None
    note: str | None
    district: str | None
    state: PlanState
    version: int
    demo: bool
    changed_at: datetime


class PlanRows(BaseModel):
    """Plans by code."""

    rows: list[PlanOut]
    numberMatched: int  # noqa: N815 - OGC's word
    next: str | None


class PlanIssued(PlanOut):
    """A plan that was issued, and how many drafts with it."""

    issued_targets: int


class TargetBody(BaseModel):
    """What a target asks of whom."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"example": TARGET})

    indicator: Short = Field(description="Code or label of the list `indicator`.")
    district: Short | None = Field(None, description="Of district, area and unit give one.")
    area: Short | None = Field(None, description="统计片区: code.")
    unit: Short | None = Field(None, description="单位: code or name.")
    parent: Annotated[int, Field(ge=1, le=2**63 - 1), NoBoolean] | None = Field(
        None, description="The target that this is a share of; empty: that of the district above."
    )
    lower: Quantity | None = Field(None, description="任务量; needed but for milestones.")
    upper: Quantity | None = Field(None, description="Upper end of a range: 2–3 条.")
    measured_in: Short | None = Field(None, description="Unit of the paper: 万亩, 条, wan_mu.")
    strictness: Strictness = "must"
    lead: Short | None = Field(None, description="牵头单位: code or name.")
    with_units: Annotated[list[Short], Field(max_length=50)] = []
    due: Day | None = Field(None, description="完成时限: last day.")
    clause: Name | None = Field(None, description="Where in the paper it stands.")


class TargetPatch(BaseModel):
    """Members of a target that change; null takes one out."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"example": {"lower": 48}})

    indicator: Short | None = None
    district: Short | None = None
    area: Short | None = None
    unit: Short | None = None
    parent: Annotated[int, Field(ge=1, le=2**63 - 1), NoBoolean] | None = None
    lower: Quantity | None = None
    upper: Quantity | None = None
    measured_in: Short | None = None
    strictness: Strictness | None = None
    lead: Short | None = None
    with_units: Annotated[list[Short], Field(max_length=50)] | None = None
    due: Day | None = None
    clause: Name | None = None


class Revision(BaseModel):
    """What an issued target asks from now on; members that are left out stay as they are."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"example": {"lower": 48, "reason": "按省厅调整通知核减"}},
    )

    lower: Quantity | None = None
    upper: Quantity | None = None
    measured_in: Short | None = None
    strictness: Strictness | None = None
    lead: Short | None = None
    with_units: Annotated[list[Short], Field(max_length=50)] | None = None
    due: Day | None = None
    clause: Name | None = None
    reason: Reason


class Because(BaseModel):
    """A step that needs a reason."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"example": {"reason": "与另一项任务重复"}}
    )

    reason: Reason


class TargetOut(BaseModel):
    """A target as stored."""

    id: int
    plan: str
    indicator: str
    indicator_label: str
    dimension: str
    district: str | None
    area: str | None
    unit: str | None
    code: str = Field(description="Of the district, area or unit.")
    name: str = Field(description="Of the same.")
    parent: int | None
    lower: Quantity | None
    upper: Quantity | None
    measured_in: str = Field(description="Label of the unit of measure: 万亩.")
    measured_in_code: str
    strictness: Strictness
    lead: str | None
    lead_name: str | None
    with_units: list[str]
    due: date | None
    clause: str | None
    state: TargetState
    revision: int
    reason: str | None
    version: int
    demo: bool
    changed_at: datetime


class TargetRows(BaseModel):
    """Targets by number."""

    rows: list[TargetOut]
    numberMatched: int  # noqa: N815
    next: str | None


class TaskChange(BaseModel):
    """A change of a target, or of what was reported on it."""

    id: int
    at: datetime
    what: Literal["target", "reported"]
    operation: Literal["INSERT", "UPDATE", "DELETE"]
    actor: str
    reason: str | None
    before: dict[str, Any] | None
    after: dict[str, Any] | None


class TaskChanges(BaseModel):
    """The log of a target, oldest first."""

    rows: list[TaskChange]
    next: str | None


class FigureBody(BaseModel):
    """What is done of a target by a day, since its plan began."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"example": FIGURE})

    on_day: Day = Field(description="截至日")
    value: Quantity
    measured_in: Short = Field(description="Unit of the paper: 万亩, 条, wan_mu.")
    qualifier: Qualifier = Field("exact", description="余 over, 近 near, 约 about.")
    unit: Short | None = Field(None, description="上报单位; empty: yours, else the target's.")
    source: Name | None = Field(
        None, description="数据来源: paper, ledger or survey; a draft may lack it until submitted."
    )
    file: Annotated[str, Field(pattern="^[0-9a-f]{64}$")] | None = Field(
        None, description="SHA-256 of a file that you see and that proves it."
    )
    note: Long | None = None


class FigurePatch(BaseModel):
    """Members of a figure that change; null takes one out."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"example": {"value": 51.5}})

    on_day: Day | None = None
    value: Quantity | None = None
    measured_in: Short | None = None
    qualifier: Qualifier | None = None
    unit: Short | None = None
    source: Name | None = None
    file: Annotated[str, Field(pattern="^[0-9a-f]{64}$")] | None = None
    note: Long | None = None


class FigureIn(FigureBody):
    """A new figure with its target."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"example": {"target": 1, **FIGURE}}
    )

    target: Annotated[int, Field(ge=1, le=2**63 - 1), NoBoolean]


class FigureOut(BaseModel):
    """A reported figure as stored."""

    id: int
    target: int
    plan: str
    indicator: str
    name: str = Field(description="Of the district, area or unit that the target is set to.")
    on_day: date
    value: Quantity
    measured_in: str
    measured_in_code: str
    qualifier: Qualifier
    unit: str | None
    unit_name: str | None
    source: str | None
    file: str | None
    files: int = Field(description="Files kept with it: the papers that it is taken from.")
    note: str | None
    review: FigureReview
    reason: str | None
    submitted_by: str | None
    submitted_at: datetime | None
    reviewed_by: str | None
    reviewed_at: datetime | None
    version: int
    demo: bool
    changed_at: datetime


class FigureRows(BaseModel):
    """Reported figures by number."""

    rows: list[FigureOut]
    numberMatched: int  # noqa: N815
    next: str | None


class MissingReport(BaseModel):
    """An issued target on which nothing was submitted for the days asked about."""

    target: TargetOut
    responsible: str | None = Field(description="Code of the unit that has to report.")
    last_on: date | None = Field(description="Day of its last submitted or approved figure.")
    overdue: bool = Field(description="Whether the day on which the target is due has passed.")


class MissingReports(BaseModel):
    """Who has not reported."""

    rows: list[MissingReport]
    numberMatched: int  # noqa: N815


def target_out(words: Words, row: Mapping[str, Any]) -> TargetOut:
    """A row of the database as the API answers it."""
    indicator, unit = words.indicators.get(row["indicator"]), words.units.get(row["measured_in"])
    return TargetOut.model_validate(
        {
            **row,
            "indicator_label": row["indicator"] if indicator is None else indicator.label,
            "dimension": "" if indicator is None else indicator.dimension,
            "code": row["district"] or row["area"] or row["unit"],
            "measured_in": row["measured_in"] if unit is None else unit.label,
            "measured_in_code": row["measured_in"],
        }
    )


def figure_out(words: Words, row: Mapping[str, Any]) -> FigureOut:
    """A row of the database as the API answers it."""
    unit = words.units.get(row["measured_in"])
    return FigureOut.model_validate(
        {
            **row,
            "measured_in": row["measured_in"] if unit is None else unit.label,
            "measured_in_code": row["measured_in"],
            "submitted_by": row["submitted_by_name"],
            "reviewed_by": row["reviewed_by_name"],
        }
    )
