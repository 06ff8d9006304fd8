"""``luotu import districts|plots|layer``: files in."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Literal

import typer
from sqlalchemy import Connection

from data.districts.districts import read_districts
from data.layers.layers import read_layer
from data.plots.plots import read_plots
from gis.messages import Message
from service.accounts.db.accounts import Account
from service.accounts.db.acting import acting_as
from service.cli.context import opened
from service.cli.groups import importing
from service.cli.import_options import (
    Crs,
    DryRun,
    Encoding,
    Fields,
    File,
    Json,
    Layer,
    Report,
    file_limits,
    pairs,
    print_imported,
    reported,
    whole_file_limits,
)
from service.cli.language import described, label, words
from service.cli.progress_bar import progress_bar
from service.errors import Problem
from service.layers.importing import import_layer, layer_of, refuse_day
from service.plots.db.numbers import reserved_numbers
from service.plots.district_import import import_districts
from service.plots.importing import import_plots
from service.plots.settlement import Changed, Settlement
from service.web.timestamps import today


@importing.command("districts")
@described("导入行政区。")
def districts(
    file: File,
    layer: Layer = None,
    crs: Crs = None,
    encoding: Encoding = None,
    field: Fields = None,
    valid_from: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], help="Day from which a moved border holds; today."),
    ] = None,
    acknowledge: Annotated[
        str, typer.Option(help="plots_outside: let plots lie in no county any more.")
    ] = "",
    dry_run: DryRun = False,
    report: Report = None,
    json_: Json = False,
) -> None:
    """Districts: code, name, parent and level are found, or named by --field."""
    day = None if valid_from is None else valid_from.date()
    with opened() as db, reported(report, json_):
        tree = read_districts(
            file,
            pairs(field, "--field"),
            layer=layer,
            crs=crs,
            encoding=encoding,
            limits=whole_file_limits(db.settings),
        )
        with db.transaction(keep=not dry_run) as (connection, account):
            done = import_districts(
                connection,
                account,
                tree,
                file.name,
                valid_from=day,
                acknowledged=[code.strip() for code in acknowledge.split(",")],
            )
    print_imported(done, dry=dry_run, as_json=json_, what=label("行政区", "districts"))


def importer(connection: Connection, name: str, review: str) -> Account:
    """The account of a name, if it may bring plots in: approved ones as an administrator only.

    Raises
    ------
    AccountRefused
        ``no_account``.
    Problem
        403 ``role_missing``.
    """
    account = acting_as(connection, name)
    if not account.holds("admin" if review == "approved" else "planner"):
        words = Message(
            f"{account.name} 是 {account.role}，不能导入图斑",
            f"{account.name} is {account.role} and may not import plots",
        )
        raise Problem(403, "role_missing", words)
    return account


_ON_CHANGED: dict[str | None, Changed] = {None: "refuse", "changed": "replace", "none": "leave"}


@importing.command("plots")
@described("导入图斑；默认为草稿。")
def plots(
    file: File,
    layer: Layer = None,
    crs: Crs = None,
    encoding: Encoding = None,
    field: Fields = None,
    set_: Annotated[
        list[str] | None,
        typer.Option("--set", help="NAME=VALUE for what the file lacks: stage=planned, year=2026."),
    ] = None,
    review: Annotated[
        Literal["draft", "approved"],
        typer.Option(help="approved: for inventory, with --why.", case_sensitive=False),
    ] = "draft",
    why: Annotated[str | None, typer.Option(help="Why they need no review.")] = None,
    acknowledge: Annotated[
        str, typer.Option(help="Codes of warnings that you have seen: overlap,too_small.")
    ] = "",
    replace: Annotated[
        Literal["changed", "none"] | None,
        typer.Option(
            help="Rows that differ from the plot under their number: change it, or leave it.",
            case_sensitive=False,
        ),
    ] = None,
    skip_blocked: Annotated[
        bool, typer.Option("--skip-blocked", help="Leave out rows that cannot be stored.")
    ] = False,
    months: Annotated[
        Literal["note"] | None,
        typer.Option(
            help="Planting times that are a month only: note puts them into the note.",
            case_sensitive=False,
        ),
    ] = None,
    as_: Annotated[
        str | None, typer.Option("--as", help="Whose drafts they become; yours if empty.")
    ] = None,
    dry_run: DryRun = False,
    report: Report = None,
    json_: Json = False,
) -> None:
    """Plots; they begin as drafts."""
    if review == "approved" and replace == "changed":
        raise typer.BadParameter(
            words("更新的图斑须经审核", "plots that are changed need a review"),
            param_hint="--replace",
        )
    if review == "approved" and not why:
        raise typer.BadParameter(
            words("请说明这些图斑为何不需审核", "say why these plots need no review"),
            param_hint="--why",
        )
    with opened() as db, reported(report, json_):
        table = read_plots(
            file,
            layer=layer,
            crs=crs,
            encoding=encoding,
            fields=pairs(field, "--field"),
            defaults=pairs(set_, "--set"),
            months_in_note=months == "note",
            limits=file_limits(db.settings),
        )

        def reserve(wanted: Mapping[tuple[str, int], int]) -> dict[tuple[str, int], list[str]]:
            with db.transaction() as (connection, _account):
                return reserved_numbers(connection, wanted)

        with (
            progress_bar(2 * len(table)) as advance,
            db.transaction(keep=not dry_run) as (connection, account),
        ):
            done = import_plots(
                connection,
                account if as_ is None else importer(connection, as_, review),
                table,
                file.name,
                db.settings,
                settlement=Settlement(
                    [code.strip() for code in acknowledge.split(",")],
                    skip_blocked,
                    _ON_CHANGED[replace],
                    review,
                ),
                why=why,
                reserve=None if dry_run else reserve,
                progress=advance,
            )
        db.settle()
    print_imported(done, dry=dry_run, as_json=json_, what=label("图斑", "plots"))


@importing.command("layer")
@described("导入图层（永久基本农田、三调 …）的新版本，整体替换。")
def layer_version(
    file: File,
    into: Annotated[str, typer.Option(help="Code of the layer: JBNT …")],
    valid_from: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], help="First day of the version; today."),
    ] = None,
    layer: Layer = None,
    crs: Crs = None,
    encoding: Encoding = None,
    field: Fields = None,
    dry_run: DryRun = False,
    report: Report = None,
    json_: Json = False,
) -> None:
    """A version of a layer: the file replaces it whole from a day on."""
    day = None if valid_from is None else valid_from.date()
    with opened() as db, reported(report, json_):
        with db.transaction(keep=False) as (connection, _account):
            refuse_day(layer_of(connection, into), day or today())
        table = read_layer(
            file,
            pairs(field, "--field"),
            layer=layer,
            crs=crs,
            encoding=encoding,
            limits=whole_file_limits(db.settings),
        )
        with db.transaction(keep=not dry_run) as (connection, account):
            done = import_layer(connection, account, into, table, file.name, valid_from=day)
        db.settle()
    print_imported(done, dry=dry_run, as_json=json_, what=label("要素", "features"))
