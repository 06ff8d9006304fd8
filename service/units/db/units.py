"""Queries of units."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, delete, func, select, text, update
from sqlalchemy.dialects.postgresql import insert

from service.accounts.db.accounts import Account
from service.database.metadata import district, unit

COLUMNS = ("code", "name", "kind", "parent", "district", "valid_from", "valid_to")


def units(connection: Connection) -> list[dict[str, Any]]:
    """All units by code."""
    rows = connection.execute(select(unit).order_by(unit.c.code)).mappings()
    return [dict(row) for row in rows]


def store_unit(connection: Connection, account: Account, values: Mapping[str, Any]) -> None:
    """Write a unit, in the place of one of the same code."""
    given = {name: values.get(name) for name in COLUMNS}
    statement = insert(unit).values(**given, changed_by=account.id)
    changed = {name: statement.excluded[name] for name in COLUMNS if name != "code"}
    connection.execute(
        statement.on_conflict_do_update(
            index_elements=[unit.c.code],
            set_={
                **changed,
                "changed_by": statement.excluded.changed_by,
                "changed_at": func.now(),
                "version": unit.c.version + 1,
            },
        )
    )


def touch_unit(connection: Connection, account: Account, code: str) -> int:
    """Give a unit its next version, for what hangs on it changed; answers the version."""
    version = connection.scalar(
        update(unit)
        .where(unit.c.code == code)
        .values(version=unit.c.version + 1, changed_by=account.id, changed_at=func.now())
        .returning(unit.c.version)
    )
    assert version is not None
    return int(version)


def delete_unit(connection: Connection, code: str) -> None:
    """Delete a unit that nothing names."""
    connection.execute(delete(unit).where(unit.c.code == code))


def lock_units(connection: Connection) -> None:
    """Let one transaction at a time change units: their tree is checked as a whole."""
    connection.execute(text("SELECT pg_advisory_xact_lock(7190120)"))


_USES = text("""
SELECT u.plots, u.former_plots, u.targets, u.records,
       (SELECT count(*) FROM account_unit WHERE unit = :code) AS accounts,
       (SELECT count(*) FROM unit WHERE parent = :code) AS units,
       (SELECT count(*) FROM area WHERE unit = :code) AS areas,
       (SELECT count(*) FROM post WHERE unit = :code) AS posts,
       (SELECT count(*) FROM unit_member WHERE body = :code) AS memberships
FROM code_uses('unit', :code) u
""")


def uses_of(connection: Connection, code: str) -> Mapping[str, int]:
    """How many plots, targets, records, accounts, units … name a unit."""
    return dict(connection.execute(_USES, {"code": code}).mappings().one())


def known_districts(connection: Connection, codes: Sequence[str]) -> set[str]:
    """Those of the codes that are districts."""
    return set(connection.scalars(select(district.c.code).where(district.c.code.in_(codes))))


_BELOW = text("""
WITH RECURSIVE way AS (
    SELECT code AS begun, code, parent FROM district WHERE code = ANY(CAST(:codes AS text[]))
    UNION ALL
    SELECT way.begun, d.code, d.parent FROM district d JOIN way ON d.code = way.parent
)
SELECT DISTINCT begun FROM way WHERE code = ANY(CAST(:scope AS text[]))
""")


def districts_below(connection: Connection, scope: Sequence[str], codes: Sequence[str]) -> set[str]:
    """Those of the codes that are districts of a scope or below one."""
    return set(connection.scalars(_BELOW, {"scope": list(scope), "codes": list(codes)}))
