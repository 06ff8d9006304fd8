"""Progress and moves as JSON."""

from datetime import date, datetime
from typing import Literal

from pydantic import BaseModel, Field

from service.plots.api.plot_schemas import PlotList

State = Literal["done", "within", "behind", "overdue"]


class ProgressOut(BaseModel):
    """A target, or a district without one, with its three figures and rates."""

    plan: str
    indicator: str
    indicator_label: str
    indicator_label_en: str
    code: str = Field(description="Of the district, area or unit.")
    name: str
    level: str = Field(description="province … village, area, or unit.")
    target_id: int | None = Field(description="For its plots, records and moves.")
    target: float | None = Field(description="任务量, in `measured_in`.")
    target_upper: float | None = Field(description="Upper end of a range.")
    strictness: str | None
    measured_in: str
    measured_in_en: str
    digits: int = Field(description="Decimals to show.")
    reported: float | None = Field(description="上报: approved, in `measured_in`.")
    reported_on: str | None
    qualifier: str | None
    mapped: float | None = Field(description="上图: approved ground counted once.")
    verified: float | None = Field(description="核实: accepted.")
    reported_rate: float | None = Field(description="reported / target, never clamped.")
    mapped_rate: float | None = Field(description="mapped / target.")
    verified_rate: float | None = Field(description="verified / reported.")
    reason: str | None = Field(
        description="Why a rate is null: `no_target`, `target_zero`, `not_reported`, "
        "`not_on_the_map`, `not_verified`, `reported_zero`, `too_many_plots`."
    )
    reasons: dict[str, str] = Field(description="The same by rate.")
    undated_m2: float = Field(description="Without the day that counts plots: not counted.")
    refused_m2: float = Field(description="On layers of role `block`: not counted.")
    summed: bool = Field(description="Made of the targets below.")
    estimated: bool = Field(description="估算")
    state: State | None
    due: str | None
    days_overdue: int
    pace: float = Field(description="Share of the plan's days that are gone.")
    forecast: float | None = Field(description="At the plan's end, at this pace.")
    rank: int | None = Field(description="By rate, among `ranked` of its level.")
    ranked: int | None
    lead: str | None
    lead_name: str | None
    clause: str | None
    above_id: int | None = Field(
        description="Target of the nearest district above, where the row has none: its plots in "
        "this district are those behind `mapped`."
    )


class ProgressRows(BaseModel):
    """Rows by plan, indicator and holder."""

    rows: list[ProgressOut]
    as_of: datetime


class CountedPlot(BaseModel):
    """What a plot brings into a figure."""

    plot_id: int
    amount: float = Field(
        description="In `measured_in`; less than its area where it crosses a border or meets a "
        "layer that refuses it."
    )


class ProgressPlots(PlotList):
    """Plots behind a mapped figure."""

    as_of: datetime
    measured_in: str
    mapped: float | None = Field(description="The figure.")
    counted_sum: float = Field(
        description="What all its plots bring; the figure is less by ground that they share, "
        "which counts once, and by what was green before where it is a net one."
    )
    counted: list[CountedPlot] = Field(description="Of the plots of this page.")


class MoveOut(BaseModel):
    """One reason for a difference."""

    figure: Literal["mapped", "reported", "target"]
    what: str = Field(
        description="`entered`, `left`, `grew`, `shrank`, `border`, `layer`: a plot; `shared`: "
        "ground counted once; `others`: the smallest together; `records`: of a register; `ratio`; "
        "`reported`, `revision`."
    )
    change: float = Field(description="In `measured_in`.")
    plot_id: int | None
    plot_no: str | None
    at: list[float] | None = Field(description="lon, lat on the plot.")
    plots: int | None
    m2: float | None


class MovesOut(BaseModel):
    """Both figures and what lies between them; changes add up to the differences."""

    target_id: int
    indicator: str
    code: str
    name: str
    measured_in: str
    since: datetime
    until: datetime
    before: dict[str, float | None]
    after: dict[str, float | None]
    rows: list[MoveOut]


class RecordBehind(BaseModel):
    """A record that counts."""

    id: int
    number: str | None
    name: str
    county: str | None
    state: str
    since: date


class RecordRows(BaseModel):
    """Records by number."""

    rows: list[RecordBehind]
    numberMatched: int  # noqa: N815 - OGC's word
    next: None
