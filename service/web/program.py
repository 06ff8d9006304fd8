"""What answers are made by: what is kept of them ends with the program that made it."""

from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Final

# What a page or an answer looks like hangs on these rooms; that of a running service does not
# change.
_ROOT: Final = Path(__file__).parents[2]
_PROGRAM: Final = (
    "maps/*.py",
    "maps/pages/dist/*",
    "maps/pages/body.html",
    "service/**/*.py",
    "gis/**/*.py",
)


@cache
def program_digest() -> str:
    """A digest of the files of the program, for ETags and names of kept files.

    >>> len(program_digest())
    64
    """
    digest = sha256()
    for pattern in _PROGRAM:
        for path in sorted(_ROOT.glob(pattern)):
            digest.update(path.read_bytes())
    return digest.hexdigest()
