"""Compiled paths (numba, extra ``fast``); each gives the same result as its plain path."""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec
from typing import Any, Final

AVAILABLE: Final = find_spec("numba") is not None
"""Whether the extra ``fast`` is installed. Without it figures are the same, but slower."""


def kernel(name: str) -> Any:
    """A module of this room, imported when it is first needed: numba alone takes a second."""
    return import_module(f"gis.kernels.{name}")
