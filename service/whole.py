"""Files that are whole or not there."""

import tempfile
from pathlib import Path


def write_whole(path: Path, text: str) -> None:
    """Write a text file beside its place and move it there: no reader ever sees half of it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(
        "w", encoding="utf-8", dir=path.parent, prefix=f".{path.name}.", delete=False
    ) as file:
        half = Path(file.name)
        try:
            file.write(text)
        except BaseException:
            half.unlink()
            raise
    half.chmod(0o644)
    half.replace(path)
