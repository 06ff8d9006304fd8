"""The compiler decorator of this room."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from functools import lru_cache
from importlib import import_module
from importlib.resources import files
from typing import Any, Final, TypeVar, cast

import numba

Function = TypeVar("Function", bound=Callable[..., object])

# Compiled code contains copies of these modules' constants: a change must recompile the kernels.
_FROZEN_IN: Final = ("crs.py", "authalic.py")


def compiled(function: Function) -> Function:
    """Compile once, keep the machine code, and let other threads run meanwhile.

    Division follows numpy (no exception on zero), so that a kernel has one exit. numba checks only
    the file of the function itself to see whether cached code is out of date. Here the cache folder
    is named by a hash of all sources, so that a change in any kernel recompiles all of them.
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
    kernels = sorted(room.joinpath("kernels").iterdir(), key=lambda path: path.name)
    sources = [path for path in kernels if path.name.endswith(".py")]
    sources += [room.joinpath(name) for name in _FROZEN_IN]
    state = hashlib.sha256(b"".join(path.read_bytes() for path in sources)).hexdigest()
    return str(room.joinpath("kernels", "__pycache__", state[:12]))
