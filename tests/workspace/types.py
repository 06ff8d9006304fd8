"""``python -m tests.workspace.types`` writes the workspace's types from the OpenAPI document."""

import json
import subprocess
import tempfile
from pathlib import Path
from typing import Final

from sqlalchemy.engine import URL

from service.app import create_app
from service.settings import Settings
from tests.conftest import ROOT

WORKSPACE: Final = ROOT / "maps" / "workspace"
TYPES: Final = WORKSPACE / "src" / "schema.d.ts"
NPM: Final = ROOT / "maps" / "node_modules"
GENERATOR: Final = NPM / ".bin" / "openapi-typescript"


def types_now() -> str:
    """The types as the routes have them now; no database is asked."""
    document = create_app(Settings(), URL.create("postgresql+psycopg")).openapi()
    with tempfile.TemporaryDirectory() as folder:
        given, made = Path(folder) / "openapi.json", Path(folder) / "schema.d.ts"
        given.write_text(json.dumps(document, ensure_ascii=False), "utf-8")
        # What has a default may be left out of a request.
        options = ("--default-non-nullable=false", "--output", str(made))
        subprocess.run([GENERATOR, given, *options], check=True, capture_output=True)
        return made.read_text("utf-8")


if __name__ == "__main__":
    TYPES.write_text(types_now(), "utf-8")
