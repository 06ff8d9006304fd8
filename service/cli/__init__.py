"""``luotu``: everything that can be done without a browser."""

from service.cli.importing import without_collecting


def main() -> None:
    """Run the command line; exit status 0 done, 1 refused, 2 wrong usage."""
    with without_collecting():
        from service.cli.commands import run  # noqa: PLC0415 - imported as the block wants it
    run()
