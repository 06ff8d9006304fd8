"""The one way that a function is compiled here."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from functools import lru_cache
from importlib import import_module
from importlib.resources import files
from typing import Any, Final, TypeVar, cast

import numba

Function = TypeVar("Function", bound=Callable[..., object])

# What a kernel takes from elsewhere is frozen into it: its neighbours, the ellipsoid, the series.
_FROZEN_IN: Final = ("crs.py", "authalic.py")


def compiled(function: Function) -> Function:
    """Compile once, keep the machine code, and let other threads run meanwhile.

    Division follows numpy (no exception on zero), so that a kernel has one way out. numba looks
    only at the file of a function to see whether its kept code is old; here the code of one state
    of all sources has a folder of its own, so that no kernel runs with yesterday's neighbour.
    """
    config: Any = import_module("numba.core.config")
    usual = config.CACHE_DIR
    config.CACHE_DIR = _folder()
    try:
        return _njit(function, cache=True)
    except RuntimeError:  # no folder can be written to
        return _njit(function, cache=False)
    finally:
        config.CACHE_DIR = usual


def _njit(function: Function, *, cache: bool) -> Function:
    return cast(Function, numba.njit(cache=cache, nogil=True, error_model="numpy")(function))


@lru_cache(maxsize=1)
def _folder() -> str:
    room = files("gis")
    kernels = sorted(room.joinpath("kernels").iterdir(), key=lambda one: one.name)
    sources = [one for one in kernels if one.name.endswith(".py")]
    sources += [room.joinpath(name) for name in _FROZEN_IN]
    state = hashlib.sha256(b"".join(one.read_bytes() for one in sources)).hexdigest()
    return str(room.joinpath("kernels", "__pycache__", state[:12]))
