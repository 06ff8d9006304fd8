"""``/api/plots/mend``, ``/api/snapping``: what helps while drawing; nothing is stored."""

import json
from typing import Annotated, Any

import shapely
from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, ConfigDict, Field, JsonValue

from data.districts.code_patterns import COUNTY
from gis.messages import Message
from service.accounts.api.deps import PlannerDep
from service.errors import InvalidValueError
from service.plots import repair
from service.plots.api.check_schemas import CheckProperties
from service.plots.api.plot_schemas import PlotNumber
from service.plots.create import known_kind
from service.plots.db.neighbours import county_borders, mask_borders, shapes_outside_scope
from service.plots.repair import Way
from service.web.admission import in_lane
from service.web.deps import ConnectionDep, SettingsDep, bad_query, parse_bbox
from service.web.geojson_response import GeoJson
from service.web.thread_route import ThreadRoute
from service.web.timestamps import today

router = APIRouter(prefix="/api", tags=["plots"], route_class=ThreadRoute)

MAX_WIDTH_DEG = 1.0


class MendFeature(BaseModel):
    """A drawing and how it is to be mended."""

    model_config = ConfigDict(extra="forbid")

    type: str = Field("Feature", pattern="^Feature$")
    id: PlotNumber | None = Field(None, description="The plot that is being changed.")
    geometry: dict[str, JsonValue]
    properties: CheckProperties = CheckProperties()
    way: Way = Field(
        description="`repair` rings that cross; `subtract` the ground of other plots; `clip` to "
        "your districts; `keep_off` the layers that refuse it."
    )
    district: Annotated[str, Field(pattern=COUNTY)] | None = Field(
        None, description="County to clip to; without it all of yours that the drawing meets."
    )


class MendedShape(BaseModel):
    """A proposal; areas in m² on the ellipsoid."""

    geometry: dict[str, JsonValue]
    area_m2: float
    change_m2: float | None = Field(description="null where crossing rings had no area before.")


class SnapFeature(BaseModel):
    """A shape without a name."""

    type: str
    geometry: dict[str, JsonValue]
    properties: dict[str, str]


class SnapList(BaseModel):
    """Shapes to snap to beside one's own plots."""

    type: str = "FeatureCollection"
    features: list[SnapFeature]
    complete: bool = Field(
        description="false: more shapes, or more vertices, lie there than one answer holds: zoom "
        "in."
    )


@router.post("/plots/mend", operation_id="mendPlot")
@in_lane("drawing")
def mend_plot(
    drawn: MendFeature, account: PlannerDep, connection: ConnectionDep, settings: SettingsDep
) -> MendedShape:
    """A proposal for a drawing that is wrong; accept it by drawing it so."""
    attributes = known_kind(connection, drawn.properties.model_dump()) | {
        "district": drawn.district
    }
    proposal = repair.propose_repair(
        connection, account, drawn.geometry, attributes, drawn.way, settings, plot_id=drawn.id
    )
    return MendedShape(
        geometry=json.loads(shapely.to_geojson(proposal.geometry)),
        area_m2=proposal.area_m2,
        change_m2=proposal.change_m2,
    )


@router.get(
    "/snapping", operation_id="readSnapping", response_model=SnapList, response_class=GeoJson
)
@in_lane("drawing")
def read_snapping(
    account: PlannerDep,
    connection: ConnectionDep,
    bbox: Annotated[str, Query(max_length=200, description="west,south,east,north in degrees.")],
) -> Any:
    """Borders of your counties and of layers that refuse plots, and approved shapes near by.

    The latter lie beyond your counties within 200 m: ground, no more.
    """
    try:
        box = parse_bbox(bbox)
    except InvalidValueError as error:
        raise bad_query("bbox", error.message) from None
    west, south, east, north = box
    if east - west > MAX_WIDTH_DEG or north - south > MAX_WIDTH_DEG:
        raise bad_query(
            "bbox",
            Message(
                "范围超过 1 度，请放大地图",
                "wider than a degree: zoom in",
            ),
        )
    borders = county_borders(connection, account, box)
    beyond = shapes_outside_scope(connection, box)
    masks = mask_borders(connection, box, today())
    shown = [("district", border) for border in borders.shapes]
    shown += [("layer", border) for border in masks.shapes]
    shown += [("plot", shape) for shape in beyond.shapes]
    features = ",".join(
        f'{{"type":"Feature","geometry":{shapely.to_geojson(shape)},"properties":{{"of":"{of}"}}}}'
        for of, shape in shown
    )
    return Response(
        f'{{"type":"FeatureCollection","features":[{features}],'
        f'"complete":{json.dumps(borders.complete and beyond.complete and masks.complete)}}}',
        media_type=GeoJson.media_type,
        headers={"Cache-Control": "private, no-cache"},
    )
