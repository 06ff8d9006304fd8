"""The scripts of the maps are built of their sources, the same each time, and fit into a page."""

import subprocess
from pathlib import Path

import pytest

from maps import assets
from tests.conftest import ROOT

BUILT = ROOT / "maps" / "pages" / "dist"
PARTS = ("pages.js", "pages.css")


@pytest.fixture(scope="module")
def anew(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Built once more, elsewhere."""
    folder = tmp_path_factory.mktemp("dist")
    command = ["npm", "run", "--silent", "build:pages", "--", "--logLevel", "warn"]
    subprocess.run([*command, "--outDir", str(folder)], cwd=ROOT / "maps", check=True)
    return folder


@pytest.mark.parametrize("part", PARTS)
def test_what_a_page_holds_is_what_its_sources_make(anew: Path, part: str) -> None:
    assert (anew / part).read_bytes() == (BUILT / part).read_bytes(), "stale: run `make setup`"


def test_nothing_else_is_built(anew: Path) -> None:
    assert sorted(path.name for path in anew.rglob("*")) == sorted(PARTS)


def test_no_script_ends_the_element_that_it_stands_in() -> None:
    for script in assets.scripts():
        assert "</script" not in script.lower()
        assert "<!--" not in script
    for style in assets.styles():
        assert "</style" not in style.lower()


def test_our_script_is_small() -> None:
    assert len(assets.scripts()[-1].encode()) < 60_000
