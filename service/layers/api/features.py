"""``/api/layers/{code}/features``: the ground of a layer."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query
from pydantic import BaseModel, JsonValue

from service.accounts.api.deps import AccountDep
from service.errors import InvalidValueError
from service.layers.api.layers import LayerCode, existing_layer
from service.layers.db import features
from service.web.day_types import Day
from service.web.deps import Bbox, ConnectionDep, bad_query, parse_bbox
from service.web.feature_list import PageDep, feature, feature_list, number_cursor
from service.web.geojson_response import GeoJson
from service.web.thread_route import ThreadRoute
from service.web.timestamps import today

router = APIRouter(
    prefix="/api/layers", tags=["layers"], route_class=ThreadRoute, default_response_class=GeoJson
)


class LayerFeatureProperties(BaseModel):
    """A feature of a layer; ``area_m2`` is on the ellipsoid."""

    code: str | None
    name: str | None
    # The word of files and rules is a keyword of Python.
    model_config = {"extra": "allow"}
    area_m2: float


class LayerFeature(BaseModel):
    """One feature."""

    type: Literal["Feature"] = "Feature"
    id: int
    geometry: dict[str, JsonValue] | None
    properties: LayerFeatureProperties


class LayerFeatures(BaseModel):
    """Features of the version that holds on the day."""

    type: Literal["FeatureCollection"] = "FeatureCollection"
    numberMatched: int  # noqa: N815 - OGC's word
    numberReturned: int  # noqa: N815
    next: str | None = None
    features: list[LayerFeature]


@router.get("/{code}/features", response_model=LayerFeatures, operation_id="listLayerFeatures")
def list_features(
    code: LayerCode,
    _account: AccountDep,
    connection: ConnectionDep,
    page: PageDep,
    bbox: Bbox = None,
    on: Annotated[Day | None, Query(description="What holds on that day; today if empty.")] = None,
) -> Any:
    """Features of a layer with their exact shapes, page by page."""
    existing_layer(connection, code)
    box = None
    if bbox is not None:
        try:
            box = parse_bbox(bbox)
        except InvalidValueError as error:
            raise bad_query("bbox", error.message) from None
    day = on or today()
    rows = features.list_features(
        connection, code, day, box, after=page.after, limit=page.row_limit
    )
    on_page, following = page.split(rows, number_cursor)
    texts = (
        feature(
            row["id"],
            row["geometry"],
            {name: row[name] for name in ("code", "name", "class", "area_m2")},
        )
        for row in on_page
    )
    matched = features.count_features(connection, code, day, box)
    return feature_list(texts, matched=matched, following=following)
