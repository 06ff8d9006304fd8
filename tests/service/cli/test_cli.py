"""``luotu``: files in, files out, accounts; refusals in words and an unchanged database."""

import json
import subprocess
import sys
import zipfile
from datetime import UTC, datetime
from pathlib import Path

import geopandas
import pytest
from shapely import box
from sqlalchemy import text

from gis.crs import CGCS2000
from service.database.engine import make_engine
from service.embedded import Cluster
from service.web.timestamps import clock_at
from tests.service.cli.command_line import (
    SEEN,
    SQUARE,
    CommandLine,
    bow_tie,
    names_of,
    not_gis,
    partner_file,
    shapefile,
    without_prj,
)


def stored(luotu: CommandLine) -> int:
    """How many plots count."""
    answer = luotu("coverage", "--format", "json")
    assert answer.status == 0
    return sum(row["plot_count"] for row in json.loads(answer.out)["rows"])


@pytest.mark.usefixtures("districts")
def test_plots_of_a_shapefile_become_drafts(luotu: CommandLine, tmp_path: Path) -> None:
    before = stored(luotu)
    said = luotu("import", "plots", shapefile(tmp_path, SQUARE), *SEEN, "--json")
    assert (said.status, json.loads(said.out)["stored"]) == (0, 1)
    assert stored(luotu) == before  # drafts do not count


@pytest.mark.usefixtures("districts")
def test_inventory_is_approved_with_a_reason_only(luotu: CommandLine, tmp_path: Path) -> None:
    path, before = shapefile(tmp_path, SQUARE), stored(luotu)
    assert luotu("import", "plots", path, "--review", "approved").status == 2
    said = luotu("import", "plots", path, *SEEN, "--review", "approved", "--why", "二类调查成果")
    assert said.status == 0, said.err
    assert stored(luotu) == before + 1


@pytest.mark.usefixtures("districts")
def test_a_dry_run_stores_nothing(luotu: CommandLine, tmp_path: Path) -> None:
    path, before = shapefile(tmp_path, SQUARE), stored(luotu)
    said = luotu(
        "import", "plots", path, *SEEN, "--review", "approved", "--why", "x", "--dry-run", "--json"
    )
    assert json.loads(said.out) | {"notes": [], "ids": []} == {
        "file": "plots.shp",
        "stored": 0,
        "rows": 1,
        "notes": [],
        "ids": [],
    }
    assert stored(luotu) == before


def zip_without_shp(folder: Path) -> Path:
    path = folder / "plots.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("readme.txt", "nothing here")
    return path


def not_degrees(folder: Path) -> Path:
    return shapefile(folder, box(42_443_742, 4_800_000, 42_444_742, 4_801_000))


def outside(folder: Path) -> Path:
    return shapefile(folder, box(10, 50, 10.001, 50.001))


def partly_outside(folder: Path) -> Path:
    return shapefile(folder, SQUARE, box(10, 50, 10.001, 50.001))


def unknown_kind(folder: Path) -> Path:
    return shapefile(folder, SQUARE, SQUARE, kind=["人工造林", "花坛"])


REFUSED = [
    pytest.param(not_gis, (), "Shapefile", id="a file that is no GIS file"),
    pytest.param(zip_without_shp, (), ".shp", id="a zip without .shp"),
    pytest.param(without_prj, (), "--crs", id="a missing .prj"),
    pytest.param(not_degrees, (), "--crs", id="coordinates that are not degrees"),
    pytest.param(outside, (), "10.0000", id="all plots outside every district"),
    pytest.param(partly_outside, (), "row 2", id="a plot outside every district"),
    pytest.param(bow_tie, (), "125.015", id="a bow-tie"),
    pytest.param(unknown_kind, (), "花坛", id="an unknown kind"),
    pytest.param(without_prj, ("--crs", "EPSG:3857"), "--crs", id="a wrong --crs"),
    pytest.param(without_prj, ("--crs", "nonsense"), "nonsense", id="a --crs that is none"),
]


@pytest.mark.usefixtures("known_districts")
@pytest.mark.parametrize(("make", "options", "word"), REFUSED)
def test_a_bad_file_is_refused_whole_with_its_name_and_a_remedy(
    luotu: CommandLine, tmp_path: Path, make: object, options: tuple[str, ...], word: str
) -> None:
    path: Path = make(tmp_path)  # type: ignore[operator]
    inventory = ("--review", "approved", "--why", "test")
    before = stored(luotu)
    said = luotu("import", "plots", path, *options, *inventory)
    assert said.status == 1
    assert path.name in said.err
    assert word in said.err
    assert "Traceback" not in said.err
    assert stored(luotu) == before


