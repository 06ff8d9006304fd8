"""Imports as JSON."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, JsonValue, StringConstraints

from service.imports.db.imports import State
from service.imports.wishes import Wishes
from service.web.kept_refusals import ImportRefusal, spoken, words_of
from service.web.number_types import NoBoolean
from service.web.text_types import Reason, Storable
from service.web.timestamps import now

Word = Annotated[str, StringConstraints(max_length=200, strip_whitespace=True), Storable]
Code = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,63}$")]
Value = Word | Annotated[int | float, NoBoolean]
MAX_COLUMNS = 300


class ImportSettings(BaseModel):
    """What the sender says of the file; what is left out is found out from it."""

    model_config = ConfigDict(extra="forbid")

    what: Literal["plots"] = "plots"
    layer: Word | None = Field(None, description="Where the file has several.")
    crs: Word | None = Field(
        None,
        description="EPSG:4547, a central meridian as CM126, gcj02 …, in place of what the file "
        "says.",
    )
    encoding: Word | None = Field(None, description="UTF-8, GBK …, in place of the detected one.")
    fields: Annotated[dict[Word, Word], Field(max_length=MAX_COLUMNS)] = Field(
        {}, description="Property, or official field, to the file's column."
    )
    ignore: Annotated[list[Word], Field(max_length=MAX_COLUMNS)] = Field(
        [], description="Columns that are not read."
    )
    set: Annotated[dict[Word, Value], Field(max_length=MAX_COLUMNS)] = Field(
        {}, description="Property to the value of rows that have none."
    )
    months: Literal["note"] | None = Field(
        None,
        description="Planting times that are a month only: into the note, in place of a fault.",
    )

    def wishes(self) -> Wishes:
        """As the reader takes them."""
        return Wishes(
            self.layer or None,
            self.crs or None,
            self.encoding or None,
            self.fields,
            tuple(self.ignore),
            self.set,
            self.months,
        )


class ImportPatch(ImportSettings):
    """Settings that are changed; those that are not named stay."""


class Commit(BaseModel):
    """How the verdicts are settled."""

    model_config = ConfigDict(extra="forbid")

    acknowledge: Annotated[list[Code], Field(max_length=100)] = Field(
        [], description="Codes of warnings that you have seen."
    )
    skip_blocked: bool = Field(False, description="Leave out rows that cannot be stored.")
    replace: Literal["changed", "none"] = Field(
        "none", description="Rows that differ from the plot under their number: change it, or not."
    )


class Undo(BaseModel):
    """Why a batch is taken out."""

    model_config = ConfigDict(extra="forbid")

    reason: Reason


class EncodingOut(BaseModel):
    """How the texts were read."""

    name: str | None
    samples: list[str]


class Placement(BaseModel):
    """Where a reference system would put the file."""

    code: str
    label: str
    crs: int | None
    say: str | None = Field(None, description="The setting `crs` by which it is read so.")
    confidence: float
    bounds: tuple[float, float, float, float] | None
    districts: list[dict[str, JsonValue]]


class CrsOut(BaseModel):
    """The reference system, and what speaks for it."""

    name: str
    said: str | None = Field(description="By the sender.")
    declared: str | None = Field(description="By the file.")
    evidence: list[str]
    placements: list[Placement]


class FieldOut(BaseModel):
    """The use of a column."""

    theirs: str
    ours: str | None = Field(description="Property, word in another unit, or schema.field.")
    sure: bool
    remembered: bool = Field(description="As the sender said of an earlier file.")
    ignored: bool
    sample: str | None


class CodeOut(BaseModel):
    """How many rows a verdict is said of."""

    code: str
    severity: Literal["block", "warn", "info"]
    rows: int


class Counts(BaseModel):
    """Rows by their worst verdict and by their match; what a commit wrote."""

    rows: int
    block: int
    warn: int
    new: int = Field(description="Of rows that are not blocked, as changed and same.")
    changed: int
    same: int
    missing: int = Field(description="Plots of its counties and years that it leaves out.")
    created: int | None
    replaced: int | None
    left: dict[str, int] | None = Field(description="Rows that wrote nothing, and why.")


class Progress(BaseModel):
    """How far the work is."""

    done: int
    total: int
    rows_per_s: float | None


class Import(BaseModel):
    """A file on its way in; nothing is written before it is `live`."""

    id: int
    what: Literal["plots"]
    state: State
    file: str
    bytes: int
    settings: ImportSettings
    layers: list[str]
    encoding: EncodingOut | None
    crs: CrsOut | None
    fields: list[FieldOut]
    counts: Counts
    codes: list[CodeOut]
    notes: list[str]
    progress: Progress
    error: ImportRefusal | None
    batch: dict[str, int] = Field(description="Plots that it became, by the state of their review.")
    account: str
    created_at: datetime
    staged_at: datetime | None
    ended_at: datetime | None
    undone_at: datetime | None


class ImportList(BaseModel):
    """Imports, the newest first."""

    rows: list[Import]
    numberMatched: int  # noqa: N815 - OGC's word
    next: str | None


_NONE: dict[str, Any] = {
    **dict.fromkeys(("rows", "block", "warn", "new", "changed", "same", "missing"), 0),
    **dict.fromkeys(("created", "replaced", "left")),
}


def import_out(row: Mapping[str, Any], batch: Mapping[str, int]) -> Import:
    """An import in the language of the request."""
    seems = row["seems"]
    crs = seems.get("crs")
    return Import.model_validate(
        {
            **row,
            "layers": seems.get("layers", []),
            "encoding": seems.get("encoding"),
            "crs": None if crs is None else _crs(crs),
            "fields": seems.get("fields", []),
            "notes": [words_of(words) for words in seems.get("notes", [])],
            "counts": {**_NONE, **row["counts"]},
            "codes": list(row["codes"].values()),
            "progress": _progress(row),
            "error": spoken(row["error"]),
            "batch": batch,
        }
    )


def _crs(crs: Mapping[str, Any]) -> dict[str, Any]:
    return {
        **crs,
        "evidence": [words_of(words) for words in crs["evidence"]],
        "placements": [
            {**placement, "label": words_of(placement["label"])} for placement in crs["placements"]
        ],
    }


def _progress(row: Mapping[str, Any]) -> dict[str, Any]:
    rate = None
    if row["state"] in ("reading", "committing") and row["begun_at"] is not None and row["done"]:
        seconds = (now() - row["begun_at"]).total_seconds()
        rate = round(row["done"] / seconds, 1) if seconds > 0 else None
    return {"done": row["done"], "total": row["total"], "rows_per_s": rate}


def problem_out(problem: Mapping[str, Any]) -> dict[str, Any]:
    """A verdict on a row in the language of the request, as `POST /api/plots/check` tells it."""
    told = {
        name: problem[name] for name in ("code", "severity", "at", "area_m2", "plot_id", "field")
    }
    told["message"] = words_of(problem["message"])
    return told | {
        name: problem[name] for name in ("county", "layer", "share") if problem[name] is not None
    }
