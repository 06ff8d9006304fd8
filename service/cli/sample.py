"""``luotu sample``: a sample of approved plots that can be drawn again."""

from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from data.years import FIRST_YEAR, LAST_YEAR
from gis.measure import M2_PER_MU
from service.cli.context import opened
from service.cli.language import described, label
from service.reviews.sampling import MAX_DRAWN, MAX_SEED, Draw, new_seed
from service.reviews.sampling import sample as drawn
from service.web.timestamps import in_words

SHARE = 0.05


@described("按种子随机抽查已审核图斑，同一种子抽出同样的图斑。")
def sample(
    district: Annotated[str, typer.Argument(help="Code of a district: 220112.")],
    year: Annotated[int, typer.Argument(min=FIRST_YEAR, max=LAST_YEAR, help="Task year.")],
    share: Annotated[
        float | None, typer.Option(min=0, max=1, help="Of the area, as 0.05; 0.05 if empty.")
    ] = None,
    count: Annotated[
        int | None, typer.Option(min=1, max=MAX_DRAWN, help="Plots, in the place of a share.")
    ] = None,
    seed: Annotated[
        int | None, typer.Option(min=0, max=MAX_SEED, help="Of the draw; one is drawn if empty.")
    ] = None,
) -> None:
    """Draw approved plots at random by a seed: the same seed draws the same plots."""
    if share is not None and count is not None:
        raise typer.BadParameter(label("比例与个数只能选一个", "either --share or --count"))
    with opened() as db, db.transaction() as (connection, account):
        found = drawn(
            connection,
            account,
            district,
            year,
            Draw(
                new_seed() if seed is None else seed,
                share or (None if count else SHARE),
                count,
            ),
        )
    table = Table(
        title=f"{label('抽查', 'sample')} {district} {year} · {label('种子', 'seed')} "
        f"{found.seed} · {in_words(found.as_of)}",
        title_justify="left",
    )
    for name in (label("图斑号", "plot no."), label("名称", "name"), label("县", "county")):
        table.add_column(name, overflow="fold")
    table.add_column(label("亩", "mu"), justify="right", no_wrap=True)
    for row in found.rows:
        mu = f"{row['area_m2'] / M2_PER_MU:,.2f}"
        table.add_row(row["plot_no"], row["name"] or "", row["district"], mu)
    console = Console(markup=False, highlight=False)
    if not console.is_terminal:
        console = Console(width=160, markup=False, highlight=False)
    console.print(table)
    total = sum(row["area_m2"] for row in found.rows)
    typer.echo(
        f"{len(found.rows)} / {found.plots} {label('个图斑', 'plots')}, "
        f"{total / M2_PER_MU:,.2f} / {found.whole_m2 / M2_PER_MU:,.2f} {label('亩', 'mu')}"
    )