def test_a_missing_file_is_named(luotu: CommandLine) -> None:
    said = luotu("import", "plots", "nowhere.shp")
    assert (said.status, "nowhere.shp" in said.err) == (1, True)


@pytest.mark.usefixtures("districts")
def test_every_reason_goes_into_the_report(luotu: CommandLine, tmp_path: Path) -> None:
    report = tmp_path / "report.csv"
    luotu("import", "plots", bow_tie(tmp_path), "--report", report)
    assert "self_intersection" in report.read_text("utf-8-sig")


def test_an_unknown_district_is_refused(luotu: CommandLine, tmp_path: Path) -> None:
    path = tmp_path / "odd.geojson"
    geopandas.GeoDataFrame(
        {"code": ["999999"], "name": ["无"]}, geometry=[box(1, 1, 2, 2)], crs=CGCS2000
    ).to_file(path)
    said = luotu("import", "districts", path)
    assert (said.status, "999999" in said.err) == (1, True)


@pytest.mark.usefixtures("districts")
def test_districts_read_twice_change_nothing(luotu: CommandLine, tmp_path: Path) -> None:
    luotu("export", "districts", tmp_path / "once.geojson")
    again = luotu("import", "districts", tmp_path / "districts.geojson")
    assert again.status == 0, again.err
    luotu("export", "districts", tmp_path / "twice.geojson")
    assert (tmp_path / "once.geojson").read_text() == (tmp_path / "twice.geojson").read_text()


@pytest.mark.usefixtures("districts")
def test_a_border_begins_on_the_day_in_beijing_or_on_the_day_given(
    luotu: CommandLine, home: Path, tmp_path: Path
) -> None:
    def moved(north: float) -> Path:
        path = tmp_path / "moved.geojson"
        shape = box(125.1, 43.0, 125.2, north)
        table = {"代码": ["220103"], "名称": ["东县"]}
        geopandas.GeoDataFrame(table, geometry=[shape], crs=CGCS2000).to_file(path)
        return path

    def begins() -> str:
        with Cluster(home).running() as endpoint:
            engine = make_engine(endpoint.url("owner"))
            with engine.connect() as connection:
                day = connection.scalar(
                    text(
                        "SELECT valid_from FROM district_boundary "
                        "WHERE code = '220103' AND valid_to IS NULL"
                    )
                )
            engine.dispose()
        return str(day)

    given = luotu("import", "districts", moved(43.11), "--valid-from", "2026-03-01")
    assert (given.status, begins()) == (0, "2026-03-01"), given.err
    with clock_at(datetime(2026, 5, 31, 16, 30, tzinfo=UTC)):
        assert luotu("import", "districts", moved(43.12)).status == 0
        assert begins() == "2026-06-01"
        late = luotu("import", "districts", moved(43.13), "--valid-from", "2026-06-02")
    early = luotu("import", "districts", moved(43.13), "--valid-from", "2026-05-31")
    for refused, word in ((late, "在将来"), (early, "不能早于")):
        assert refused.status == 1
        assert word in refused.err
    assert begins() == "2026-06-01"
    assert luotu("import", "districts", tmp_path / "districts.geojson").status == 0


@pytest.mark.parametrize("city", [{}, {"city_name": "另一个名字"}])
def test_a_parent_that_a_file_only_points_at_keeps_its_name(
    luotu: CommandLine, tmp_path: Path, city: dict[str, str]
) -> None:
    west = box(125.0, 43.0, 125.1, 43.1)
    first = tmp_path / "districts.geojson"
    table = {"code": ["220100", "220102"], "name": ["长春市", "西县"]}
    geopandas.GeoDataFrame(table, geometry=[west, west], crs=CGCS2000).to_file(first)
    assert luotu("import", "districts", first).status == 0
    said = luotu("import", "districts", partner_file(tmp_path, west, name="西县", **city))
    assert said.status == 0, said.err
    assert names_of(luotu, "city") == {"220100": "长春市"}


@pytest.mark.usefixtures("districts")
def test_an_exported_shapefile_comes_back_with_the_same_figures(
    luotu: CommandLine, tmp_path: Path
) -> None:
    path = shapefile(tmp_path, box(125.15, 43.05, 125.152, 43.052), name=["二道沟"])
    luotu("import", "plots", path, *SEEN, "--review", "approved", "--why", "x")
    said = luotu("export", "plots", tmp_path / "out.zip", "--district", "220103")
    assert said.status == 0, said.err
    frame = geopandas.read_file(tmp_path / "out.zip")
    assert list(frame["xian"]) == ["220103"]
    assert frame.crs.to_epsg() == CGCS2000


