"""Both clients' own tests, and what they weigh."""

import gzip
import json
import subprocess

from tests.conftest import ROOT
from tests.workspace.types import WORKSPACE

MAP_PAGE_LIMIT_BYTES = 300_000


def test_the_tests_of_both_clients_pass() -> None:
    ran = subprocess.run(
        ["npm", "test", "--silent"], cwd=ROOT / "maps", capture_output=True, text=True, check=False
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr


def test_the_map_page_weighs_at_most_300_kb_packed() -> None:
    manifest = json.loads((WORKSPACE / "dist" / ".vite" / "manifest.json").read_text("utf-8"))
    needed, files = ["index.html"], set()
    while needed:
        chunk = manifest[needed.pop()]
        files |= {chunk["file"], *chunk.get("css", ())}
        needed += chunk.get("imports", ())
    weights = {name: len(gzip.compress((WORKSPACE / "dist" / name).read_bytes())) for name in files}
    assert sum(weights.values()) <= MAP_PAGE_LIMIT_BYTES, weights
