"""``/api/plots/{id}/split``, ``/api/plots/merge``: exact on the server, for any client."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field, model_validator
from shapely import LineString

from service.accounts.api.deps import PlannerDep
from service.plots import split_merge
from service.plots.api.plot_schemas import PlotNumber, PlotOut
from service.plots.api.plots import EditDep, answer
from service.web.deps import AcknowledgedDep, ConnectionDep, SettingsDep
from service.web.geojson_response import GeoJson
from service.web.idempotency import OnceRoute
from service.web.number_types import NoBoolean

router = APIRouter(prefix="/api/plots", tags=["plots"], route_class=OnceRoute)

Lon = Annotated[float, Field(ge=-180, le=180, allow_inf_nan=False), NoBoolean]
Lat = Annotated[float, Field(ge=-90, le=90, allow_inf_nan=False), NoBoolean]


class Line(BaseModel):
    """A GeoJSON LineString."""

    model_config = ConfigDict(extra="forbid")

    type: Literal["LineString"]
    coordinates: Annotated[list[tuple[Lon, Lat]], Field(min_length=2, max_length=10_000)]


class SplitBy(BaseModel):
    """Where to cut."""

    model_config = ConfigDict(extra="forbid")

    line: Line


class Pieces(BaseModel):
    """The plots that a cut made; the first is the one that was cut."""

    ids: list[int]


class MergeOf(BaseModel):
    """Plots that become one; the first keeps its number and attributes."""

    model_config = ConfigDict(extra="forbid")

    ids: Annotated[list[PlotNumber], Field(min_length=2, max_length=100)]
    versions: list[Annotated[int, Field(ge=1, le=10**9), NoBoolean]] | None = Field(
        None, description="Versions that you saw, in the order of `ids`: 412 when one is stale."
    )

    @model_validator(mode="after")
    def _each_once(self) -> "MergeOf":
        if len(set(self.ids)) < len(self.ids):
            raise ValueError("a plot stands twice in ids")
        if self.versions is not None and len(self.versions) != len(self.ids):
            raise ValueError("versions must be as many as ids")
        return self


@router.post("/{plot_id:number}/split", status_code=201, operation_id="splitPlot")
def split_plot(edit: EditDep, body: SplitBy) -> Pieces:
    """Cut a plot along a line; needs `If-Match`."""
    return Pieces(ids=split_merge.split_plot(edit, LineString(body.line.coordinates)))


@router.post("/merge", response_model=PlotOut, response_class=GeoJson, operation_id="mergePlots")
def merge_plots(
    body: MergeOf,
    account: PlannerDep,
    connection: ConnectionDep,
    settings: SettingsDep,
    acknowledged: AcknowledgedDep,
) -> Any:
    """Make one plot of several of the same stage, kind, year and county."""
    seen: dict[int, int | None] = dict.fromkeys(body.ids)
    if body.versions is not None:
        seen = dict(zip(body.ids, body.versions, strict=True))
    plot_id = split_merge.merge_plots(connection, account, settings, seen, acknowledged)
    return answer(connection, account, plot_id)
