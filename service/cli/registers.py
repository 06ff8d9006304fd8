"""``luotu register``, ``luotu import records`` and ``luotu export records``."""

import json
from pathlib import Path
from typing import Annotated, cast

import typer
from pydantic import ValidationError
from sqlalchemy import Connection

from data.records import read_records
from data.writing.atomic import in_place
from data.writing.dispatch import write
from gis.messages import Message
from service.accounts.db.accounts import Account
from service.accounts.db.acting import acting_as
from service.cli.context import opened
from service.cli.export_options import CrsOut, District, EncodingOut, print_export_report
from service.cli.groups import exporting, importing
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
)
from service.cli.language import described, label, say, terminal_language
from service.cli.progress_bar import progress_bar
from service.errors import Problem
from service.plots.filters import counties_below
from service.registers import definitions
from service.registers.db.records import RecordFilter, state_counts
from service.registers.db.registers import list_registers, read_register
from service.registers.definition import NewRegister, check_definition
from service.registers.frames import records_frame
from service.registers.importing import field_words, import_records
from service.registers.tables import TableFormat, one_kind_of_shape, records_file
from service.web.row_limits import FileLimit
from service.web.timestamps import today

app = typer.Typer(help=label("台账。", "Registers."), no_args_is_help=True)
Definition = Annotated[Path, typer.Argument(help="A definition: register.json.")]
Register = Annotated[str, typer.Option("--into", help="Code of the register: street …")]


def read_definition(file: Path) -> NewRegister:
    """A definition out of a JSON file, in itself whole.

    Raises
    ------
    Problem
        422 ``bad_definition``.
    """
    try:
        new = NewRegister.model_validate(json.loads(file.read_text("utf-8-sig")))
    except UnicodeDecodeError:
        message = Message("文件不是 UTF-8 文本", "the file is no text in UTF-8")
        raise Problem(422, "bad_definition", message) from None
    except json.JSONDecodeError as error:
        message = Message(
            f"第 {error.lineno} 行不是 JSON：{error.msg}",
            f"line {error.lineno} is no JSON: {error.msg}",
        )
        raise Problem(422, "bad_definition", message) from None
    except RecursionError:
        message = Message("嵌套过深", "it is nested deeper than any definition")
        raise Problem(422, "bad_definition", message) from None
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(map(str, first["loc"]))
        message = Message(f"{place}：{first['msg']}", f"{place}: {first['msg']}")
        raise Problem(422, "bad_definition", message) from None
    check_definition(new.definition())
    return new


@app.command("check")
@described("检查台账定义文件，不保存。")
def check(file: Definition) -> None:
    """Check a definition without a database: lists are those that come with the product."""
    new = _told(file)
    definition = new.definition()
    typer.echo(
        label(
            f"{file}：{new.code} {new.label_zh}，{len(definition.fields)} 个字段，"
            f"{len(definition.states)} 个状态，办结：{'、'.join(definition.done)}",
            f"{file}: {new.code}, {len(definition.fields)} fields, {len(definition.states)} "
            f"states, done: {', '.join(definition.done)}",
        )
    )


def _told(file: Path) -> NewRegister:
    try:
        return read_definition(file)
    except Problem as refusal:
        for error in refusal.errors:
            words = error["message"].text(terminal_language())
            typer.echo(f"  {error['field']}: {words}", err=True)
        raise


@app.command("define")
@described("按定义文件新建或修改台账。")
def define(file: Definition) -> None:
    """Make a register, or give one another definition; a migrate leaves it as it is."""
    new = _told(file)
    with opened() as db, db.transaction() as (connection, account):
        if read_register(connection, new.code) is None:
            stored = definitions.create_register(connection, account, new)
        else:
            stored = definitions.change_register(
                connection, account, new.code, new.definition(), None
            )
    typer.echo(f"{stored.code} v{stored.version}")


@app.command("list")
@described("列出台账及记录数。")
def list_all() -> None:
    """Registers with the counts of their records."""
    with opened() as db, db.transaction() as (connection, account):
        counts = state_counts(connection, account, today())
        registers = list_registers(connection)
    for register in registers:
        states = counts.get(register.code, {})
        total = sum(count for count, _ in states.values())
        late = sum(overdue for _, overdue in states.values())
        mark = label("本地", "local") if register.local else ""
        typer.echo(
            f"{register.code:<20} {register.definition.label_zh}  {total} "
            + label(f"条，逾期 {late}", f"records, {late} overdue")
            + f"  {mark}".rstrip()
        )


def _writer(connection: Connection, name: str) -> Account:
    account = acting_as(connection, name)
    if not (account.holds("planner") or account.holds("inspector")):
        words = Message(
            f"{account.name} 是 {account.role}，不能登记台账记录",
            f"{account.name} is {account.role} and may not write records",
        )
        raise Problem(403, "role_missing", words)
    return account


@importing.command("records")
@described("导入台账记录；编号已有的更新，整批保存或不保存。")
def records(
    file: File,
    into: Register,
    layer: Layer = None,
    crs: Crs = None,
    encoding: Encoding = None,
    field: Fields = None,
    as_: Annotated[str | None, typer.Option("--as", help="Who writes them; you if empty.")] = None,
    dry_run: DryRun = False,
    report: Report = None,
    json_: Json = False,
) -> None:
    """Records of a register; rows of a number that is there change that record."""
    with opened() as db, reported(report, json_):
        with db.transaction(keep=False) as (connection, _account):
            definition = definitions.existing_register(connection, into).definition
        table = read_records(
            file,
            field_words(definition),
            pairs(field, "--field"),
            layer=layer,
            crs=crs,
            encoding=encoding,
            limits=file_limits(db.settings),
        )
        with (
            progress_bar(len(table.rows)) as advance,
            db.transaction(keep=not dry_run) as (connection, account),
        ):
            writer = account if as_ is None else _writer(connection, as_)
            done = import_records(connection, writer, into, table, file.name)
            advance(len(table.rows))
    print_imported(done, dry=dry_run, as_json=json_, what=label("条记录", "records"))


@exporting.command("records")
@described("导出台账记录。")
def export_records(
    file: Annotated[Path, typer.Argument(help=".xlsx .csv .geojson .gpkg .zip …")],
    register: Annotated[str, typer.Option("--register", "--from", help="Code: street …")],
    district: District = None,
    state: Annotated[list[str] | None, typer.Option(help="Code of a state.")] = None,
    overdue: Annotated[bool, typer.Option("--overdue", help="Only those.")] = False,
    crs: CrsOut = None,
    encoding: EncodingOut = "UTF-8",
) -> None:
    """Records of a register with all their fields, personal ones too: keep the file safe."""
    with opened() as db, db.transaction() as (connection, account):
        definition = definitions.existing_register(connection, register).definition
        counties = None if district is None else counties_below(connection, district, account)
        filters = RecordFilter(
            register,
            today(),
            definition.done,
            counties,
            states=state or None,
            overdue=overdue or None,
        )
        bound = FileLimit(db.settings.export_limit, "LUOTU_EXPORT_LIMIT")
        frame = records_frame(connection, account, definition, filters, bound, personal=True)
    suffix = file.suffix.lower().removeprefix(".")
    if suffix in ("csv", "xlsx", "geojson") and crs is None:
        with in_place(file) as (_folder, target):
            target.write_bytes(records_file(frame, definition, cast(TableFormat, suffix)))
        say(Message(f"{file}：{len(frame)} 条记录", f"{file}: {len(frame)} records"))
        return
    one_kind_of_shape(frame)
    print_export_report(write(frame, file, crs=crs, encoding=encoding))
