"""Exports in the background: the same filters and forms as a download, without its limit."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from sqlalchemy import Connection

from data.writing.dispatch import Form
from data.writing.formats import FORMATS
from service.accounts.db.accounts import Account
from service.accounts.db.audit import note
from service.codes.in_use import codes_in_use
from service.errors import InvalidValueError
from service.jobs.kinds import Made, Task
from service.plots.cql2 import parse_filter
from service.plots.db.plots import PlotFilter, count_plots
from service.plots.export import export_plots
from service.plots.filters import PlotQuery, past_moment
from service.web.deps import bad_query, parse_bbox

UNREVIEWED = "含未审核图斑"


def filter_of(connection: Connection, account: Account, wanted: Mapping[str, Any]) -> PlotFilter:
    """The filter of a request, by the names that query parameters have.

    Raises
    ------
    Problem
        As :meth:`PlotQuery.resolve` and :func:`parse_filter`; 422 ``invalid_request`` for
        ``bbox`` and ``as_of``.
    """
    query = PlotQuery(
        wanted.get("district"),
        wanted.get("stage"),
        wanted.get("review"),
        wanted.get("kind"),
        wanted.get("year"),
        wanted.get("programme"),
        wanted.get("version"),
        wanted.get("theme"),
        wanted.get("work_type"),
        wanted.get("unit"),
    )
    bbox, as_of, cql2 = wanted.get("bbox"), wanted.get("as_of"), wanted.get("cql2")
    try:
        box = None if bbox is None else parse_bbox(bbox)
    except InvalidValueError as error:
        raise bad_query("filter.bbox", error.message) from None
    return replace(
        query.resolve(connection, account),
        version=query.file_version(),
        bbox=box,
        where=None if cql2 is None else parse_filter(connection, cql2),
        as_of=None if as_of is None else past_moment("filter.as_of", as_of),
    )


def export(task: Task) -> Made:
    """Write the plots of a job's filter as a file."""
    wanted = task.params
    form = FORMATS[wanted["format"]]
    filters = filter_of(task.connection, task.account, wanted["filter"])
    task.count(count_plots(task.connection, task.account, filters))
    suffix = form.suffixes[0]
    with codes_in_use(task.connection):
        report = export_plots(
            task.connection,
            task.account,
            filters,
            task.folder / f"plots{suffix}",
            Form(
                form.code,
                wanted.get("schema"),
                wanted["encoding"],
                wanted.get("crs"),
                wanted["replace"],
            ),
            acceptances=wanted["acceptances"],
            progress=task.advance,
        )
    name = f"plots-{UNREVIEWED}{suffix}" if report.unreviewed else f"plots{suffix}"
    report.path.rename(task.folder / name)
    counts = {"rows": report.rows, "unreviewed": report.unreviewed, "left_out": report.left_out}
    note(task.connection, task.account, "export", {"file": name, **counts})
    texts = {"zh": report.text("zh").splitlines(), "en": report.text("en").splitlines()}
    return Made(name, form.media_type, {**counts, "report": texts})
