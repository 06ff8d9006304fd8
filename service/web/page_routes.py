"""``/`` and ``/docs``: the workspace, and the API page, without files of other hosts."""

from pathlib import Path

from fastapi import APIRouter
from fastapi.responses import FileResponse, HTMLResponse, Response

from maps.assets import package_folder
from service.basemap_setting import hosts
from service.errors import not_found
from service.web.admission import in_lane
from service.web.cache_control import OURS
from service.web.deps import SettingsDep
from service.web.thread_route import ThreadRoute

router = APIRouter(include_in_schema=False, route_class=ThreadRoute)

ROOM = Path(__file__).parents[1]
STATIC = ROOM / "static"
WORKSPACE = ROOM.parent / "maps" / "workspace" / "dist"
SWAGGER = package_folder(ROOM, "swagger-ui-dist")
SWAGGER_PARTS = ("swagger-ui.css", "swagger-ui-bundle.js")

# Our own files only; swagger-ui sets styles and shows its icons as data: images.
OWN_CSP = "default-src 'self'; object-src 'none'; base-uri 'none'; frame-ancestors 'none'"
DOCS_CSP = f"{OWN_CSP}; style-src 'self' 'unsafe-inline'; img-src 'self' data:"
# Ends with img-src, which base maps add their hosts to.
WORKSPACE_CSP = f"{OWN_CSP}; form-action 'self'; img-src 'self' data: blob:"

DOCS_PAGE = """<!doctype html>
<html lang="zh">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>落图 API</title>
<link rel="stylesheet" href="/docs/swagger-ui.css">
<div id="swagger-ui"></div>
<script src="/docs/swagger-ui-bundle.js"></script>
<script src="/static/docs.js"></script>
</html>
"""


@router.get("/")
@in_lane(None)
async def start(settings: SettingsDep) -> Response:
    """The shell of the workspace; what it shows needs sign-in."""
    page = WORKSPACE / "index.html"
    if not page.exists():
        raise not_found("工作台页面（请先运行 make setup）")
    policy = " ".join([WORKSPACE_CSP, *hosts(settings.configured_basemaps)])
    headers = {"Content-Security-Policy": policy, "Cache-Control": OURS}
    return FileResponse(page, headers=headers)


@router.get("/favicon.ico")
@in_lane(None)
async def favicon() -> Response:
    """A green square."""
    return FileResponse(
        STATIC / "favicon.svg", media_type="image/svg+xml", headers={"Cache-Control": OURS}
    )


@router.get("/docs")
@in_lane(None)
async def docs() -> Response:
    """Interactive documentation of the API."""
    return HTMLResponse(
        DOCS_PAGE, headers={"Content-Security-Policy": DOCS_CSP, "Cache-Control": OURS}
    )


@router.get("/docs/{name}")
@in_lane(None)
async def docs_part(name: str) -> Response:
    """swagger-ui's files, from the parts that `make setup` fetched."""
    if name not in SWAGGER_PARTS or not (SWAGGER / name).exists():
        raise not_found("此文件（请先运行 make setup）")
    return FileResponse(SWAGGER / name, headers={"Cache-Control": OURS})
