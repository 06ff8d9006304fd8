"""``/api/districts``: the administrative tree."""

import json
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, JsonValue

from data.districts.code_patterns import DISTRICT
from service.accounts.api.deps import AccountDep
from service.districts.db import districts
from service.districts.db.districts import DistrictNode, visible
from service.errors import not_found
from service.web.deps import ConnectionDep
from service.web.geojson_response import GeoJson
from service.web.thread_route import ThreadRoute

router = APIRouter(
    prefix="/api/districts",
    tags=["districts"],
    default_response_class=GeoJson,
    route_class=ThreadRoute,
)

Level = Literal["province", "city", "county", "town", "village", "group"]
GEOJSON = "application/geo+json"


class DistrictProperties(BaseModel):
    """A district; ``area_m2`` is that of its boundary on the ellipsoid."""

    code: str
    name: str
    level: Level
    parent: str | None
    area_m2: float | None
    source: str | None
    complete: bool


class DistrictOut(BaseModel):
    """A district as a Feature; the geometry is null unless it is asked for."""

    type: Literal["Feature"] = "Feature"
    id: str
    geometry: dict[str, JsonValue] | None
    properties: DistrictProperties


class DistrictList(BaseModel):
    """Districts, ordered by code."""

    type: Literal["FeatureCollection"] = "FeatureCollection"
    numberMatched: int  # noqa: N815 - OGC's word
    numberReturned: int  # noqa: N815
    next: str | None = None
    features: list[DistrictOut]


def feature(node: DistrictNode, geometry: str | None) -> str:
    """One Feature as JSON text; the geometry is text already."""
    body = {
        "code": node.code,
        "name": node.name,
        "level": node.level,
        "parent": node.parent,
        "area_m2": node.area_m2,
        "source": node.source,
        "complete": node.complete,
    }
    return (
        f'{{"type":"Feature","id":{json.dumps(node.code)},"geometry":{geometry or "null"},'
        f'"properties":{json.dumps(body, ensure_ascii=False)}}}'
    )


@router.get("", response_model=DistrictList, operation_id="listDistricts")
def list_districts(
    account: AccountDep,
    connection: ConnectionDep,
    level: Level | None = None,
    parent: Annotated[str | None, Query(pattern=DISTRICT, description="All below it.")] = None,
    geometry: bool = False,
) -> Any:
    """Districts of a level, of a parent, or all; shapes with ``geometry=true``."""
    tree = districts.tree(connection)
    seen = visible(tree, account)
    among = tree.below(parent) if parent is not None else list(tree.values())
    nodes = [n for n in among if n.code in seen and (level is None or n.level == level)]
    shapes = districts.geojson(connection, [n.code for n in nodes]) if geometry else {}
    features = ",".join(feature(node, shapes.get(node.code)) for node in nodes)
    return Response(
        f'{{"type":"FeatureCollection","numberMatched":{len(nodes)},"numberReturned":{len(nodes)},'
        f'"next":null,"features":[{features}]}}',
        media_type=GEOJSON,
    )


@router.get("/{code}", response_model=DistrictOut, operation_id="readDistrict")
def read_district(code: str, account: AccountDep, connection: ConnectionDep) -> Any:
    """One district with its exact shape."""
    tree = districts.tree(connection)
    if code not in visible(tree, account):
        raise not_found("此行政区")
    shapes = districts.geojson(connection, [code])
    return Response(feature(tree[code], shapes.get(code)), media_type=GEOJSON)
