"""The plots of a batch, and taking them out again."""

import json
from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import Connection, text

from service.accounts.db.accounts import Account
from service.accounts.db.change_author import set_change_author
from service.database.metadata import plot_version
from service.plots.importing import StoredRow

__all__ = [
    "add_plots",
    "batch_reviews",
    "delete_new",
    "lock_batch",
    "mark_undone",
    "moved_on",
    "replaced_plots",
]

_ADD = text("""
INSERT INTO import_plot (import_id, plot_id, row, version, before, had_working)
SELECT :import_id, given.plot_id, given.row, given.version, given.before, given.had_working
FROM jsonb_to_recordset(CAST(:rows AS jsonb))
    AS given(plot_id bigint, row integer, version integer, before integer, had_working boolean)
""")


def add_plots(connection: Connection, number: int, rows: Sequence[StoredRow]) -> None:
    """Note which plots an import wrote."""
    if rows:
        sent = json.dumps([row._asdict() for row in rows])
        connection.execute(_ADD, {"import_id": number, "rows": sent})


_REVIEWS = text("""
SELECT coalesce(w.review, v.review) AS review, count(*) AS plots
FROM import_plot b
LEFT JOIN plot_version w ON w.plot_id = b.plot_id AND w.slot = 'working'
LEFT JOIN plot_version v ON v.plot_id = b.plot_id AND v.slot = 'approved'
WHERE b.import_id = :import_id AND (w.plot_id IS NOT NULL OR v.plot_id IS NOT NULL)
GROUP BY 1
""")


def batch_reviews(connection: Connection, number: int) -> dict[str, int]:
    """How many plots of a batch are in each state of the review; those in scope."""
    rows = connection.execute(_REVIEWS, {"import_id": number})
    return {row.review: row.plots for row in rows}


# Plots are locked in the order of their numbers, as everybody does.
_LOCK = text("""
SELECT p.id FROM plot p
WHERE p.id IN (SELECT plot_id FROM import_plot WHERE import_id = :import_id)
ORDER BY p.id FOR NO KEY UPDATE
""")


def lock_batch(connection: Connection, number: int) -> int:
    """Lock the plots of a batch until the transaction ends; answers how many there are."""
    return len(connection.execute(_LOCK, {"import_id": number}).all())


# Columns that the service writes by itself; a review that went to and fro changed nothing.
_NOT_CONTENT: Final = {
    "plot_id",
    "slot",
    "version",
    "area_m2",
    "review",
    "return_reason",
    "submitted_by",
    "changed_by",
    "changed_at",
}


def _content(of: str) -> str:
    """What people write of a plot, and the county that follows from it, as columns of a table."""
    names = [column.name for column in plot_version.c if column.name not in _NOT_CONTENT]
    return ", ".join(f"{of}.{name}" + ("::bytea" if name == "geom" else "") for name in names)


_MOVED_ON = text(f"""
SELECT b.plot_id, coalesce(w.plot_no, a.plot_no) AS plot_no,
       CASE WHEN w.plot_id IS NULL AND a.plot_id IS NULL THEN 'gone'
            WHEN w.plot_id IS NULL THEN 'approved'
            WHEN w.review = 'submitted' THEN 'submitted'
            WHEN b.before IS NULL AND a.plot_id IS NOT NULL THEN 'approved'
            ELSE 'edited' END AS why
FROM import_plot b
LEFT JOIN plot_version w ON w.plot_id = b.plot_id AND w.slot = 'working'
LEFT JOIN plot_version a ON a.plot_id = b.plot_id AND a.slot = 'approved'
WHERE b.import_id = :import_id
  AND (w.plot_id IS NULL OR w.review = 'submitted' OR (b.before IS NULL AND a.plot_id IS NOT NULL)
       OR (w.version <> b.version AND NOT EXISTS (
           SELECT 1 FROM plot_history h
           WHERE h.plot_id = b.plot_id AND h.version = b.version AND h.slot = 'working'
             AND ROW({_content("h")}) IS NOT DISTINCT FROM ROW({_content("w")}))))
ORDER BY b.plot_id LIMIT :row_limit
""")  # noqa: S608 - names of columns, none from outside


def moved_on(connection: Connection, number: int, limit: int) -> list[Any]:
    """Plots of a batch that are not as the import left them: number, 图斑号 and why."""
    values = {"import_id": number, "row_limit": limit}
    return list(connection.execute(_MOVED_ON, values).all())


_DELETE_NEW = text("""
DELETE FROM plot_version v USING import_plot b
WHERE b.import_id = :import_id AND b.before IS NULL
  AND v.plot_id = b.plot_id AND v.slot = 'working'
""")
_FREE_NUMBERS = text("""
DELETE FROM plot_number n USING import_plot b
WHERE b.import_id = :import_id AND b.before IS NULL AND n.plot_id = b.plot_id
""")


def delete_new(connection: Connection, account: Account, number: int, reason: str) -> int:
    """Delete the plots that a batch brought, none of which was ever approved, and their numbers."""
    set_change_author(connection, account, reason)
    deleted = connection.execute(_DELETE_NEW, {"import_id": number}).rowcount
    connection.execute(_FREE_NUMBERS, {"import_id": number})
    return deleted


_REPLACED = text("""
SELECT plot_id, before, had_working FROM import_plot
WHERE import_id = :import_id AND before IS NOT NULL ORDER BY plot_id
""")


def replaced_plots(connection: Connection, number: int) -> list[Any]:
    """Plots that a batch changed, with the version that each had before."""
    return list(connection.execute(_REPLACED, {"import_id": number}).all())


_UNDONE = text("UPDATE import SET undone_at = clock_timestamp() WHERE id = :import_id")


def mark_undone(connection: Connection, number: int) -> None:
    """Note when a batch was taken out."""
    connection.execute(_UNDONE, {"import_id": number})
