"""A staged import becomes drafts: all that may go in, in one transaction."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Engine

from data.headings import plain_heading
from data.import_result import ImportRefused
from gis.messages import Message, MessageError
from service.accounts.db.audit import note
from service.imports.db import batch, imports, mappings
from service.imports.db.rows import staged_rows
from service.imports.progress import Progressing
from service.imports.verdicts import table_of
from service.imports.working import Work
from service.plots.db.numbers import reserved_numbers
from service.plots.importing import check_and_store
from service.plots.number_taken import NumberTaken
from service.plots.settlement import Settlement
from service.settings import Settings
from service.web.kept_refusals import kept, refusal

__all__ = ["commit", "settlement_of"]


def settlement_of(stored: Mapping[str, Any]) -> Settlement:
    """How a commit settles the verdicts, as it was kept."""
    return Settlement(
        stored["acknowledge"],
        stored["skip_blocked"],
        "replace" if stored["replace"] == "changed" else "leave",
    )


def commit(engine: Engine, settings: Settings, work: Work) -> bool:
    """Check the staged rows once more and write them; False when they are to be staged again.

    Somebody may have drawn on the same ground since they were staged: then nothing is written, and
    the import says why.
    """
    with work.signed_in(engine) as (connection, account):
        row = imports.read_import(connection, account, work.import_id)
    if row is None or row["state"] != "committing":
        return True
    settlement = settlement_of(row["settlement"])

    def reserve(wanted: Mapping[tuple[str, int], int]) -> dict[tuple[str, int], list[str]]:
        with work.signed_in(engine) as (connection, _account):
            return reserved_numbers(connection, wanted)

    try:
        with work.signed_in(engine) as (connection, account):
            table = table_of(staged_rows(connection, work.import_id))
            progress = Progressing(engine, work, 2 * len(table))
            _checked, stored = check_and_store(
                connection,
                account,
                table,
                row["file"],
                settings,
                settlement=settlement,
                reserve=reserve,
                progress=progress,
            )
            batch.add_plots(connection, work.import_id, stored.rows)
            if row["account_id"] == account.id:  # what others say of their files is theirs
                mappings.remember(connection, account, _said(row))
            logged = {"file": row["file"], "rows": len(stored.rows), "import": work.import_id}
            note(connection, account, "import_plots", logged)
            counts = {
                **row["counts"],
                "created": sum(plot.before is None for plot in stored.rows),
                "replaced": sum(plot.before is not None for plot in stored.rows),
                "left": dict(stored.left),
            }
            imports.move(
                connection,
                work.import_id,
                ["committing"],
                state="live",
                counts=counts,
                committed_by=account.id,
                error=None,
            )
    except (ImportRefused, NumberTaken) as refused:
        with work.signed_in(engine) as (connection, _account):
            imports.move(
                connection,
                work.import_id,
                ["committing"],
                state="reading",
                error=_refusal(refused),
            )
        return False
    return True


def _refusal(refused: MessageError) -> dict[str, Any]:
    if isinstance(refused, ImportRefused):
        changed = Message(
            f"{refused.message.zh}（暂存之后现状有变化，已重新核对）",
            f"{refused.message.en} (what is there changed since it was staged)",
        )
        return {**refusal(refused), "detail": changed._asdict()}
    return kept(refused.message, "number_taken")


def _said(row: Mapping[str, Any]) -> dict[str, str]:
    """Property by plain heading, as the sender said; the last one of a heading counts."""
    return {
        plain_heading(theirs): ours for ours, theirs in row["settings"].get("fields", {}).items()
    }
