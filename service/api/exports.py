"""``/api/exports``: files out."""

import shutil
import tempfile
from pathlib import Path
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query
from fastapi.responses import FileResponse
from starlette.background import BackgroundTask

from data.codes import UnknownCodeError
from data.writing import write
from service.db import plots
from service.db.audit import note
from service.deps import AccountDep, ConnectionDep, SettingsDep, bad_query
from service.errors import Problem
from service.filters import PlotFilterDep
from service.frames import plots_frame

router = APIRouter(prefix="/api/exports", tags=["exports"])

FILES = {
    "shp": ("plots.shp.zip", "application/zip"),
    "geojson": ("plots.geojson", "application/geo+json"),
    "gpkg": ("plots.gpkg", "application/geopackage+sqlite3"),
}
# What the document says of each type; only one of them is no file of bytes.
TOLD: dict[str, dict[str, Any]] = {
    media_type: {"type": "string", "format": "binary"} for _, media_type in FILES.values()
}
TOLD["application/geo+json"] = {
    "type": "object",
    "required": ["type", "features"],
    "properties": {
        "type": {"const": "FeatureCollection"},
        "features": {"type": "array", "items": {"type": "object"}},
    },
}


@router.get(
    "/plots",
    operation_id="exportPlots",
    response_class=FileResponse,
    responses={200: {"content": {kind: {"schema": told} for kind, told in TOLD.items()}}},
)
def export_plots(
    who: AccountDep,
    connection: ConnectionDep,
    asked: PlotFilterDep,
    settings: SettingsDep,
    format: Literal["shp", "geojson", "gpkg"] = "shp",  # noqa: A002 - the contract's name
    schema: Annotated[str | None, Query(max_length=32, description="shp: zaolin, lcxzgx.")] = None,
    encoding: Literal["UTF-8", "GBK"] = "UTF-8",
    crs: Annotated[str | None, Query(max_length=64, description="`EPSG:4530` …; CGCS2000.")] = None,
) -> Any:
    """The plots that the filters match, as a file; refused whole when it would hold too many."""
    matched = plots.count_plots(connection, who, asked)
    if matched > settings.export_limit:
        raise Problem(
            422,
            "too_many_plots",
            f"共 {matched} 个图斑，一个文件最多 {settings.export_limit} 个，请加筛选；"
            "more plots than one file may hold: narrow it by district or year",
        )
    rows = plots.stored_plots(connection, who, asked, limit=settings.export_limit)
    name, media_type = FILES[format]
    folder = Path(tempfile.mkdtemp(prefix="luotu-export-"))
    try:
        write(
            plots_frame(rows),
            folder / name,
            format=format,
            schema=schema,
            encoding=encoding,
            crs=crs,
        )
    except UnknownCodeError as error:
        shutil.rmtree(folder)
        raise bad_query("schema", str(error), "unknown_schema") from None
    except BaseException:
        shutil.rmtree(folder)
        raise
    note(connection, who, "export", {"file": name, "rows": len(rows)})
    return FileResponse(
        folder / name,
        media_type=media_type,
        filename=name,
        headers={"Cache-Control": "private, no-store"},
        background=BackgroundTask(shutil.rmtree, folder),
    )
