"""The 401 names every way to sign in to programs, and none that makes a browser ask by itself."""

import subprocess

import httpx
import pytest

from tests.service.conftest import Database, Server

BASIC = 'Basic realm="luotu", charset="UTF-8"'
BEARER = 'Bearer realm="luotu"'


def challenges(client: httpx.Client, path: str = "/api/plots", **headers: str) -> list[str]:
    answer = client.get(path, headers=headers)
    assert answer.status_code == 401
    return list(answer.headers.get_list("www-authenticate"))


def test_a_program_is_offered_basic_first_and_bearer(server: Server) -> None:
    with server.client() as client:
        for path in ("/api/plots", "/tiles/plots/WebMercatorQuad/11/752/1735", "/maps/coverage"):
            assert challenges(client, path) == [BASIC, BEARER]
        wrong = {"Authorization": "Basic d3Jvbmc6d3Jvbmc="}
        assert challenges(client, **wrong) == [BASIC, BEARER]


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Mode": "cors"},
        {"Referer": "http://10.0.0.5:8000/"},
        {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"},
        {"Cookie": "luotu_session=ended"},
        {"X-Requested-With": "XMLHttpRequest"},
    ],
    ids=lambda headers: next(iter(headers)),
)
def test_a_page_is_offered_no_basic(server: Server, headers: dict[str, str]) -> None:
    with server.client() as client:
        assert challenges(client, **headers) == [BEARER]


def test_curl_finds_out_by_itself_how_to_sign_in(server: Server, database: Database) -> None:
    token = database.account("qgis", "gis")
    command = ["curl", "--silent", "--noproxy", "*", "--anyauth", "--user", f"any:{token}"]
    said = subprocess.run(
        [*command, f"{server.url}/api/me"], capture_output=True, text=True, check=True, timeout=60
    )
    assert '"name":"qgis"' in said.stdout
