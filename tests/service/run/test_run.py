"""``luotu run``: the main job on the whole demo, its end, and its return after each kill."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import geopandas
import httpx
import pytest

from gis.coverage import coverage
from gis.crs import CGCS2000
from service.embedded import Cluster
from tests.chromium import CHROMIUM, QUIET, Driver
from tests.service.conftest import NO_TLS, feature, ring

LUOTU = Path(sys.executable).with_name("luotu")
START_S = 900.0


class Running:
    """A ``luotu run`` of its own, in a folder of its own."""

    def __init__(self, folder: Path, port: int) -> None:
        self.folder = folder
        self.url = f"http://127.0.0.1:{port}"
        self.log = folder / "run.log"
        environment = {name: v for name, v in os.environ.items() if not name.startswith("LUOTU_")}
        with self.log.open("w") as log:
            self.process = subprocess.Popen(
                [LUOTU, "run", "--port", str(port)],
                cwd=folder,
                env=environment,
                stdout=log,
                stderr=subprocess.STDOUT,
            )

    def wait_ready(self) -> None:
        """Until ``/readyz`` says 200."""
        until = time.monotonic() + START_S
        while time.monotonic() < until:
            if self.process.poll() is not None:
                pytest.fail(f"luotu run ended: {self.printed()}")
            if self.ready():
                return
            time.sleep(0.2)
        pytest.fail(f"not ready after {START_S} s: {self.printed()}")

    def ready(self) -> bool:
        """Whether ``/readyz`` says 200 now."""
        try:
            answer = httpx.get(f"{self.url}/readyz", trust_env=False, verify=NO_TLS)
        except httpx.TransportError:
            return False
        return answer.status_code == 200

    def printed(self) -> str:
        """All that it said."""
        return self.log.read_text("utf-8")

    def client(self, name: str) -> httpx.Client:
        """A client with a token of one of the demo's accounts; it outlives whatever is killed."""
        token_file = self.folder / f"{name}.token"
        if not token_file.exists():
            said = subprocess.run(
                [LUOTU, "token", name], cwd=self.folder, check=True, capture_output=True, text=True
            )
            token_file.write_text(said.stdout.strip())
        headers = {"Authorization": f"Bearer {token_file.read_text()}"}
        return httpx.Client(
            base_url=self.url, headers=headers, timeout=60, trust_env=False, verify=NO_TLS
        )

    def end(self, number: signal.Signals) -> int:
        """Send a signal and wait for the end; answers the exit status."""
        self.process.send_signal(number)
        return self.process.wait(180)


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def living(folder: Path) -> list[str]:
    """Command lines of PostgreSQL processes of this folder's cluster; the buried do not count."""
    data = Cluster(folder / ".luotu").status().data_dir.resolve()
    command_lines = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if (process / "cwd").readlink() == data:
                command_lines.append((process / "cmdline").read_text())
        except OSError:
            continue
    return command_lines


@contextmanager
def running(folder: Path) -> Iterator[Running]:
    """Started and ready; whatever is left at the end is killed."""
    run = Running(folder, free_port())
    try:
        run.wait_ready()
        yield run
    finally:
        if run.process.poll() is None:
            run.process.kill()
            run.process.wait()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """An empty folder below a 0700 folder that ``postgres`` cannot enter."""
    above = tmp_path_factory.mktemp("closed")
    above.chmod(0o700)
    inside = above / "in"
    inside.mkdir()
    yield inside
    Cluster(inside / ".luotu").erase()


@pytest.fixture(scope="module")
def demo(folder: Path) -> Iterator[Running]:
    """The first ``luotu run`` in that folder."""
    with running(folder) as run:
        yield run


def test_the_coverage_of_all_73_counties_is_printed(demo: Running) -> None:
    assert len(re.findall(r"^│ \d{6} │", demo.printed(), re.MULTILINE)) == 73


def test_a_sign_in_link_is_printed_for_each_of_the_four_people(demo: Running) -> None:
    names = re.findall(r"sign-in link, demo-(\w+): http://127\.0\.0\.1:\d+/#link=", demo.printed())
    assert names == ["admin", "planner", "inspector", "gis"]


