"""A landed migration never changes: databases stand at it whose next step it was written for."""

import hashlib
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[3]
FROZEN: Final = Path(__file__).with_name("frozen_migrations.txt")
FOLDERS: Final = (
    "service/database/migrations/versions",
    "service/database/migrations/baseline",
    "service/database/carry_over/versions",
)
ADD: Final = "sha256sum FILE >> tests/service/database/frozen_migrations.txt"


def _frozen() -> dict[str, str]:
    rows = (line.split() for line in FROZEN.read_text("utf-8").splitlines())
    return {name: digest for digest, name in rows}


def test_every_frozen_migration_is_as_it_landed() -> None:
    now = {
        name: hashlib.sha256((ROOT / name).read_bytes()).hexdigest()
        for name in _frozen()
        if (ROOT / name).is_file()
    }
    changed = sorted(name for name, digest in _frozen().items() if now.get(name) != digest)
    assert changed == [], "write a new migration instead"


def test_only_the_newest_migrations_are_not_yet_frozen() -> None:
    names = {
        path.relative_to(ROOT).as_posix()
        for folder in FOLDERS
        for path in (ROOT / folder).iterdir()
        if path.suffix in {".py", ".sql"} and path.stem != "__init__"
    }
    frozen = _frozen()
    newest = max(name for name in frozen if "/migrations/versions/" in name)
    forgotten = sorted(name for name in names - set(frozen) if name < newest)
    assert forgotten == [], ADD
