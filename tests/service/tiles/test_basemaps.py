"""Base maps by setting and by files; none of them is needed."""

from pathlib import Path

import httpx
import pytest

from service.settings import Settings, SettingsError, load
from tests.data.tiles_made_here import COL, PICTURE, ROW, Z, mbtiles
from tests.service.conftest import Database, Server, SignIn

SET = (
    '[{"label": "影像", "kind": "tianditu", "layer": "img_c", "key": "k"},'
    ' {"label": "省厅", "kind": "xyz", "url": "http://10.1.1.1:80/{z}/{x}/{y}.png"}]'
)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A home with one local tileset."""
    (tmp_path / "basemaps").mkdir()
    mbtiles(tmp_path / "basemaps" / "航拍 2025.mbtiles")
    return tmp_path


def viewer(server: Server, database: Database) -> httpx.Client:
    """A client that is signed in as a viewer."""
    return server.client(database.account("viewer", "viewer"))


def test_none_is_the_default(sign_in: SignIn) -> None:
    assert sign_in("viewer").get("/api/basemaps").json() == {"basemaps": []}


def test_those_of_the_setting_come_first_and_local_ones_after(
    home: Path, database: Database
) -> None:
    with (
        Server(Settings(home=home, basemaps=SET), database) as server,
        viewer(server, database) as client,
    ):
        basemaps = client.get("/api/basemaps").json()["basemaps"]
    assert [row["label"] for row in basemaps] == ["影像", "省厅", "航拍 2025"]


def test_a_local_tile_is_served(home: Path, database: Database) -> None:
    with Server(Settings(home=home), database) as server, viewer(server, database) as client:
        answer = client.get(f"/api/basemaps/航拍 2025.mbtiles/{Z}/{ROW}/{COL}")
    assert (answer.content, answer.headers["content-type"]) == (PICTURE, "image/png")


@pytest.mark.parametrize("name", ["..%2f..%2fpassword.mbtiles", "no.mbtiles", "password"])
def test_nothing_but_tilesets_of_the_folder_is_served(
    home: Path, database: Database, name: str
) -> None:
    (home / "password").write_text("geheim")
    with Server(Settings(home=home), database) as server, viewer(server, database) as client:
        assert client.get(f"/api/basemaps/{name}/0/0/0").status_code == 404


def test_the_page_may_fetch_pictures_from_the_hosts_of_the_setting_only(
    home: Path, database: Database
) -> None:
    with Server(Settings(home=home, basemaps=SET), database) as server, server.client() as client:
        policy = client.get("/").headers["content-security-policy"]
    hosts = next(part.split()[1:] for part in policy.split("; ") if part.startswith("img-src"))
    expected = ["'self'", "data:", "blob:", "https://*.tianditu.gov.cn", "http://10.1.1.1:80"]
    assert hosts == expected


@pytest.mark.parametrize(
    "value",
    [
        "{",
        '[{"label": "x"}]',
        '[{"label": "x", "kind": "maps"}]',
        '[{"label": "x", "kind": "xyz", "grid": "degrees"}]',
        '[{"label": "x", "kind": "wmts", "grid": "degrees", "datum": "gcj02"}]',
        '[{"label": "x", "kind": "wmts", "matrix_ids": "EPSG:4490"}]',
    ],
)
def test_a_wrong_setting_stops_the_start(value: str) -> None:
    with pytest.raises(SettingsError, match="LUOTU_BASEMAPS"):
        load({"LUOTU_BASEMAPS": value})
