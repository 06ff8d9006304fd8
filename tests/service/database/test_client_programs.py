"""``pg_dump`` and ``pg_restore``: which is taken, and what is told when one fails."""

from pathlib import Path

import pytest
from sqlalchemy.engine import URL

from service.database.client_programs import call, find_program
from service.errors import Problem


def test_the_oldest_that_is_new_enough_is_taken(tmp_path: Path) -> None:
    for major in (14, 16, 18):
        folder = tmp_path / f"usr/lib/postgresql/{major}/bin"
        folder.mkdir(parents=True)
        program = folder / "pg_dump"
        program.write_text(f"#!/bin/sh\necho 'pg_dump (PostgreSQL) {major}.2'\n")
        program.chmod(0o755)
    assert find_program("pg_dump", 17, root=tmp_path).parent.parent.name == "18"
    assert find_program("pg_dump", 16, root=tmp_path).parent.parent.name == "16"


def test_none_that_is_new_enough_names_the_package(tmp_path: Path) -> None:
    with pytest.raises(Problem, match="postgresql-client-99") as refusal:
        find_program("pg_dump", 99, root=tmp_path)
    assert refusal.value.code == "no_pg_program"


def test_what_a_program_says_is_told_without_the_password() -> None:
    nowhere = URL.create("postgresql", "me", "secret-word", "127.0.0.1", 1, "luotu")
    with pytest.raises(Problem, match="Connection refused") as refusal:
        call(find_program("pg_dump", 15), nowhere, ["--schema-only"])
    assert refusal.value.code == "pg_program_failed"
    assert "secret-word" not in str(refusal.value)