def test_a_user_name_serves_once(luotu: CommandLine) -> None:
    first = luotu("user", "add", "wang", "--role", "planner")
    assert first.out.startswith("http://127.0.0.1:8000/#link=")
    second = luotu("user", "add", "wang", "--role", "planner")
    assert (second.status, "wang" in second.err) == (1, True)


def test_a_token_is_printed_alone(luotu: CommandLine) -> None:
    luotu("user", "add", "li", "--role", "gis")
    said = luotu("token", "li")
    assert (said.status, len(said.out.split())) == (0, 1)


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (("user", "add", "zhao", "--role", "king"), "king"),
        (("user", "add", "zhao", "--role", "viewer", "--district", "110101"), "110101"),
        (("token", "nobody"), "nobody"),
        (("coverage", "--parent", "999999"), "999999"),
        (("export", "plots", "x.xyz"), ".xyz"),
        (("export", "plots", "x.zip", "--schema", "none"), "none"),
        (("export", "plots", "x.zip", "--district", "110101"), "110101"),
    ],
)
def test_what_does_not_exist_is_named(
    luotu: CommandLine, arguments: tuple[str, ...], word: str
) -> None:
    said = luotu(*arguments)
    assert (said.status, word in said.err) == (1, True)


def test_wrong_usage_is_status_two(luotu: CommandLine) -> None:
    assert luotu("coverage", "--level", "galaxy").status == 2


