"""Rows whose plot, district or zone is gone, and counts that no plot stands behind.

Triggers and references keep them from coming to be. They are left by SQL with triggers switched
off, by a restored part of a dump, and by old versions of this program.
"""

from collections.abc import Iterator
from typing import Final, NamedTuple

from sqlalchemy import Connection, Engine, text

from gis.messages import Message

__all__ = ["Orphans", "orphans", "repair_orphans"]


class Orphans(NamedTuple):
    """Rows of one table that belong to nothing, and why in words."""

    table: str
    rows: int
    why: Message


class _Kind(NamedTuple):
    table: str
    counted: str
    repair: tuple[str, ...]
    why: Message


def _kind(table: str, where: str, why: Message, change: str | None = None) -> _Kind:
    """Rows of a table that are deleted, or changed."""
    done = f"UPDATE {table} SET {change}" if change else f"DELETE FROM {table}"  # noqa: S608
    return _Kind(
        table,
        f"SELECT count(*) FROM {table} WHERE {where}",  # noqa: S608 - literals and catalogue names
        (f"{done} WHERE {where}",),
        why,
    )


_ENDED: Final = Message("界线已不存在或已失效", "of a boundary that is gone or ended")
_NO_BOUNDARY: Final = "boundary_id NOT IN (SELECT id FROM district_boundary WHERE valid_to IS NULL)"
_NO_GREEN_PLOT: Final = """area_m2 IS NOT NULL AND NOT EXISTS (
    SELECT FROM plot_version v WHERE v.plot_id = coverage_outside.plot_id AND v.slot = 'approved'
    AND v.stage IN ('planted', 'accepted', 'existing'))"""
_NO_PLOT: Final = """ended_at IS NULL AND (NOT EXISTS (SELECT FROM plot WHERE id = plot_id)
    OR NOT EXISTS (SELECT FROM plot WHERE id = holder_id))"""
_SQUARES: Final = """
WITH kept AS (
    SELECT block, square, district, shown, stage, kind, year, review, programme,
           sum(plots) AS plots, sum(area_cm2) AS area_cm2
    FROM plot_square GROUP BY block, square, district, shown, stage, kind, year, review, programme
    HAVING sum(plots) <> 0 OR sum(area_cm2) <> 0
), found AS (
    SELECT block, square, district, shown, stage, kind, year, review, programme,
           plots::bigint, area_cm2::numeric
    FROM recounted_plot_squares()
)
SELECT count(*) FROM (
    (SELECT * FROM kept EXCEPT SELECT * FROM found)
    UNION ALL (SELECT * FROM found EXCEPT SELECT * FROM kept)) differing
"""

_KINDS: Final = (
    _kind("coverage_piece", _NO_BOUNDARY, _ENDED),
    _kind("coverage_cell", _NO_BOUNDARY, _ENDED),
    _kind("coverage_district", _NO_BOUNDARY, _ENDED),
    _kind("coverage_dirty", _NO_BOUNDARY, _ENDED),
    _kind(
        "coverage_outside",
        _NO_GREEN_PLOT,
        Message("图斑已不计入", "of a plot that counts no more"),
        "area_m2 = NULL",
    ),
    _Kind(
        "plot_square",
        _SQUARES,
        (
            # Writers wait, for they add to what is counted here.
            "LOCK TABLE plot_version IN SHARE MODE",
            "DELETE FROM plot_square",
            "DELETE FROM plot_square_sum",
            "INSERT INTO plot_square SELECT * FROM recounted_plot_squares()",
            # Tiles that somebody keeps are asked for again.
            "INSERT INTO plot_change SELECT block, district, 1 FROM plot_change GROUP BY 1, 2",
        ),
        Message("与图斑重新计数不符", "that differ from a new count of the plots"),
    ),
    _kind(
        "plot_claim",
        _NO_PLOT,
        Message("未结束，但图斑已不存在", "still open, of a plot that is gone"),
        "ended_at = clock_timestamp(), ended_because = '图斑已不存在 the plot is gone'",
    ),
)

_REFERENCES: Final = text("""
SELECT c.conrelid::regclass::text AS child, child.attname AS column_name,
       c.confrelid::regclass::text AS parent, key.attname AS key
FROM pg_constraint c
JOIN pg_attribute child ON child.attrelid = c.conrelid AND child.attnum = c.conkey[1]
JOIN pg_attribute key ON key.attrelid = c.confrelid AND key.attnum = c.confkey[1]
WHERE c.contype = 'f' AND c.confdeltype = 'c' AND cardinality(c.conkey) = 1
  AND c.connamespace = 'public'::regnamespace
ORDER BY child, column_name
""")


def orphans(owner: Engine) -> list[Orphans]:
    """What there is of them, as the owner of the tables sees it; none in a sound database."""
    with owner.connect() as connection:
        return [
            Orphans(kind.table, rows, kind.why)
            for kind in _kinds(connection)
            if (rows := connection.scalar(text(kind.counted)) or 0)
        ]


def repair_orphans(owner: Engine) -> None:
    """Delete them, end claims, and count squares anew: all in one transaction, or nothing."""
    with owner.begin() as connection:
        for kind in _kinds(connection):
            if connection.scalar(text(kind.counted)):
                for statement in kind.repair:
                    connection.execute(text(statement))


def _kinds(connection: Connection) -> Iterator[_Kind]:
    """Rows whose reference leads nowhere come first, for triggers follow when they go."""
    for row in connection.execute(_REFERENCES).all():
        nowhere = (
            f"{row.column_name} IS NOT NULL AND NOT EXISTS (SELECT FROM {row.parent} parent "
            f"WHERE parent.{row.key} = {row.child}.{row.column_name})"
        )
        why = Message(f"{row.parent} 中已无此行", f"of which {row.parent} has no row")
        yield _kind(row.child, nowhere, why)
    yield from _KINDS
