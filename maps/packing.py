"""Whole numbers as short ASCII texts, so that a page of 100 000 plots stays small.

Five bits a letter, the lowest first; the sixth bit says that more follow. The 64 letters are
those of URL-safe base64: none of them is special in HTML, JSON or Jinja2.
``maps/pages/src/packing.ts`` is the other half.
"""

from typing import Any, Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

_LETTERS: Final = np.frombuffer(
    b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_", dtype=np.uint8
)
_BITS: Final = 5
_MORE: Final = 1 << _BITS
# 2**53: beyond it the browser's numbers are not whole any more.
_MAX: Final = 1 << 53


def pack(numbers: ArrayLike) -> str:
    """Whole numbers from 0 on as a text.

    Raises
    ------
    ValueError
        A number is negative or above 2**53.

    Examples
    --------
    >>> pack([0, 1, 31, 32, 1000])
    'ABfgBof'
    """
    values = np.asarray(numbers, dtype=np.int64).ravel()
    if values.size == 0:
        return ""
    if values.min() < 0 or values.max() > _MAX:
        raise ValueError("only whole numbers from 0 to 2**53 can be packed")
    lengths = _digits(values)
    ends = np.cumsum(lengths)
    out = np.empty(int(ends[-1]), dtype=np.uint8)
    starts = ends - lengths
    for digit in range(int(lengths.max())):
        here = lengths > digit
        five = (values[here] >> (_BITS * digit)) & (_MORE - 1)
        more = (lengths[here] > digit + 1) * _MORE
        out[starts[here] + digit] = _LETTERS[five | more]
    return out.tobytes().decode("ascii")


def pack_signed(numbers: ArrayLike) -> str:
    """Whole numbers of either sign: 0, -1, 1, -2 … become 0, 1, 2, 3 …

    Examples
    --------
    >>> pack_signed([0, -1, 1, -2]) == pack([0, 1, 2, 3])
    True
    """
    values = np.asarray(numbers, dtype=np.int64).ravel()
    return pack((values << 1) ^ (values >> 63))


def _digits(values: NDArray[np.int64]) -> NDArray[np.int64]:
    lengths = np.ones(values.shape, dtype=np.int64)
    rest: NDArray[Any] = values >> _BITS
    while rest.any():
        lengths += rest > 0
        rest = rest >> _BITS
    return lengths