@pytest.mark.parametrize("encoding", ["UTF-8", "GBK"])
def test_ogrinfo_reads_chinese_in_both_encodings(
    demo: Running, folder: Path, encoding: str
) -> None:
    archive = folder / "out" / "plots.shp.zip"
    if encoding == "GBK":
        with demo.client("demo-gis") as client:
            answer = client.get("/api/exports/plots?encoding=GBK&version=approved&district=220100")
        archive = folder / "gbk.zip"
        archive.write_bytes(answer.content)
    with zipfile.ZipFile(archive) as files:
        layer = next(name for name in files.namelist() if name.endswith(".shp"))
    printed = subprocess.run(
        [
            "ogrinfo",
            "-q",
            f"/vsizip/{archive}/{layer}",
            "-sql",
            f'SELECT * FROM "{layer[:-4]}" LIMIT 1',
        ],
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    assert "虚构示例" in printed
    assert "�" not in printed


def test_coverage_equals_a_recomputation_outside_the_database(demo: Running) -> None:
    with demo.client("demo-gis") as client:
        rows = client.get("/api/coverage").json()["rows"]
        shapes = client.get("/api/districts?level=county&geometry=true").json()
        plots, address = [], "/api/plots?version=approved&limit=10000"
        while address:
            page = client.get(address).json()
            plots += page["features"]
            address = page["next"]
    counties = geopandas.GeoDataFrame.from_features(shapes, crs=CGCS2000)
    green = [p for p in plots if p["properties"]["stage"] in ("planted", "accepted", "existing")]
    frame = geopandas.GeoDataFrame.from_features(green, crs=CGCS2000)[["geometry"]]
    expected = coverage(counties[["code", "geometry"]], frame).set_index("code")
    assert len(rows) == 73
    assert sum(row["overlap_m2"] for row in rows) > 1e6
    for row in rows:
        truth = expected.loc[row["code"]]
        assert row["plot_count"] == truth["plot_count"]
        for name in ("green_m2", "sum_m2", "district_m2"):
            assert row[name] == pytest.approx(truth[name], rel=1e-6, abs=1.0)


def test_the_printed_link_signs_a_person_in(demo: Running, driver: Driver) -> None:
    link = re.findall(r"demo-inspector: (\S+)", demo.printed())[0]
    foreign: list[str] = []
    complaints: list[str] = []
    with driver.awake() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        page = browser.new_page(viewport={"width": 1366, "height": 768})
        page.on("request", lambda request: foreign.append(request.url))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(link)
        page.get_by_role("button", name="覆盖率表").click()
        page.wait_for_selector(".drawer table tbody tr", timeout=60_000)
        table = page.inner_text(".drawer table")
        page.goto(f"{demo.url}/maps/coverage")
        page.wait_for_selector(".leaflet-container", timeout=60_000)
        page.goto(f"{demo.url}/docs")
        page.wait_for_selector("#swagger-ui .opblock", timeout=60_000)
        browser.close()
    assert table.count("\n") >= 72
    assert "南关区" in table
    assert [url for url in foreign if not url.startswith((demo.url, "data:", "blob:"))] == []
    assert complaints == []


def draw(client: httpx.Client, n: int) -> int | None:
    """Number of a plot that the service said it stored; None when it could not."""
    # Inside 榆树市, the northernmost county of the demo.
    square = ring(126.5 + n * 1e-4, 44.8, 5e-5, 5e-5)
    try:
        address = "/api/plots?acknowledge=too_small"
        answer = client.post(address, json=feature(square, name=f"kill-{n}"))
    except httpx.TransportError:
        return None
    return int(answer.json()["id"]) if answer.status_code == 201 else None


def known(client: httpx.Client, ids: list[int]) -> list[int]:
    """Those of the numbers that are there."""
    return [number for number in ids if client.get(f"/api/plots/{number}").status_code == 200]


def postmaster(folder: Path) -> int:
    """Number of the database's first process."""
    pid: Any = Cluster(folder / ".luotu").status().pid
    assert isinstance(pid, int)
    return pid


def test_a_killed_postmaster_comes_back_under_the_running_service(
    demo: Running, folder: Path
) -> None:
    with demo.client("demo-planner") as client:
        acknowledged = [draw(client, n) for n in range(10)]
        os.kill(postmaster(folder), signal.SIGKILL)
        acknowledged += [draw(client, n) for n in range(10, 20)]
        demo.wait_ready()
        acknowledged += [draw(client, n) for n in range(20, 30)]
        stored = [number for number in acknowledged if number is not None]
        assert len(stored) >= 20
        assert known(client, stored) == stored


@dataclass(frozen=True)
class Ended:
    """What a ``luotu run`` left when it was told to end."""

    status: int
    printed: str
    living: list[str]


def ended(run: Running, by: signal.Signals) -> Ended:
    """Tell it to end, and wait."""
    return Ended(run.end(by), run.printed(), living(run.folder))


@dataclass(frozen=True)
class Returned:
    """The service after it was killed: rows of before that it knows, and one that fits no file."""

    stored: list[int]
    known: list[int]
    unfit: int
    end: Ended


@pytest.fixture(scope="module")
def returned(demo: Running, folder: Path) -> Returned:
    """Rows are acknowledged, the service is killed, comes back, takes one more, and is ended."""
    with demo.client("demo-planner") as client:
        stored = [number for n in range(100, 120) if (number := draw(client, n)) is not None]
    demo.process.kill()
    demo.process.wait()
    with running(folder) as again:
        with again.client("demo-planner") as client:
            there = known(client, stored)
        unfit = approved_too_dense(again)
        return Returned(stored, there, unfit, ended(again, signal.SIGTERM))


def approved_too_dense(run: Running) -> int:
    """An approved plot whose density no shapefile can hold."""
    with run.client("demo-planner") as planner, run.client("demo-inspector") as inspector:
        square = feature(ring(126.52, 44.81), density_per_ha=1e300)
        made = planner.post("/api/plots", json=square)
        number = int(made.json()["id"])
        for client, step in ((planner, "submit"), (inspector, "approve")):
            match = {"If-Match": made.headers["ETag"]}
            made = client.post(f"/api/plots/{number}/{step}", headers=match)
            made.raise_for_status()
    return number


def written_ns(folder: Path) -> int:
    """When the shapefile of the start was written."""
    return (folder / "out" / "plots.shp.zip").stat().st_mtime_ns


@dataclass(frozen=True)
class Beside:
    """A start with a plot that fits no shapefile: the file before and after, and its end."""

    before_ns: int
    after_ns: int
    end: Ended


@pytest.fixture(scope="module")
def beside(returned: Returned, folder: Path) -> Beside:
    """Started once more, and ended as by Ctrl-C."""
    before_ns = written_ns(folder)
    with running(folder) as again:
        return Beside(before_ns, written_ns(folder), ended(again, signal.SIGINT))


def test_every_acknowledged_row_outlives_a_killed_service_and_a_clean_end_leaves_nothing(
    returned: Returned,
) -> None:
    assert returned.known == returned.stored
    assert returned.end.status == 0
    assert "stopped" in returned.end.printed
    assert returned.end.living == []


def test_a_plot_that_fits_no_shapefile_is_named_at_the_start_and_stops_nothing(
    returned: Returned, beside: Beside
) -> None:
    assert f"编号 {returned.unfit}, zlmd" in beside.end.printed
    assert "旧文件未动" in beside.end.printed
    assert beside.after_ns == beside.before_ns


def test_ctrl_c_ends_it_cleanly_too(beside: Beside) -> None:
    assert beside.end.status == 0
    assert beside.end.living == []


def test_a_taken_port_is_said_in_words(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        said = subprocess.run(
            [LUOTU, "run", "--port", str(port)],
            cwd=tmp_path,
            check=False,
            capture_output=True,
            text=True,
        )
    assert said.returncode == 1
    assert f"127.0.0.1:{port}" in said.stderr
    assert "Traceback" not in said.stderr
    assert not (tmp_path / ".luotu").exists()
