"""Words of an option are taken in any case."""

import inspect
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Literal, get_args, get_origin

import geopandas
import pytest
import typer

from service.cli.commands import command_line
from tests.service.cli.command_line import SEEN, SQUARE, CommandLine, shapefile
from tests.service.conftest import WEST, SignIn, feature


def commands(app: typer.Typer) -> Iterator[Callable[..., Any]]:
    """Every command below an app."""
    for command in app.registered_commands:
        assert command.callback is not None
        yield command.callback
    for group in app.registered_groups:
        assert group.typer_instance is not None
        yield from commands(group.typer_instance)


def has_words(kind: object) -> bool:
    """Whether a type is a list of words, or one or none of them."""
    return get_origin(kind) is Literal or any(
        get_origin(member) is Literal for member in get_args(kind)
    )


def test_every_option_that_takes_one_of_a_list_of_words_takes_it_in_any_case() -> None:
    strict, lists = [], 0
    for command in commands(command_line()):
        for name, hint in inspect.get_annotations(command).items():
            if not hasattr(hint, "__metadata__"):
                continue
            kind, option = get_args(hint)[:2]
            if has_words(kind):
                lists += 1
                if option.case_sensitive:
                    strict.append(f"{command.__name__} {name}")
    assert lists > 15
    assert strict == []


@pytest.mark.usefixtures("known_districts")
@pytest.mark.parametrize(
    "words",
    [
        ("export", "plots", "OUT.zip", "--encoding", "utf-8"),
        ("export", "plots", "OUT.zip", "--encoding", "gbk", "--format", "SHP"),
        ("export", "plots", "OUT.zip", "--schema", "ZaoLin", "--version", "Working"),
        ("export", "plots", "OUT.gpkg", "--format", "GPKG", "--crs", "epsg:4490"),
        ("export", "plots", "OUT.gpkg", "--crs", "Epsg:4530"),
        ("export", "zones", "OUT.csv", "--format", "CSV"),
        ("export", "coverage", "OUT.csv", "--level", "City"),
        ("coverage", "--level", "County", "--format", "CSV", "--by", "Kind", "--kind", "rgzl"),
        ("map", "patrol", "OUT.html", "--period", "2026-h1"),
        ("map", "patrol", "OUT.html", "--period", "2026-H2"),
    ],
    ids=" ".join,
)
def test_words_in_another_case_do_what_they_say(
    luotu: CommandLine, tmp_path: Path, words: tuple[str, ...]
) -> None:
    said = luotu(*(tmp_path / word if word.startswith("OUT") else word for word in words))
    assert (said.status, said.err) == (0, "")


@pytest.mark.usefixtures("known_districts")
def test_words_of_an_import_in_another_case(luotu: CommandLine, tmp_path: Path) -> None:
    path = shapefile(tmp_path, SQUARE, names=["二道沟"])
    options = ("--encoding", "gbk", "--set", "Stage=Existing", "--field", "NAME=names")
    said = luotu(
        "import", "plots", path, *SEEN, *options, "--review", "Draft", "--crs", "epsg:4490"
    )
    assert said.status == 0, said.err
    assert luotu("check", path, "--encoding", "Gbk", "--crs", "epsg:4490").status == 0


def test_a_role_in_another_case(luotu: CommandLine) -> None:
    assert luotu("user", "add", "upper", "--role", "Planner").status == 0
    assert luotu("user", "role", "upper", "GIS").out == "upper: gis\n"


def test_an_export_by_http_takes_words_in_any_case(sign_in: SignIn, tmp_path: Path) -> None:
    gis = sign_in("gis", WEST)
    assert gis.post("/api/plots", json=feature()).status_code == 201
    params = {"format": "GeoJSON", "version": "working"}
    answer = gis.get("/api/exports/plots", params=params)
    assert len(json.loads(answer.content)["features"]) == 1
    params = {
        "format": "SHP",
        "encoding": "gbk",
        "schema": "ZAOLIN",
        "crs": "epsg:4490",
        "version": "working",
    }
    answer = gis.get("/api/exports/plots", params=params)
    assert answer.status_code == 200
    (tmp_path / "plots.zip").write_bytes(answer.content)
    assert len(geopandas.read_file(tmp_path / "plots.zip")) == 1
    assert gis.get("/api/exports/plots", params={"encoding": "utf-9"}).status_code == 422
