"""Schemas of checks on the ground."""

import datetime as dt
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from service.web.day_types import Day
from service.web.number_types import NoBoolean
from service.web.text_types import Long

Outcome = Literal["qualified", "replant", "failed", "redo"]
Ratio = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False), NoBoolean]
Area = Annotated[float, Field(ge=0, allow_inf_nan=False), NoBoolean]


class Acceptance(BaseModel):
    """One check on the ground."""

    model_config = ConfigDict(extra="forbid")

    date: Day = Field(
        description="Between planting (or the begin of the task year) and today in Beijing."
    )
    survival_rate: Ratio | None = Field(None, description="成活率, a ratio.")
    preservation_rate: Ratio | None = Field(None, description="保存率, a ratio.")
    verified_m2: Area | None = Field(
        None,
        description="核实面积, square metres; at most the plot's own and the rule's tolerance.",
    )
    outcome: Outcome | None = Field(
        None,
        description="验收结论, list `acceptance_outcome`; by default what the rule of the place "
        "(list `acceptance_rule`) proposes by the rates. Only `qualified` makes a plot accepted.",
    )
    note: Long | None = Field(
        None, description="Needed where `outcome` is `qualified` and the rule proposes another."
    )


class AcceptanceOut(BaseModel):
    """A check as it was written down."""

    id: int
    date: dt.date
    outcome: Outcome | None = Field(
        description="验收结论; null: nothing was measured and none was given."
    )
    outcome_label: str | None
    outcome_label_en: str | None
    proposed: Outcome | None = Field(description="What the rule proposed by the rates.")
    rule: str | None = Field(description="Of the list `acceptance_rule`.")
    survival_rate: float | None
    preservation_rate: float | None
    verified_m2: float | None
    note: str | None
    checked_by: str | None
    created_at: dt.datetime


class AcceptanceTerms(BaseModel):
    """What the next check may say, and the rule that proposes its outcome."""

    rule: str
    rule_label: str
    rule_label_en: str
    survival_from: float = Field(description="成活率: `qualified` from here on.")
    redo_up_to: float = Field(description="成活率: `redo` up to here, `replant` between the two.")
    preservation_from: float = Field(
        description="保存率, without a survival rate: `qualified` from here on, else `failed`."
    )
    status: str = Field(description="How far the rule can be trusted: cited, GK, own.")
    source: str
    earliest: dt.date
    latest: dt.date
    max_verified_m2: float


class AcceptanceList(BaseModel):
    """All checks of a plot, the newest first."""

    acceptances: list[AcceptanceOut]
    terms: AcceptanceTerms | None = Field(description="null: the plot cannot be checked now.")
