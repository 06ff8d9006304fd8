"""A property of a plot is known wherever properties are listed: a new one is forgotten nowhere."""

import re
from collections.abc import Callable, Iterable

import pytest

from data.codes import FOLDER
from data.plots.parsers import PARSERS
from maps.words import PROPERTIES as OF_MAPS
from service.database.metadata import plot_history, plot_version
from service.imports.db.batch import _content
from service.plots.api.plot_schemas import PlotProperties
from service.plots.db.cql2 import PROPERTIES
from tests.conftest import ROOT

WORKSPACE = ROOT / "maps" / "workspace" / "src"


def words(*parts: str) -> Callable[[], set[str]]:
    """The words of a file of the workspace."""
    return lambda: set(re.findall(r"\w+", WORKSPACE.joinpath(*parts).read_text("utf-8")))


# Each list, and the properties that have no place in it.
LISTS: dict[str, tuple[Callable[[], Iterable[str]], set[str]]] = {
    "columns of a version": (plot_version.c.keys, set()),
    "columns of the history": (plot_history.c.keys, set()),
    "what an import compares": (lambda: re.findall(r"v\.(\w+)", _content("v")), set()),
    "what a file may set": (lambda: PARSERS, set()),
    "what a filter may name": (lambda: PROPERTIES, {"evidence", "extra", "plan_ids", "species"}),
    "the columns of plain files": (
        lambda: re.findall(r"\w+", (FOLDER / "mappings" / "plain.csv").read_text("utf-8")),
        {"extra", "plan_ids"},
    ),
    "content of a draft": (words("edits", "content.ts"), set()),
    "names of attributes": (words("edits", "words.ts"), set()),
    "fields of the form": (words("plot", "fields.ts"), {"declared_m2", "extra"}),
    "meanings of a column": (words("imports", "imports.ts"), {"extra"}),
    "rows of a map": (lambda: [one.id for one in OF_MAPS], {"unit"}),
}


@pytest.mark.parametrize("name", LISTS)
def test_a_list_of_properties_has_all_that_plots_have(name: str) -> None:
    listed, without = LISTS[name]
    assert set(PlotProperties.model_fields) - set(listed()) == without
