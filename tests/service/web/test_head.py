"""HEAD: what GET would say, without its body, at every address that answers GET."""

import os
import subprocess
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import URL

from service.app import create_app
from service.settings import Settings
from service.web.problem_json import _allowed
from tests.service.conftest import WEST, Database, Server, SignIn
from tests.service.plots.made import approved, drawn
from tests.service.web.test_operations import requests, said

__all__ = ["said"]

# What of an answer grows with each request that is counted, or is drawn by lot.
CHANGING: dict[str, set[str]] = {
    "/metrics": {"content-length"},
    "/exports/": {"content-length"},
    "/maps/": {"content-length", "content-security-policy"},
}
# What differs between two requests of one kind, whatever their method.
OF_THE_MOMENT = ("date", "x-request-id", "etag", "last-modified")
NEEDED = {
    "/api/plots/{plot_id}": "/api/plots/1",
    "/api/plots/{plot_id}/versions/{version}": "/api/plots/1/versions/1",
    "/api/districts/{code}": f"/api/districts/{WEST}",
    "/api/coverage/{code}/plots": f"/api/coverage/{WEST}/plots",
    "/api/codes/{name}": "/api/codes/kind",
    "/api/codes/{name}/{code}": "/api/codes/kind/RGZL",
    "/api/duty": "/api/duty?period=2026",
    "/api/coverage/borders": "/api/coverage/borders?since=2026-01-01",
    "/api/chiefs/lists": "/api/chiefs/lists?period=2026",
    "/api/search": "/api/search?q=1",
    "/api/snapping": "/api/snapping?bbox=125,43,125.1,43.1",
}
PAGES = ("/", "/docs", "/docs/swagger-ui.css", "/favicon.ico", "/static/docs.js", "/openapi.json")


def address(path: str) -> str:
    """An address of the form, of something that is there as far as a database of one plot goes."""
    tile = {"grid": "WebMercatorQuad", "z": 11, "row": 752, "col": 1735}
    things = (
        "zone",
        "patrol",
        "finding",
        "plot",
        "import",
        "claim",
        "post",
        "job",
        "record",
        "link",
        "file",
        "comment",
        "target",
        "reported",
        "bulletin",
    )
    numbers = dict.fromkeys([*(f"{thing}_id" for thing in things), "number"], 1)
    words = {"name": "x.mbtiles", "code": "JBNT", "register": "street"}
    words |= {"plan": "CC-2023", "kind": "month"}
    return NEEDED.get(path) or path.format(**words, **tile, **numbers)


def lasting(answer: httpx.Response) -> dict[str, str]:
    return {name: value for name, value in answer.headers.items() if name not in OF_THE_MOMENT}


def gets(client: httpx.Client) -> list[str]:
    """Every address that answers GET: those of the document, pages and files."""
    paths = client.get("/openapi.json").json()["paths"]
    return [*(address(path) for path, methods in paths.items() if "get" in methods), *PAGES]


def test_head_says_what_get_says_at_every_address(sign_in: SignIn) -> None:
    approved(sign_in)
    client = sign_in("admin")
    addresses = gets(client)
    assert len(addresses) > 35
    for address in addresses:
        changing = next((names for start, names in CHANGING.items() if start in address), set())
        got, head = client.get(address), client.head(address)
        assert head.status_code == got.status_code, address
        assert head.content == b"", address
        expected, heard = lasting(got), lasting(head)
        assert heard.keys() == expected.keys(), address
        assert {k: v for k, v in heard.items() if k not in changing} == {
            k: v for k, v in expected.items() if k not in changing
        }, address
        assert ("etag" in head.headers) == ("etag" in got.headers), address


def test_head_asks_by_the_etag_too(sign_in: SignIn) -> None:
    planner = sign_in("planner")
    plot = drawn(planner)
    answer = planner.head(f"/api/plots/{plot['id']}", headers={"If-None-Match": '"1"'})
    assert (answer.status_code, answer.headers["etag"], answer.content) == (304, '"1"', b"")


