"""``luotu run``: the main job."""

from typing import Annotated

import typer

from service.cli.ahead import database_ahead
from service.cli.importing import without_collecting
from service.cli.language import described
from service.run.ports import check_port
from service.settings import load
from service.web.atomic_write import require_folder


@described("启动数据库、示例与服务。")
def run(
    host: Annotated[str | None, typer.Option(help="Address to listen on.")] = None,
    port: Annotated[int | None, typer.Option(min=1, max=65535, help="Port.")] = None,
    no_demo: Annotated[bool, typer.Option("--no-demo", help="Begin with nothing.")] = False,
) -> None:
    """Start PostGIS, load the demo when empty, serve."""
    given = {"host": host, "port": port}
    settings = load().model_copy(update={k: v for k, v in given.items() if v is not None})
    check_port(settings.host, settings.port)
    require_folder(settings.out)
    # Maps and the web take seconds to import: a taken port is reported before that.
    with database_ahead(settings) as opened:
        with without_collecting():
            from service.cli.startup import start  # noqa: PLC0415
        start(settings, with_demo=not no_demo, opened=opened)
