"""The groups ``luotu import`` and ``luotu export``, to which modules add their commands."""

import typer

from service.cli.language import words

importing = typer.Typer(
    help=words("导入文件。", "Bring files in."),
    no_args_is_help=True,
)
exporting = typer.Typer(
    help=words("导出文件。", "Hand files out."),
    no_args_is_help=True,
)
