"""``luotu demo``: the example in, the example out."""

from typing import Annotated

import typer

from service.cli.context import opened
from service.cli.language import described, label
from service.cli.progress_bar import progress_bar
from service.run.demo import WHOLE, load_demo, unload_demo

PLOTS = WHOLE


@described("载入（或移除）示例：73个县区与虚构图斑。")
def demo(
    remove: Annotated[bool, typer.Option("--remove", help="Take every invented row out.")] = False,
) -> None:
    """Load the demo of 73 counties, or take it out."""
    with opened(make=not remove) as db:
        if remove:
            typer.echo(
                f"{label('已移除', 'removed')} {unload_demo(db.engine):,} "
                f"{label('个虚构图斑', 'invented plots')}"
            )
            return
        with progress_bar(PLOTS) as advance:
            count = load_demo(db.engine, progress=advance, count=PLOTS)
    typer.echo(
        f"{label('已载入', 'loaded')} {count:,} {label('个虚构图斑', 'invented plots')}"
        if count
        else label("示例已在", "the demo is there")
    )
