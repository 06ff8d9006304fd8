"""``/api/plots/{id}/area``: four areas of one plot, side by side."""

import json

from fastapi import APIRouter
from pydantic import BaseModel, Field

from gis.polygons import from_geojson
from service.accounts.api.deps import AccountDep
from service.errors import not_found
from service.plots import areas
from service.plots.api.filter_params import Version
from service.plots.api.plots import PlotId
from service.plots.db import plots
from service.web.deps import ConnectionDep
from service.web.language import LocalisedText
from service.web.thread_route import ThreadRoute

router = APIRouter(prefix="/api/plots", tags=["plots"], route_class=ThreadRoute)


class PlotArea(BaseModel):
    """The area of a plot as each office computes it, m², and why the figures differ."""

    geodesic_m2: float = Field(description="On the ellipsoid, edges geodesics: `area_m2`.")
    official_m2: float = Field(description="By the formula of 国土调查办发〔2008〕32号.")
    plane_m2: float = Field(description="On the plane of the 3° Gauss-Krüger zone.")
    zone: int = Field(description="Number of that zone.")
    declared_m2: float | None = Field(description="申报面积; null when nothing is declared.")
    message: LocalisedText


@router.get("/{plot_id:number}/area", operation_id="readPlotArea")
def read_area(
    plot_id: PlotId, account: AccountDep, connection: ConnectionDep, version: Version = None
) -> PlotArea:
    """Geodesic, official, plane and declared area, with the reason for their difference."""
    row = plots.read_plot(connection, account, plot_id, version or "working")
    if row is None:
        raise not_found("此图斑")
    geometry = from_geojson(json.loads(row["geometry"]))
    return PlotArea(**areas.plot_areas(geometry, row["declared_m2"])._asdict())
