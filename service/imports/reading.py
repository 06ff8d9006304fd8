"""What a file seems to be: its layer, encoding, reference system, and what its columns mean."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import numpy as np
import pandas as pd
from sqlalchemy import Connection

from data.errors import FileRefused
from data.headings import plain_heading
from data.plots.columns import Columns, assign
from data.plots.plots import PlotTable, packed_plots
from data.reading.features import Features, PackedFeatures, read_packed, read_untouched
from data.reading.limits import Limits
from gis.detect import Detection, Guess, detect, detect_converted
from gis.errors import GeometryError
from gis.messages import Message
from service.districts.db import districts
from service.imports.wishes import Wishes

__all__ = ["ReadFile", "read_file", "seems", "seems_unplaced"]

MAX_SAMPLES: Final = 5
_SAMPLED_ROWS: Final = 2_000

ReadFile = tuple[PackedFeatures, PlotTable, list[dict[str, Any]]]
"""The features as the file has them, as plots, and the use of each column."""


def read_file(
    path: Path, wishes: Wishes, remembered: Mapping[str, str], limits: Limits
) -> ReadFile:
    """Read a file of plots as its sender wishes, in a child process.

    Parameters
    ----------
    remembered
        Property by plain heading: what the sender said of earlier files.

    Raises
    ------
    FileRefused
        As `data.plots.plots.read_plots`.
    """
    features = read_packed(
        path, layer=wishes.layer, crs=wishes.crs, encoding=wishes.encoding, limits=limits
    )
    try:
        names = [str(name) for name in features.table.columns]
        said = {**_recalled(names, wishes, remembered), **wishes.fields}
        taken = features.table.drop(columns=[name for name in wishes.ignore if name in names])
        left = [name for name in names if name not in wishes.ignore]
        table = packed_plots(
            taken,
            features.shapes,
            fields=said,
            defaults=wishes.defaults,
            months_in_note=wishes.months == "note",
        )
        fields = _fields(names, assign(left, said), said, wishes, features.table)
    except FileRefused as refused:
        raise refused.about(path.name) from refused.__cause__
    notes = [*features.notes, *table.notes]
    return features, replace(table, notes=notes, layer=features.layer), fields


def _recalled(names: list[str], wishes: Wishes, remembered: Mapping[str, str]) -> dict[str, str]:
    """What the sender said of these headings before, where nothing is said now."""
    spoken = {*wishes.fields.values(), *wishes.ignore}
    recalled: dict[str, str] = {}
    for name in names:
        meant = remembered.get(plain_heading(name))
        if meant is not None and name not in spoken and meant not in wishes.fields:
            recalled.setdefault(meant, name)
    return recalled


def _fields(
    names: list[str],
    columns: Columns,
    said: Mapping[str, str],
    wishes: Wishes,
    frame: pd.DataFrame,
) -> list[dict[str, Any]]:
    """The use of each column in the order of the file, with an example of its values."""
    ours: dict[str, str] = {}
    for word, theirs in columns.taken.items():
        ours |= dict.fromkeys(theirs, word)
    ours |= {theirs: f"{schema}.{field}" for (schema, field), theirs in columns.extra.items()}
    shared = {
        theirs for several in columns.taken.values() if len(several) > 1 for theirs in several
    }
    return [
        {
            "theirs": name,
            "ours": ours.get(name),
            "sure": name in ours and (name in said.values() or name not in shared),
            "remembered": name in said.values() and name not in wishes.fields.values(),
            "ignored": name in wishes.ignore or name in columns.ignored,
            "sample": _first(frame[name].tolist()),
        }
        for name in names
    ]


def _first(values: list[Any]) -> str | None:
    for value in values[:_SAMPLED_ROWS]:
        if value is not None and value == value and str(value).strip():  # noqa: PLR0124 - NaN
            return str(value)[:80]
    return None


def seems(
    connection: Connection, file: ReadFile, counties: list[str], wishes: Wishes
) -> dict[str, Any]:
    """What the file seems to be, as its import tells it.

    Parameters
    ----------
    counties
        In which its plots lie: their borders are what the coordinates are compared with.
    """
    features, table, fields = file
    known = None
    if counties:
        known = districts.frame(connection, counties).dropna(subset=["geometry"])
    detection = detect_converted(features.shapes, features.declared, known)
    if detection is None:  # a declaration that PROJ does not know, as gcj02
        detection = detect_converted(features.shapes, None, known)
    return {
        "layers": [features.layer],
        "encoding": {"name": features.encoding, "samples": _samples(features)},
        "crs": _crs(features, detection, wishes),
        "fields": fields,
        "notes": [note._asdict() for note in table.notes],
    }


def seems_unplaced(
    connection: Connection, path: Path, wishes: Wishes, limits: Limits
) -> dict[str, Any]:
    """What a file seems to be whose positions cannot be read so: above all, where it would lie.

    Raises
    ------
    FileRefused
        As `data.reading.features.read_untouched`.
    """
    features = read_untouched(path, layer=wishes.layer, encoding=wishes.encoding, limits=limits)
    codes = [node.code for node in districts.tree(connection).at("county")]
    known = districts.frame(connection, codes).dropna(subset=["geometry"]) if codes else None
    shapes = np.asarray(features.frame.geometry.array, dtype=object)
    try:
        detection = detect(shapes, prj=features.declared, districts=known)
    except GeometryError:  # not one position is a number
        detection = None
    return {
        "layers": [features.layer],
        "encoding": {"name": features.encoding, "samples": []},
        "crs": _crs(features, detection, wishes),
        "fields": [],
        "notes": [note._asdict() for note in features.notes],
    }


def _samples(features: PackedFeatures) -> list[str]:
    """Texts that show whether the encoding is right: those beyond ASCII, with their headings."""
    frame = features.table
    samples: list[str] = [str(name) for name in frame.columns if not str(name).isascii()]
    for name in frame.columns:
        texts = (value for value in frame[name].tolist()[:_SAMPLED_ROWS] if isinstance(value, str))
        samples += [text[:80] for text in texts if not text.isascii()][:2]
    return list(dict.fromkeys(samples))[:MAX_SAMPLES]


def _said(guess: Guess) -> str | None:
    """What a sender says for a file to be read so."""
    if not isinstance(guess.crs, int):
        return None
    shift = "" if guess.shift is None else f"+{guess.shift}"
    return f"EPSG:{guess.crs}{'+swapped' if guess.swapped else ''}{shift}"


def _crs(
    features: PackedFeatures | Features, detection: Detection | None, wishes: Wishes
) -> dict[str, Any]:
    found = [] if detection is None else detection.guesses[:3]
    guesses = [{**guess.as_json(), "say": _said(guess)} for guess in found]
    evidence: list[Message] = []
    if detection is not None:
        evidence += [words for _code, words in detection.faults]
        if detection.best is not None:
            evidence += detection.best.evidence
        evidence.append(detection.shift.words)
    return {
        "name": features.crs_name,
        "said": wishes.crs,
        "declared": None if features.declared is None else features.declared[:200],
        "evidence": [words._asdict() for words in evidence],
        "placements": guesses,
    }