def test_an_unknown_setting_stops_every_command(
    luotu: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LUOTU_HOEM", "x")
    said = luotu("coverage")
    assert (said.status, "LUOTU_HOEM" in said.err) == (1, True)


def test_a_database_that_is_away_is_said_in_words(
    luotu: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LUOTU_DATABASE_URL", "postgresql://me:secret@127.0.0.1:1/none")
    said = luotu("coverage")
    assert said.status == 1
    assert "database" in said.err
    assert "secret" not in said.err


def test_a_demo_is_loaded_and_taken_out_whole(
    luotu: CommandLine, home: Path, monkeypatch: pytest.MonkeyPatch, districts: None
) -> None:
    monkeypatch.setattr("service.cli.demo.PLOTS", 300)
    before = luotu("coverage", "--format", "csv").out
    assert luotu("demo").status == 0
    assert len(luotu("coverage", "--format", "csv").out.splitlines()) >= 74
    assert layers(home) == ["JBNT"]
    assert "300" in luotu("demo", "--remove").out
    assert luotu("coverage", "--format", "csv").out == before
    assert layers(home) == []


def layers(home: Path) -> list[str]:
    """Codes of the layers that are there."""
    owner = make_engine(Cluster(home).up().url("owner"))
    with owner.connect() as connection:
        codes = list(connection.scalars(text("SELECT code FROM layer")))
    owner.dispose()
    return codes


def test_the_map_is_one_file(luotu: CommandLine, tmp_path: Path, districts: None) -> None:
    said = luotu("map", "coverage", tmp_path / "map.html")
    assert said.status == 0, said.err
    page = (tmp_path / "map.html").read_text("utf-8")
    assert "西县" in page
    assert "<script src" not in page
    assert "<link" not in page


def test_accounts_are_listed_changed_shut_and_their_secrets_revoked(luotu: CommandLine) -> None:
    assert luotu("user", "add", "sun", "--role", "planner").status == 0
    assert luotu("token", "sun", "--days", "2").status == 0
    assert luotu("user", "role", "sun", "gis").out == "sun: gis\n"
    listed = luotu("user", "list").out
    assert "sun" in listed
    assert "gis" in listed
    held = luotu("user", "tokens", "sun").out
    assert ("token" in held, "link" in held) == (True, True)
    assert "2" in luotu("user", "revoke", "sun").out
    assert "token" not in luotu("user", "tokens", "sun").out.split("kind", 1)[1]
    assert luotu("user", "disable", "sun").status == 0
    assert "disabled" in luotu("user", "list").out
    assert luotu("user", "enable", "sun").status == 0
    actions = [
        json.loads(line)["action"] for line in luotu("audit", "--limit", "6").out.splitlines()
    ]
    assert actions == [
        "user_enable",
        "user_disable",
        "user_revoke",
        "user_role",
        "token",
        "user_add",
    ]


@pytest.mark.parametrize(
    "words",
    [
        ("user", "role", "sun2", "gis"),
        ("user", "scope", "sun2", "999999"),
        ("user", "disable", "nobody"),
        ("user", "revoke", "nobody"),
    ],
)
def test_what_cannot_be_done_to_an_account_is_told_in_words(
    luotu: CommandLine, words: tuple[str, ...]
) -> None:
    said = luotu(*words)
    assert said.status == 1
    assert said.err.startswith("luotu: 没有")


def behind_every_back(home: Path, statement: str) -> None:
    """Change what is kept, as the owner."""
    owner = make_engine(Cluster(home).up().url("owner"))
    with owner.begin() as connection:
        connection.execute(text(statement))
    owner.dispose()


@pytest.mark.usefixtures("districts")
def test_figures_that_are_wrong_are_told_and_mended(
    luotu: CommandLine, home: Path, tmp_path: Path
) -> None:
    path = shapefile(tmp_path, SQUARE)
    assert (
        luotu("import", "plots", path, *SEEN, "--review", "approved", "--why", "旧档").status == 0
    )
    assert "0 个切块 cells" in luotu("db", "drain").out
    right = luotu("db", "verify")
    assert (right.status, right.err) == (0, "")
    assert "无误 the kept coverage is right" in right.out
    before = luotu("coverage", "--format", "csv").out
    behind_every_back(home, "UPDATE coverage_district SET sum_m2 = sum_m2 * 2")
    behind_every_back(home, "DELETE FROM coverage_piece")
    behind_every_back(home, "INSERT INTO plot_square SELECT * FROM plot_square LIMIT 1")
    wrong = luotu("db", "verify")
    assert wrong.status == 1
    assert "plot_square: 2 行 rows" in wrong.out
    assert " piece " in wrong.out
    assert " district " in wrong.out
    assert "--repair" in wrong.err
    mended = luotu("db", "verify", "--repair")
    assert (mended.status, mended.err) == (0, "")
    assert "已重算 computed anew" in mended.out
    assert "已清除 taken out: 2 行 rows" in mended.out
    assert luotu("db", "verify").status == 0
    assert luotu("coverage", "--format", "csv").out == before


def test_commands_on_accounts_and_the_database_start_without_the_web() -> None:
    # The web and the maps take longer to import than such a command takes in all.
    said = subprocess.run(
        [
            sys.executable,
            "-c",
            "import sys; from service.cli.commands import command_line\n"
            "for name in ('token', 'user', 'audit', 'db', 'run'): command_line(name)\n"
            "print(*sorted({'fastapi', 'starlette', 'uvicorn', 'folium'} & set(sys.modules)))",
        ],
        check=True,
        capture_output=True,
        text=True,
    )
    assert said.stdout == "\n"


@pytest.mark.usefixtures("districts")
def test_plots_become_the_drafts_of_whom_they_are_imported_for(
    luotu: CommandLine, tmp_path: Path
) -> None:
    luotu("user", "add", "zhao", "--role", "planner", "--district", "220102")
    luotu("user", "add", "qian", "--role", "viewer")
    path = shapefile(tmp_path, SQUARE)
    said = luotu("import", "plots", path, *SEEN, "--as", "zhao")
    assert said.status == 0, said.err
    assert "may not import" in luotu("import", "plots", path, *SEEN, "--as", "qian").err
    assert "nobody" in luotu("import", "plots", path, *SEEN, "--as", "nobody").err
    east = shapefile(tmp_path, box(125.15, 43.05, 125.152, 43.052))
    assert "outside_district" in luotu("import", "plots", east, "--as", "zhao").err


@pytest.mark.usefixtures("districts")
def test_a_sample_is_drawn_again_by_its_seed(luotu: CommandLine, tmp_path: Path) -> None:
    file = shapefile(tmp_path, SQUARE)
    live = ("--review", "approved", "--why", "清查", *SEEN)
    assert luotu("import", "plots", file, *live).status == 0
    told = [luotu("sample", "220102", "2026", "--count", "1", "--seed", "7") for _ in range(2)]
    assert [answer.status for answer in told] == [0, 0]
    lines = [answer.out.splitlines() for answer in told]
    assert lines[0][1:] == lines[1][1:]
    assert lines[0][-1].startswith("1 / ")
    assert luotu("sample", "220102", "2026", "--count", "1", "--share", "0.1").status == 2
    assert luotu("sample", "999999", "2026").status == 1


def test_borders_of_a_day_to_come_are_refused(luotu: CommandLine) -> None:
    said = luotu("coverage", "--borders-on", "2999-01-01")
    assert (said.status, said.out) == (1, "")
    assert "borders_on" in said.err
    assert luotu("borders", "--since", "2020-01-01", "--until", "2999-01-01").status == 1
