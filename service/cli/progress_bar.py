"""The bar of commands that go through many rows."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from rich.console import Console
from rich.progress import Progress, TextColumn, TimeElapsedColumn

from service.cli.language import label


@contextmanager
def progress_bar(total: int) -> Iterator[Any]:
    """A bar with rows/s on a terminal; nothing in a log, where the last line says it."""
    console = Console(stderr=True)
    if not console.is_terminal:
        yield lambda _rows: None
        return
    columns = (
        *Progress.get_default_columns(),
        TextColumn("{task.completed:,} / {task.total:,}"),
        TextColumn("{task.speed:,.0f} rows/s", justify="right"),
        TimeElapsedColumn(),
    )
    with Progress(*columns[:-2], columns[-1], console=console) as bar:
        task = bar.add_task(label("图斑", "plots"), total=total)
        yield lambda rows: bar.advance(task, rows)
