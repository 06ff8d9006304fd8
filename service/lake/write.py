"""Writes a lake out of the database: counties that changed anew, the others as they are."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, ExitStack, nullcontext
from pathlib import Path
from typing import NamedTuple

from sqlalchemy import Connection

from data.lake.columns import ROWS_OF_GROUP, Table
from data.lake.manifest import CountyParts, Manifest, Part, open_lake, swap_in
from data.lake.version import NewVersion, clear, next_version
from data.lake.writing import PartWriter
from service.database.engine import make_engine
from service.database.location import DatabaseLocation
from service.lake.db import stream
from service.lake.db.stream import Rows, Versions

Bar = Callable[[int], AbstractContextManager[Callable[[int], None]]]


def no_bar(_total: int) -> AbstractContextManager[Callable[[int], None]]:
    """Nobody is told how far the work is."""
    return nullcontext(lambda _plots: None)


class Written(NamedTuple):
    """A lake, and how many counties' plots were written anew for it."""

    manifest: Manifest
    changed: int


def write_lake(
    place: DatabaseLocation,
    folder: Path,
    *,
    bar: Bar = no_bar,
) -> Written:
    """Bring a lake to what the database holds; readers have the version before until it is whole.

    Works as the owner, in one snapshot, while people write. ``bar`` is told how many plots there
    are to write, and then of each part of them.

    Raises
    ------
    FileRefused, OSError
        As `data.lake.version.next_version`.
    """
    folder = folder.absolute()
    owner = make_engine(place.owner)
    try:
        with next_version(folder) as version, stream.one_snapshot(owner) as connection:
            work = _Writing(connection, version)
            changed = work.changed()
            with bar(sum(work.versions[code].rows for code in changed)) as advance:
                plots = dict(work.plots(changed, advance))
            manifest = work.manifest(plots)
            if not work.wrote and _same(version.previous, manifest):
                # Nothing but the moment: the files are as they were.
                manifest = manifest.model_copy(
                    update={
                        name: getattr(version.previous, name)
                        for name in ("number", "folder", "previous")
                    }
                )
                swap_in(folder, manifest)
            else:
                version.commit(manifest)
            clear(folder, manifest)
            return Written(open_lake(folder).manifest, len(changed))
    finally:
        owner.dispose()


def _same(old: Manifest | None, new: Manifest) -> bool:
    return old is not None and (old.districts, old.rules, old.counties) == (
        new.districts,
        new.rules,
        new.counties,
    )


class _Writing:
    """One writing, in one snapshot."""

    def __init__(self, connection: Connection, version: NewVersion) -> None:
        self._connection, self._version = connection, version
        self._now = stream.snapshot(connection)
        self._rules, self._ruled = stream.rules(connection)
        old = version.previous
        self.wrote = False
        """Whether any file was written, and not taken over."""
        self._known = old is not None and old.database == self._now.database
        self.versions: dict[str, Versions] = stream.versions(connection)

    def changed(self) -> list[str]:
        """Counties whose plots must be written; the files of the others are taken over."""
        changed = []
        for code, now in self.versions.items():
            old = self._version.county(code)
            same = self._known and old.plots_version == now.plots
            if now.plots and not (same and self._version.keep(old.plots)):
                changed.append(code)
        return changed

    def manifest(self, plots: dict[str, Part]) -> Manifest:
        """Write what else is missing, and say what there is; ``plots`` are the files written."""
        counties = {}
        for code, now in self.versions.items():
            old = self._version.county(code)
            refused = f"{self._ruled} / {now.cells}" if self._rules and now.cells else ""
            counties[code] = CountyParts(
                plots=plots.get(code, old.plots if now.plots else None),
                plots_version=now.plots,
                outside_plots=now.outside,
                cells=self._cells(code, old, now),
                cells_version=now.cells,
                refused=self._refused(code, old, refused),
                refused_version=refused,
            )
        version, previous = self._version, self._version.previous
        return Manifest(
            number=version.number,
            folder=version.name,
            previous=None if previous is None else previous.folder,
            database=self._now.database,
            moment=self._now.moment,
            day=self._now.day,
            districts=self._districts(),
            districts_version=self._now.districts,
            rules=self._rules,
            counties=counties,
        )

    def plots(self, codes: list[str], advance: Callable[[int], None]) -> Iterator[tuple[str, Part]]:
        """Write the plots of counties; answers the file of each."""
        with ExitStack() as stack:
            code, writer = "", None
            for county, rows in stream.plot_rows(self._connection, codes, ROWS_OF_GROUP):
                if writer is None or county != code:
                    if writer is not None:
                        yield code, writer.finish()
                    path = f"plots/county={county}/plots.parquet"
                    code, self.wrote = county, True
                    writer = stack.enter_context(PartWriter(self._version.half, path, "plots"))
                _write(writer, rows)
                advance(len(rows))
            if writer is not None:
                yield code, writer.finish()

    def _cells(self, code: str, old: CountyParts, now: Versions) -> Part | None:
        if not now.cells:
            return None
        if self._known and old.cells_version == now.cells and self._version.keep(old.cells):
            return old.cells
        path = f"cells/county={code}/cells.parquet"
        return self._table(path, "cells", stream.cell_rows(self._connection, code))

    def _refused(self, code: str, old: CountyParts, version: str) -> Part | None:
        if not version:
            return None
        if self._known and old.refused_version == version and self._version.keep(old.refused):
            return old.refused
        layers = [rule.layer for rule in self._rules]
        rows = stream.refused_rows(self._connection, code, layers)
        first = next(rows, None)
        if first is None:
            return None
        path = f"refused/county={code}/refused.parquet"
        return self._table(path, "refused", _again(first, rows))

    def _districts(self) -> Part:
        old = self._version.previous
        same = old is not None and old.districts_version == self._now.districts
        if old is not None and self._known and same and self._version.keep(old.districts):
            return old.districts
        path = "districts/districts.parquet"
        return self._table(path, "districts", stream.district_rows(self._connection))

    def _table(self, path: str, table: Table, batches: Iterable[Rows]) -> Part:
        self.wrote = True
        with PartWriter(self._version.half, path, table) as writer:
            for rows in batches:
                _write(writer, rows)
            return writer.finish()


def _again(first: Rows, rest: Iterator[Rows]) -> Iterator[Rows]:
    yield first
    yield from rest


def _write(writer: PartWriter, rows: Rows) -> None:
    *columns, wkb = zip(*rows, strict=True)
    writer.write(columns, [None if shape is None else bytes(shape) for shape in wkb])
