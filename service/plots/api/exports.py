"""``/api/exports``: files out."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.responses import FileResponse, Response
from pydantic import AfterValidator
from sqlalchemy import Connection
from starlette.background import BackgroundTask

from data.schemas import Encoding
from data.scratch import Scratch
from data.writing.dispatch import Form
from data.writing.export_report import ExportReport
from data.writing.formats import FORMATS, PLOT_FORMATS, PlotFormat, format_of
from gis.messages import Message
from service.accounts.api.deps import ExporterDep
from service.accounts.db.accounts import Account
from service.accounts.db.audit import note
from service.codes.in_use import codes_in_use
from service.errors import Problem
from service.plots.api.filter_params import FileFilterDep
from service.plots.db import plots
from service.plots.db.plots import PlotFilter
from service.plots.export import export_plots as write_plots
from service.plots.export import refuse_plot_form
from service.web.admission import in_lane
from service.web.deps import ConnectionDep, SettingsDep
from service.web.early_answer import EarlyAnswer, answers_early, early_answer
from service.web.file_answers import file_answers
from service.web.thread_route import ThreadRoute

router = APIRouter(prefix="/api/exports", tags=["exports"], route_class=ThreadRoute)


def lower(word: str | None) -> str | None:
    """A word of a list, in any case."""
    return None if word is None else word.lower()


MEDIA_TYPES = {form: FORMATS[form].media_type for form in PLOT_FORMATS}
FILES = {form: f"plots{FORMATS[form].suffixes[0]}" for form in PLOT_FORMATS}

Schema = Annotated[
    str | None,
    AfterValidator(lower),
    Query(
        max_length=32,
        description="Official fields: zaolin (usual of a shapefile), lcxzgx, ldbg, dltb; plain.",
    ),
]
EncodingIn = Annotated[Encoding, Query(description="Of a shapefile's texts.")]
CrsIn = Annotated[str | None, Query(max_length=64, description="`EPSG:4530` …; CGCS2000.")]
Replace = Annotated[
    bool,
    Query(description="Write 〓 in texts for characters that the encoding lacks; else refused."),
]
Acceptances = Annotated[
    bool, Query(description="With the records of acceptance (a GeoPackage always has them).")
]


UNREVIEWED = "含未审核图斑"


def _file_name(name: str, report: ExportReport) -> str:
    """The file's name, which says when plots in it are not approved."""
    if not report.unreviewed:
        return name
    stem, dot, suffixes = name.partition(".")
    return f"{stem}-{UNREVIEWED}{dot}{suffixes}"


def refuse_too_many(
    connection: Connection, account: Account, filters: PlotFilter, limit: int
) -> int:
    """How many plots the filters match.

    Raises
    ------
    Problem
        422 ``too_many_plots``: more than one answer holds.
    """
    matched = plots.count_plots(connection, account, filters)
    if matched > limit:
        raise too_many(limit, matched)
    return matched


def too_many(limit: int, matched: int) -> Problem:
    """The refusal of a file that would hold too many plots."""
    return Problem(
        422,
        "too_many_plots",
        Message(
            f"超过 {limit} 个图斑（共 {matched} 个），不能当场下载：请用 POST /api/exports "
            "在后台导出，或按行政区或年度筛选",
            f"more than {limit} plots ({matched} match), too many to wait for: let them be "
            "exported in the background by POST /api/exports, or narrow it by district or year",
        ),
    )


class Counted:
    """Counts the rows of an answer: others may write plots after the first count."""

    def __init__(self, limit: int) -> None:
        self.rows = 0
        self._limit = limit

    def __call__(self, rows: int) -> None:
        """Raise `Problem` 422 ``too_many_plots`` once there are more than may be."""
        self.rows += rows
        if self.rows > self._limit:
            raise too_many(self._limit, self.rows)


class Begun:
    """Lets the answer begin with the first rows of a file that grows, where more are to come.

    What the headers say has to hold by then: approved versions only, all of their properties.
    """

    def __init__(
        self, early: EarlyAnswer | None, counted: Counted, matched: int, name: str
    ) -> None:
        self._early = early
        self._counted = counted
        self._matched = matched
        self._name = name
        self.is_begun = False

    def __call__(self, file: Path) -> None:
        """After each batch; raises `service.web.early_answer.ClientGoneError`."""
        if self._early is None:
            return
        self._early.check()
        if self.is_begun or self._counted.rows >= self._matched:
            return
        self.is_begun = True
        headers = _headers({"rows": self._matched, "unreviewed": 0, "left-out": 0})
        headers["Content-Disposition"] = f'attachment; filename="{self._name}"'
        form = format_of(file.with_name(self._name))
        self._early.begin(file, FORMATS[form].media_type, headers)


def _headers(counts: Mapping[str, int]) -> dict[str, str]:
    return {
        "Cache-Control": "private, no-store",
        "Luotu-Export": ", ".join(f"{word}={count}" for word, count in counts.items()),
    }


def _all_approved(filters: PlotFilter) -> bool:
    return filters.version == "approved" and filters.reviews is None


@router.get(
    "/plots",
    operation_id="exportPlots",
    response_class=FileResponse,
    responses=file_answers(MEDIA_TYPES.values()),
)
@in_lane("heavy")
@answers_early
def export_plots(
    request: Request,
    account: ExporterDep,
    connection: ConnectionDep,
    filters: FileFilterDep,
    settings: SettingsDep,
    format: PlotFormat = "shp",  # noqa: A002 - the contract's name
    schema: Schema = None,
    encoding: EncodingIn = "UTF-8",
    crs: CrsIn = None,
    replace: Replace = False,
    acceptances: Acceptances = False,
) -> Any:
    """The approved plots that the filters match, as a file; refused whole when there are too many.

    `version=working`, or a `review` other than `approved`, asks for others too: the file's name
    then says 含未审核图斑. The header `Luotu-Export` counts the rows, those that are not approved,
    and those of stages that the schema does not take. GeoJSON, KML and CSV of approved plots begin
    to arrive with their first rows, without a length; without its last chunk a file is not whole.

    For planners, inspectors, GIS staff and administrators; a viewer reads page by page.
    """
    form = Form(format, schema, encoding, crs, replace)
    refuse_plot_form(form)
    matched = refuse_too_many(connection, account, filters, settings.export_limit)
    name = FILES[format]
    scratch = Scratch()
    folder = scratch.path
    counted = Counted(settings.export_limit)
    may_begin = schema in (None, "plain") and _all_approved(filters)
    begun = Begun(early_answer(request) if may_begin else None, counted, matched, name)
    try:
        with codes_in_use(connection):
            report = write_plots(
                connection,
                account,
                filters,
                folder / name,
                form,
                acceptances=acceptances,
                progress=counted,
                grown=begun,
            )
    except BaseException:
        scratch.remove()
        raise
    counts = {"rows": report.rows, "unreviewed": report.unreviewed, "left-out": report.left_out}
    note(connection, account, "export", {"file": name, **counts})
    if begun.is_begun:  # and read to its end from where it is open
        scratch.remove()
        return Response()
    return FileResponse(
        folder / name,
        media_type=MEDIA_TYPES[format],
        filename=_file_name(name, report),
        headers=_headers(counts),
        background=BackgroundTask(scratch.remove),
    )
