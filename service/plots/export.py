"""Plots as a file: read from a cursor on the server, written batch by batch."""

from collections.abc import Callable, Generator
from contextlib import closing
from pathlib import Path

from sqlalchemy import Connection

from data.codes import UnknownCodeError
from data.read_ahead import read_ahead
from data.writing.dispatch import Batch, Form, refuse_form, write_batches
from data.writing.export_report import ExportReport
from data.writing.formats import format_of
from service.accounts.db.accounts import Account
from service.plots.db.packed import packed_batches
from service.plots.db.plots import PlotFilter
from service.plots.tables import plots_table, with_last_checks, with_places, with_plans
from service.web.deps import bad_query

# Some megabytes, of which four are on their way at once; more is not faster.
ROWS_AT_ONCE = 3_000
# Formats that always have the records of acceptance beside the plots.
WITH_RECORDS = ("gpkg", "gdb")


def plot_batches(
    connection: Connection, account: Account, filters: PlotFilter, *, acceptances: bool
) -> Generator[Batch, None, None]:
    """The plots of a filter in order of their ids; one empty batch when there are none.

    With ``acceptances`` each batch brings the records of its plots as a table of that name.
    """
    for packed in packed_batches(connection, account, filters, ROWS_AT_ONCE):
        named = with_plans(connection, plots_table(packed))
        placed = with_places(connection, named)
        rows, checks = with_last_checks(connection, placed, filters.as_of)
        yield Batch(rows, {"acceptances": checks} if acceptances else {})


def refuse_plot_form(form: Form) -> None:
    """Refuse a form in which no plots can be written, before any work is done.

    Raises
    ------
    data.writing.export_report.ExportRefused
        As `data.writing.dispatch.refuse_form`.
    Problem
        422 ``unknown_schema``.
    """
    try:
        refuse_form(form)
    except UnknownCodeError as error:
        raise bad_query("schema", error.message, "unknown_schema") from None


def export_plots(  # noqa: PLR0913 - whose plots, which and how
    connection: Connection,
    account: Account,
    filters: PlotFilter,
    path: Path,
    form: Form,
    *,
    acceptances: bool = False,
    progress: Callable[[int], None] = lambda _rows: None,
    grown: Callable[[Path], None] = lambda _file: None,
) -> ExportReport:
    """Write the plots of a filter; memory does not grow with their number.

    ``progress`` and ``grown`` are those of `data.writing.dispatch.write_batches`.

    Raises
    ------
    data.writing.export_report.ExportRefused
        As `data.writing.dispatch.write_batches`.
    data.codes.UnknownCodeError
        There is no such schema.
    """
    records = acceptances or (form.format or format_of(path)) in WITH_RECORDS
    # Closed at once after an error, so that the cursor does not outlive its transaction.
    with (
        closing(plot_batches(connection, account, filters, acceptances=records)) as batches,
        closing(read_ahead(batches)) as ahead,
    ):
        return write_batches(ahead, path, form, progress, grown)