@pytest.mark.parametrize(
    ("path", "status"),
    [("/api/plots/77", 404), ("/api/plots?distric=1", 422), ("/nothing", 404)],
)
def test_head_is_refused_as_get_is(sign_in: SignIn, path: str, status: int) -> None:
    answer = sign_in("viewer").head(path)
    assert (answer.status_code, answer.content) == (status, b"")
    assert answer.headers["content-type"] == "application/problem+json"


def test_head_needs_sign_in(server: Server) -> None:
    with server.client() as client:
        assert client.head("/api/plots").status_code == 401


def test_head_of_what_knows_no_get_names_what_it_knows(sign_in: SignIn) -> None:
    client = sign_in("planner")
    only_post, both = client.head("/api/plots/1/submit"), client.put("/api/plots")
    assert (only_post.status_code, both.status_code) == (405, 405)
    assert both.headers["allow"] == "GET, HEAD, POST"


def test_head_leaves_the_connection_good_for_the_next_request(server: Server) -> None:
    with server.client() as client:
        for _ in range(3):
            assert client.head("/docs").status_code == 200
            assert client.get("/healthz").json() == {"status": "ok"}


def test_head_is_logged_and_counted_under_its_route(sign_in: SignIn, said: list[Any]) -> None:
    sign_in("viewer", name="wang").head("/api/plots/7")
    (event,) = requests(said)
    assert (event["method"], event["route"], event["status"], event["account"]) == (
        "HEAD",
        "/api/plots/{plot_id}",
        404,
        "wang",
    )
    lines = sign_in("admin").get("/metrics").text
    assert 'handler="/api/plots/{plot_id}",method="HEAD",status="4xx"' in lines


def test_the_document_names_no_operation_twice(server: Server) -> None:
    with server.client() as client:
        paths = client.get("/openapi.json").json()["paths"]
    methods = {method for those in paths.values() for method in those}
    assert methods == {"get", "post", "put", "patch", "delete"}
    ids = [operation["operationId"] for those in paths.values() for operation in those.values()]
    assert len(ids) == len(set(ids))


def ogrinfo(tmp_path: Path, name: str, user: str) -> str:
    """What GDAL's own program tells of a source, asked as QGIS would ask."""
    environ = {
        **os.environ,
        "GDAL_HTTP_AUTH": "BASIC",
        "GDAL_HTTP_USERPWD": user,
        "NO_PROXY": "*",
        "CPL_VSIL_CURL_USE_HEAD": "YES",
    }
    command = ["ogrinfo", "-ro", "-al", "-so", name]
    done = subprocess.run(
        command, cwd=tmp_path, env=environ, capture_output=True, text=True, check=False, timeout=120
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize(
    "source",
    [
        "/vsicurl/{url}/api/exports/plots?format=geojson",
        "/vsicurl/{url}/api/exports/plots?format=gpkg",
        "/vsizip/{{/vsicurl/{url}/api/exports/plots?format=shp}}",
    ],
)
def test_gdal_reads_an_export_over_the_line(
    sign_in: SignIn, server: Server, database: Database, tmp_path: Path, source: str
) -> None:
    approved(sign_in)
    token = database.account("qgis", "gis")
    printed = ogrinfo(tmp_path, source.format(url=server.url), f"qgis:{token}")
    assert "Feature Count: 1" in printed


def test_methods_of_an_address_are_told_without_making_the_document() -> None:
    app = create_app(Settings(), URL.create("postgresql+psycopg"))
    assert _allowed(app, "/api/plots/1") == "DELETE, GET, HEAD, PATCH, PUT"
    # A word is no number of a record.
    assert _allowed(app, "/api/registers/street/definition") == "GET, HEAD, PUT"
    assert _allowed(app, "/api/registers/street/7") == "DELETE, GET, HEAD, PATCH, PUT"
    assert app.openapi_schema is None
