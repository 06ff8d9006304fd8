"""Names of the tables and functions of Luotu, out of the texts that make them."""

import re
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Final

from service.database.sql_library import function_names

_TABLE: Final = re.compile(r"^CREATE TABLE (?:IF NOT EXISTS )?(\w+) \(", re.MULTILINE)
# Migrations make the first two by other words, and took the others out again.
_ELSEWHERE: Final = frozenset({"alembic_version", "sql_library"})
_GONE: Final = frozenset({"finding", "finding_step"})


@cache
def own_tables() -> frozenset[str]:
    """Every table of the schema ``public`` that is Luotu's own.

    >>> {"plot", "plan", "alembic_version"} <= own_tables(), "spatial_ref_sys" in own_tables()
    (True, False)
    """
    folder = files("service.database").joinpath("migrations")
    made = {name for body in _texts(folder) for name in _TABLE.findall(body)}
    return frozenset(made | _ELSEWHERE) - _GONE


@cache
def own_functions() -> frozenset[str]:
    """Every function of the schema ``public`` that is Luotu's own.

    >>> "beijing_today" in own_functions(), "st_area" in own_functions()
    (True, False)
    """
    return frozenset(name for name in function_names() if "." not in name)


def _texts(folder: Traversable) -> Iterator[str]:
    for part, suffix in (("baseline", ".sql"), ("versions", ".py")):
        for file in folder.joinpath(part).iterdir():
            if file.name.endswith(suffix):
                yield file.read_text("utf-8")
