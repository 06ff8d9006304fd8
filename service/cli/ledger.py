"""``luotu export ledger``: who holds which ground, as a file."""

from pathlib import Path
from typing import Annotated

import typer

from data.writing.atomic import in_place
from service.cli.context import opened
from service.cli.export_options import District
from service.cli.groups import exporting
from service.cli.language import described, label
from service.districts.db.districts import tree
from service.ledger.ledger import county_ledger
from service.ledger.tables import ledger_file, ledger_geopackage
from service.plots.filters import counties_below


@exporting.command("ledger")
@described("导出台账：地块归谁。")
def export_ledger(
    file: Annotated[
        Path, typer.Argument(help=".csv, .xlsx or .gpkg (with the ground of each holder)")
    ],
    district: District = None,
    year: Annotated[int | None, typer.Option(help="Task year of the holder.")] = None,
) -> None:
    """The ledger of a district's counties, of all without --district."""
    suffix = file.suffix.lower()
    if suffix not in (".csv", ".xlsx", ".gpkg"):
        raise typer.BadParameter(
            label("后缀应为 .csv、.xlsx 或 .gpkg", "the suffix is .csv, .xlsx or .gpkg")
        )
    with opened() as db:
        db.settle()
        with db.transaction() as (connection, account):
            counties = (
                [node.code for node in tree(connection).at("county")]
                if district is None
                else counties_below(connection, district, account)
            )
            ledger = county_ledger(connection, counties, year, exact_cells=0)
            if suffix == ".gpkg":
                ledger_geopackage(connection, ledger, counties, file)
    if suffix != ".gpkg":
        with in_place(file) as (_folder, target):
            target.write_bytes(ledger_file(ledger, "xlsx" if suffix == ".xlsx" else "csv"))
    typer.echo(label(f"{len(ledger.rows)} 行", f"{len(ledger.rows)} rows"))
