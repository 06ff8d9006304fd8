"""The one way that a function is compiled here."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar, cast

import numba

Function = TypeVar("Function", bound=Callable[..., object])


def compiled(function: Function) -> Function:
    """Compile once, keep the machine code beside the source, and let other threads run meanwhile.

    Division follows numpy (no exception on zero), so that a kernel has one way out.
    """
    return cast(Function, numba.njit(cache=True, nogil=True, error_model="numpy")(function))
