"""What a lake says of itself: its folder of the moment, and each file with rows, boxes, checksum.

``lake.json`` is replaced last, so whoever reads it finds a whole lake: all of a version lies in a
folder of its own, in which nothing changes. Files of counties that did not change are the same
files as in the version before, by another name.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final, NamedTuple

from pydantic import AwareDatetime, BaseModel, ConfigDict, ValidationError

from data.lake.errors import damaged, half_lake, newer_lake, no_lake
from data.lake.lock import LOCK, writer_of
from gis.messages import Message

NAME: Final = "lake.json"
CURRENT: Final = "current"
"""A link to the folder of the moment, for tools that know nothing of the manifest."""
FORMAT: Final = "luotu-lake-1"


class Group(NamedTuple):
    """A row group: how many rows, how many bytes of shapes, and the box of them in degrees."""

    rows: int
    bytes: int
    west: float
    south: float
    east: float
    north: float


class Part(BaseModel):
    """A file of the lake; ``path`` is below the folder of the version."""

    model_config = ConfigDict(frozen=True)

    path: str
    rows: int
    bytes: int
    sha256: str
    groups: tuple[Group, ...]


class CountyParts(BaseModel):
    """The files of a county, and versions of what they hold; None where there is nothing."""

    model_config = ConfigDict(frozen=True)

    plots: Part | None = None
    cells: Part | None = None
    refused: Part | None = None
    plots_version: str = ""
    cells_version: str = ""
    refused_version: str = ""
    outside_plots: int = 0
    """Plots of the county that lie in no known county at all."""


class Rule(BaseModel):
    """Which plots the ground of a layer is refused to; ``kinds`` None is all."""

    model_config = ConfigDict(frozen=True)

    layer: str
    stages: tuple[str, ...]
    kinds: tuple[str, ...] | None = None


class Manifest(BaseModel):
    """The text of ``lake.json``."""

    model_config = ConfigDict(frozen=True)

    format: str = FORMAT
    number: int
    """Counts the versions of this lake."""
    folder: str
    previous: str | None = None
    """The folder of the version before, which readers may still have open."""
    database: str
    """Which database it was written from."""
    moment: AwareDatetime
    """What the plots were then."""
    day: str
    """Day in Beijing by which layers refuse ground."""
    districts: Part
    districts_version: str
    rules: tuple[Rule, ...] = ()
    counties: Mapping[str, CountyParts]

    @property
    def plots(self) -> int:
        """How many plots the lake holds."""
        return sum(county.plots.rows for county in self.counties.values() if county.plots)

    def parts(self) -> Iterator[Part]:
        """Every file."""
        yield self.districts
        for county in self.counties.values():
            for part in (county.plots, county.cells, county.refused):
                if part is not None:
                    yield part


class Lake(NamedTuple):
    """A whole lake: its manifest, and the folder in which its files lie."""

    folder: Path
    manifest: Manifest

    @property
    def root(self) -> Path:
        """The folder of the version."""
        return self.folder / self.manifest.folder

    def file(self, part: Part) -> Path:
        """Where a file lies."""
        return self.root / part.path


def open_lake(folder: Path) -> Lake:
    """A lake as its last whole version has it; it may be written meanwhile.

    Raises
    ------
    FileRefused
        ``no_lake``; ``lake_being_written``: for the first time, and nothing is whole yet;
        ``lake_incomplete``: the first writing was broken off; ``newer_lake``; ``lake_damaged``: a
        file is missing or has another size.
    """
    folder = folder.absolute()
    manifest = read_manifest(folder)
    if manifest is None:
        if not (folder / LOCK).exists():
            raise no_lake(folder)
        writer_of(folder, refuse=True)
        raise half_lake(folder)
    lake = Lake(folder, manifest)
    for part in manifest.parts():
        require_whole(lake.file(part), part)
    return lake


def read_manifest(folder: Path) -> Manifest | None:
    """The manifest of a folder; None where there is none.

    Raises
    ------
    FileRefused
        ``newer_lake``; ``lake_damaged``: it cannot be read.
    """
    path = folder / NAME
    try:
        text = path.read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        return None
    try:
        told: Any = json.loads(text)
        form = told["format"]
        if isinstance(form, str) and form.startswith("luotu-lake-") and form != FORMAT:
            raise newer_lake(folder, form)
        return Manifest.model_validate_json(text)
    except (ValidationError, ValueError, TypeError, KeyError) as error:
        if getattr(error, "code", None) == "newer_lake":
            raise
        raise damaged(path, Message("无法读取", "it cannot be read")) from None


def require_whole(path: Path, part: Part) -> None:
    """Raise `FileRefused` ``lake_damaged`` unless the file is there with all its bytes."""
    try:
        size = path.stat().st_size
    except OSError:
        raise damaged(path, Message("文件不见了", "it is missing")) from None
    if size != part.bytes:
        raise damaged(
            path,
            Message(
                f"{size:,} 字节，应为 {part.bytes:,}",
                f"it has {size:,} bytes, {part.bytes:,} were written",
            ),
        )


def checksum(path: Path) -> str:
    """SHA-256 of a file, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def swap_in(folder: Path, manifest: Manifest) -> None:
    """Let readers have this version from now on."""
    half = folder / f".{NAME}"
    with half.open("w", encoding="utf-8") as file:
        file.write(manifest.model_dump_json(indent=1) + "\n")
        file.flush()
        os.fsync(file.fileno())
    half.replace(folder / NAME)
    link = folder / f".{CURRENT}"
    link.unlink(missing_ok=True)
    link.symlink_to(manifest.folder, target_is_directory=True)
    link.replace(folder / CURRENT)
    sync(folder)


def sync(path: Path) -> None:
    """Let the disk have a file, or the names in a folder."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
