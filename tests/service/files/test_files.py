"""Files of plots, records and reported figures: what is kept, what is refused, and who sees it."""

import io
from functools import partial
from typing import Any

import httpx
import pytest
from PIL import ExifTags, Image

from service.accounts.db.accounts import command_line_account
from service.errors import Problem
from service.files import files as rules
from service.settings import Settings
from tests.service.conftest import EAST, WEST, Database, SignIn, feature
from tests.service.progress.test_progress import THIS_YEAR, Tasks

STATIONS = "/api/registers/fire_station"


def photo(*, placed: bool = True) -> bytes:
    """A small photo with the time and place of its camera."""
    image = Image.new("RGB", (8, 8))
    exif = Image.Exif()
    if placed:
        exif.get_ifd(ExifTags.IFD.Exif)[ExifTags.Base.DateTimeOriginal] = "2026:05:20 08:30:00"
        exif.get_ifd(ExifTags.IFD.GPSInfo).update(
            {1: "N", 2: (43.0, 3.0, 0.0), 3: "E", 4: (125.0, 3.0, 36.0)}
        )
    buffer = io.BytesIO()
    image.save(buffer, "JPEG", exif=exif)
    return buffer.getvalue()


def sent(client: httpx.Client, at: str, content: bytes, name: str = "树.jpg") -> httpx.Response:
    """A file, sent."""
    return client.post(f"{at}/files", files={"file": (name, content)})


@pytest.fixture(params=["plot", "record"])
def owner(request: pytest.FixtureRequest, sign_in: SignIn) -> str:
    """The address of a plot, and of a record."""
    planner = sign_in("planner", WEST, name="li")
    if request.param == "plot":
        return str(planner.post("/api/plots", json=feature()).headers["Location"])
    point = {"type": "Point", "coordinates": [125.05, 43.05]}
    body: dict[str, Any] = {"type": "Feature", "geometry": point, "properties": {"name": "东站"}}
    return str(planner.post(STATIONS, json=body).headers["Location"])


def test_a_photo_is_kept_with_time_and_place_and_taken_away(sign_in: SignIn, owner: str) -> None:
    inspector = sign_in("inspector", WEST)
    made = sent(inspector, owner, photo())
    assert made.status_code == 201, made.text
    row = made.json()
    assert (row["name"], row["media_type"]) == ("树.jpg", "image/jpeg")
    assert row["taken_at"] == "2026-05-20T00:30:00Z"
    assert row["at"] == pytest.approx([125.06, 43.05])
    listed = inspector.get(f"{owner}/files").json()
    assert (listed["numberMatched"], listed["rows"]) == (1, [row])
    at = f"{owner}/files/{row['id']}"
    got = inspector.get(at)
    assert (got.content, got.headers["Content-Type"]) == (photo(), "image/jpeg")
    assert got.headers["Content-Disposition"].startswith("inline")
    other = sign_in("planner", WEST).delete(at)
    assert (other.status_code, other.json()["code"]) == (403, "not_own_file")
    assert inspector.delete(at).status_code == 204
    assert inspector.get(at).status_code == 404


def test_papers_are_saved_and_scripts_refused(sign_in: SignIn, owner: str) -> None:
    planner = sign_in("planner", WEST)
    paper = sent(planner, owner, b"%PDF-1.7 x", "验收.pdf").json()
    got = planner.get(f"{owner}/files/{paper['id']}")
    assert got.headers["Content-Disposition"].startswith("attachment")
    for content in (b"<script>alert(1)</script>", b"<svg xmlns='x'/>", b""):
        answer = sent(planner, owner, content, "x.jpg")
        assert (answer.status_code, answer.json()["code"]) == (422, "unknown_kind_of_file")
        assert "x.jpg" in answer.json()["detail"]
    assert sent(planner, owner, photo(placed=False)).json()["at"] is None
    assert sent(planner, owner, b"\xff\xd8\xff broken").json()["taken_at"] is None


def test_files_are_seen_with_what_they_belong_to(sign_in: SignIn, owner: str) -> None:
    row = sent(sign_in("planner", WEST), owner, photo()).json()
    foreign = sign_in("inspector", EAST)
    assert foreign.get(f"{owner}/files").status_code == 404
    assert foreign.get(f"{owner}/files/{row['id']}").status_code == 404
    assert foreign.delete(f"{owner}/files/{row['id']}").status_code == 404
    assert sent(foreign, owner, photo()).status_code == 404
    assert sent(sign_in("viewer", WEST), owner, photo()).status_code == 403


def test_files_have_a_size_and_a_plot_has_so_many(
    sign_in: SignIn, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    plot = sign_in("planner").post("/api/plots", json=feature()).json()["id"]
    with database.service.begin() as connection:
        account = command_line_account(connection, "test")
        keep = partial(rules.keep, connection, account, "plot_id", plot, "x.jpg", photo())
        with pytest.raises(Problem, match="LUOTU_FILE_LIMIT_BYTES") as refused:
            keep(Settings(file_limit_bytes=10))
        assert refused.value.code == "file_too_large"
        monkeypatch.setattr(rules, "MAX_FILES", 0)
        with pytest.raises(Problem) as refused:
            keep(Settings())
        assert refused.value.code == "too_many_files"


def drafted(planner: httpx.Client, tasks: Tasks) -> str:
    """The address of a draft of what is done of a target of the west."""
    number = tasks.target(district=WEST, lower=50, measured_in="万亩")
    body: dict[str, Any] = {"target": number, "value": 51.3}
    body |= {"measured_in": "万亩", "on_day": f"{THIS_YEAR}-01-20", "source": "年度总结"}
    return str(planner.post("/api/reported", json=body).headers["Location"])


def test_the_paper_of_a_figure_is_kept_opened_and_locked_with_it(
    sign_in: SignIn, database: Database
) -> None:
    planner = sign_in("planner", WEST)
    figure = drafted(planner, Tasks(sign_in))
    kept = [sent(planner, figure, b"%PDF-1.7 x", name) for name in ("总结.pdf", "错.pdf")]
    assert [answer.status_code for answer in kept] == [201, 201], kept[0].text
    first, second = (answer.json() for answer in kept)
    assert planner.delete(f"{figure}/files/{second['id']}").status_code == 204
    assert planner.get(figure).json()["files"] == 1
    leader = sign_in("viewer", WEST)
    assert leader.get(f"{figure}/files").json()["rows"] == [first]
    assert leader.get(f"{figure}/files/{first['id']}").content == b"%PDF-1.7 x"
    assert sent(leader, figure, b"%PDF-1.7 x").status_code == 403
    for foreign in (sign_in("planner", EAST), sign_in("inspector", EAST)):
        assert foreign.get(f"{figure}/files").status_code == 404
        assert foreign.get(f"{figure}/files/{first['id']}").status_code == 404
    assert sent(sign_in("planner", EAST), figure, b"%PDF-1.7 x").status_code == 404
    assert planner.post(f"{figure}/submit").status_code == 200
    for answer in (
        sent(planner, figure, b"%PDF-1.7 x", "迟.pdf"),
        planner.delete(f"{figure}/files/{first['id']}"),
    ):
        assert (answer.status_code, answer.json()["code"]) == (409, "locked_figure")
    sign_in("inspector", WEST).post(f"{figure}/return", json={"reason": "换一份"})
    assert planner.delete(figure).status_code == 204
    assert database.scalar("SELECT count(*) FROM file WHERE name = '总结.pdf'") == 0
