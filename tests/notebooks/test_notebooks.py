"""The notebooks run from top to bottom, and are kept without what they answered."""

import os
import re
import sys
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbclient import NotebookClient

FOLDER = Path(__file__).parents[2] / "notebooks"
NOTEBOOKS = sorted(FOLDER.glob("*.ipynb"))


read: Any = nbformat.read  # nbformat has no types


def opened(file: Path) -> Any:
    return read(file, as_version=4)


def test_there_are_five() -> None:
    assert [file.stem[:2] for file in NOTEBOOKS] == ["01", "02", "03", "04", "05"]


@pytest.mark.parametrize("file", NOTEBOOKS, ids=lambda file: file.stem)
def test_it_runs(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # The kernel must be this very Python, wherever the one called "python" leads.
    monkeypatch.setenv("PATH", f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")
    notebook = opened(file)
    NotebookClient(notebook, timeout=120, resources={"metadata": {"path": str(FOLDER)}}).execute()
    frames = [
        output["data"]["text/html"]
        for cell in notebook.cells
        for output in cell.get("outputs", [])
        if "<iframe srcdoc=" in output.get("data", {}).get("text/html", "")
    ]
    assert frames  # each shows a map


@pytest.mark.parametrize("file", NOTEBOOKS, ids=lambda file: file.stem)
def test_it_is_stored_without_outputs(file: Path) -> None:
    code = [cell for cell in opened(file).cells if cell.cell_type == "code"]
    assert all(not cell.outputs and cell.execution_count is None for cell in code)


@pytest.mark.parametrize("file", NOTEBOOKS, ids=lambda file: file.stem)
def test_every_explanation_is_chinese_and_english(file: Path) -> None:
    for cell in opened(file).cells:
        if cell.cell_type == "markdown":
            assert re.search("[\u4e00-\u9fff]", cell.source)
            assert re.search(r"[A-Za-z]+ [a-z]+ [a-z]+", cell.source)


@pytest.mark.parametrize("file", NOTEBOOKS, ids=lambda file: file.stem)
def test_it_imports_no_service(file: Path) -> None:
    code = "\n".join(cell.source for cell in opened(file).cells if cell.cell_type == "code")
    assert not re.search(r"^\s*(from|import) service", code, re.M)
