"""``/api/layers``: layers, their roles and rules."""

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Response

from service.accounts.api.deps import AccountDep, holding
from service.accounts.db.accounts import Account
from service.errors import not_found
from service.layers import edit
from service.layers.api.layer_schemas import (
    CODE,
    LayerBody,
    LayerOut,
    LayerRows,
    VersionOut,
    VersionRows,
    layer_out,
)
from service.layers.db import layers
from service.layers.db.layers import Layer
from service.web.deps import ConnectionDep
from service.web.etags import OptionalMatchDep, etag
from service.web.thread_route import ThreadRoute

router = APIRouter(prefix="/api/layers", tags=["layers"], route_class=ThreadRoute)

GisDep = Annotated[Account, Depends(holding("gis"))]
LayerCode = Annotated[str, Path(pattern=CODE, description="JBNT, STHX …")]


def existing_layer(connection: ConnectionDep, code: str) -> Layer:
    """The layer of a code.

    Raises
    ------
    Problem
        404.
    """
    layer = layers.read_layer(connection, code)
    if layer is None:
        raise not_found("此图层")
    return layer


@router.get("", operation_id="listLayers")
def list_layers(_account: AccountDep, connection: ConnectionDep) -> LayerRows:
    """All layers, those that refuse plots first."""
    rows = [layer_out(layer) for layer in layers.list_layers(connection)]
    return LayerRows(rows=rows, numberMatched=len(rows))


@router.get("/{code}", operation_id="readLayer")
def read_layer(
    code: LayerCode, _account: AccountDep, connection: ConnectionDep, response: Response
) -> LayerOut:
    """One layer, with its ETag."""
    layer = existing_layer(connection, code)
    response.headers["ETag"] = etag(layer.version)
    return layer_out(layer)


@router.put("/{code}", operation_id="writeLayer", responses={201: {"model": LayerOut}})
def put_layer(
    code: LayerCode,
    body: LayerBody,
    account: GisDep,
    connection: ConnectionDep,
    response: Response,
    seen: OptionalMatchDep,
) -> LayerOut:
    """Write the labels, role and rule of a layer; the first time it is made."""
    layer, new = edit.put_layer(connection, account, code, body, seen)
    response.headers["ETag"] = etag(layer.version)
    if new:
        response.status_code = 201
        response.headers["Location"] = f"/api/layers/{code}"
    return layer_out(layer)


@router.get("/{code}/versions", operation_id="listLayerVersions")
def list_versions(code: LayerCode, _account: AccountDep, connection: ConnectionDep) -> VersionRows:
    """The versions of a layer, the newest first."""
    existing_layer(connection, code)
    rows = [VersionOut.model_validate(dict(row)) for row in layers.versions_of(connection, code)]
    return VersionRows(rows=rows, numberMatched=len(rows))
