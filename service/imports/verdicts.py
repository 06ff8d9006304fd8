"""Verdicts on staged rows: as they are kept, and back again."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from data.packed_shapes import PackedShapes
from data.plots.plot_table import PROPERTIES, PlotTable
from data.row_problems import RowProblem
from data.slices import batched
from gis.messages import Message
from service.imports.db.rows import StagedRow
from service.plots.row_checks import CheckedRows
from service.plots.validate import Reported

__all__ = ["codes_of", "counts_of", "problem_json", "staged", "table_of"]


def problem_json(reported: Reported) -> dict[str, Any]:
    """A verdict in both languages; ``of_file`` marks what the reader of the file said."""
    verdict = reported.verdict
    return {
        "code": verdict.code,
        "severity": verdict.severity,
        "message": verdict.message._asdict(),
        "at": None if verdict.at is None else list(verdict.at),
        "area_m2": verdict.area_m2,
        "plot_id": reported.plot_id,
        "county": reported.county,
        "layer": reported.layer,
        "share": reported.share,
        "field": reported.field,
    }


def staged(checked: CheckedRows, table: PlotTable) -> Iterator[StagedRow]:
    """Rows with their verdicts, in the order of the file."""
    read = {(problem.row, problem.code, problem.field) for problem in table.problems}
    shapes = (shape for some in checked.shapes.parts() for shape in some.tolist())
    for n, (properties, shape) in enumerate(zip(checked.rows, shapes, strict=True)):
        match = checked.matches.rows[n]
        problems = []
        for reported in checked.reported[n]:
            entry = problem_json(reported)
            key = (n + 1, reported.verdict.code, reported.field)
            problems.append({**entry, "of_file": True} if key in read else entry)
        yield StagedRow(
            row=n + 1,
            geometry=shape,
            properties={
                name: _plain(properties.get(name, _ABSENT.get(name))) for name in PROPERTIES
            },
            district=checked.counties[n],
            severity=checked.severity(n),
            problems=problems,
            match=match.state,
            plot_id=match.plot_id,
            version=match.version,
            fields=match.fields,
            outline=table.outlines.get(n + 1),
        )


# What a row has of it that says nothing.
_ABSENT: Final[Mapping[str, Any]] = {"extra": {}}


def _plain(value: Any) -> Any:
    return value.isoformat() if hasattr(value, "isoformat") else value


def table_of(rows: Iterable[StagedRow]) -> PlotTable:
    """The staged rows as the table of plots that the file gave."""
    said: dict[str, list[Any]] = {name: [] for name in PROPERTIES}
    problems: list[RowProblem] = []

    def shapes() -> Iterator[NDArray[np.object_]]:
        for some in batched(rows):
            for row in some:
                for name, values in said.items():
                    values.append(row.properties.get(name))
                problems.extend(_of_file(row))
            drawn = np.empty(len(some), dtype=object)
            drawn[:] = [row.geometry for row in some]
            yield drawn

    packed = PackedShapes.of_parts(shapes())
    there = {name: values for name, values in said.items() if any(v is not None for v in values)}
    return PlotTable(there, packed, problems)


def _of_file(row: StagedRow) -> Iterator[RowProblem]:
    for entry in row.problems:
        if entry.get("of_file"):
            at = None if entry["at"] is None else tuple(entry["at"])
            words = Message(**entry["message"])
            yield RowProblem(row.row, entry["code"], entry["field"], words, None, at)


def counts_of(checked: CheckedRows) -> dict[str, int]:
    """Rows by their worst verdict and by their match, and plots that the file leaves out.

    A blocked row is neither new nor changed: these are the rows that a commit may write.
    """
    severities = Counter(checked.severity(n) for n in range(len(checked.rows)))
    states = Counter(
        match.state for n, match in enumerate(checked.matches.rows) if not checked.blocked(n)
    )
    return {
        "rows": len(checked.rows),
        "block": severities["block"],
        "warn": severities["warn"],
        **{state: states[state] for state in ("new", "changed", "same")},
        "missing": checked.matches.missing,
    }


def codes_of(checked: CheckedRows) -> dict[str, Mapping[str, Any]]:
    """How many rows each code is said of, with its severity; the most frequent first."""
    counted: Counter[tuple[str, str]] = Counter()
    for verdicts in checked.reported:
        counted.update({(entry.verdict.code, entry.verdict.severity) for entry in verdicts})
    for entry in checked.of_file:  # said of every row
        counted[entry.verdict.code, entry.verdict.severity] = len(checked.rows)
    return {
        f"{code} {severity}": {"code": code, "severity": severity, "rows": rows}
        for (code, severity), rows in counted.most_common()
    }
