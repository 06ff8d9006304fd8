"""Steps, links and versions of records."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from sqlalchemy import ARRAY, Connection, Text, bindparam, delete, func, insert, select, text
from sqlalchemy.dialects.postgresql import insert as upsert

from service.accounts.db.accounts import Account
from service.database.register_tables import record_history, record_link, record_step

s, k, h = record_step, record_link, record_history

# Word in a body: column of the link.
LINKS: Final[Mapping[str, str]] = {
    "plot": "plot_id",
    "record": "other_id",
    "zone": "zone",
    "patrol": "patrol_id",
}
_THERE: Final = {
    "plot": """EXISTS (SELECT FROM plot_version v WHERE v.plot_id = :key AND
        (:whole OR v.district = ANY(:counties) OR v.unit = ANY(:units)))""",
    "record": """EXISTS (SELECT FROM record r WHERE r.id = :key AND
        (:whole OR r.county = ANY(:counties) OR r.unit = ANY(:units)))""",
    "zone": """EXISTS (SELECT FROM zone z WHERE z.code = :key AND
        (:whole OR z.counties <@ :counties))""",
    "patrol": """EXISTS (SELECT FROM patrol p WHERE p.id = :key AND
        (:whole OR p.county = ANY(:counties)))""",
    # Plans of every level are known to all; the number alone is asked for here.
    "plan": "EXISTS (SELECT FROM plan p WHERE p.code = :key)",
}
_ASKED: Final = {
    what: text("SELECT " + condition).bindparams(
        *(
            bindparam(name, type_=ARRAY(Text))
            for name in ("counties", "units")
            if f":{name}" in condition
        )
    )
    for what, condition in _THERE.items()
}


def add_step(
    connection: Connection, account: Account, number: int, values: Mapping[str, Any]
) -> None:
    """Write a step; it is never changed."""
    add_steps(connection, account, [(number, values)])


def add_steps(
    connection: Connection, account: Account, rows: Sequence[tuple[int, Mapping[str, Any]]]
) -> None:
    """Write steps, each with the number of its record; all of them name the same values."""
    author = {"account_id": account.id, "actor": account.name}
    if rows:
        connection.execute(
            insert(s), [{**values, "record_id": number, **author} for number, values in rows]
        )


def steps_of(connection: Connection, number: int) -> list[dict[str, Any]]:
    """The steps of a record, the first first."""
    names = ("state", "on_day", "deadline", "letter_no", "field_values", "note", "actor", "at")
    statement = select(s.c.id, *(s.c[name] for name in names)).where(s.c.record_id == number)
    return [dict(row) for row in connection.execute(statement.order_by(s.c.id)).mappings()]


def is_there(connection: Connection, account: Account, what: str, key: int | str) -> bool:
    """Whether something that a record may be linked to lies in the scope of the account."""
    scope = {
        "whole": account.counties is None,
        "counties": list(account.counties or ()),
        "units": list(account.units),
    }
    asked = {name: value for name, value in scope.items() if f":{name}" in _THERE[what]}
    return bool(connection.scalar(_ASKED[what], {"key": key, **asked}))


def add_link(
    connection: Connection, account: Account, number: int, what: str, key: int | str
) -> None:
    """Link a record with a thing; a link that is there stays."""
    values = {"record_id": number, LINKS[what]: key, "changed_by": account.id}
    connection.execute(upsert(k).values(values).on_conflict_do_nothing())


def links_of(connection: Connection, number: int) -> list[dict[str, Any]]:
    """The links of a record: id, what and key."""
    columns = [k.c[column] for column in LINKS.values()]
    statement = select(k.c.id, *columns, k.c.target_id).where(k.c.record_id == number)
    links = []
    for row in connection.execute(statement.order_by(k.c.id)).mappings():
        for what, column in {**LINKS, "target": "target_id"}.items():
            if row[column] is not None:
                links.append({"id": row["id"], "what": what, "key": row[column]})
    return links


def remove_link(connection: Connection, number: int, link: int) -> bool:
    """Take a link away; False when the record has none of that number."""
    gone = connection.execute(delete(k).where(k.c.record_id == number, k.c.id == link))
    return bool(gone.rowcount)


def versions_of(
    connection: Connection,
    account: Account,
    register: str,
    number: int,
    *,
    before: int | None,
    limit: int,
) -> Sequence[Mapping[str, Any]]:
    """Entries of the history of a record, the newest first, from before an entry on."""
    names = ("id", "version", "operation", "at", "actor", "reason", "content", "county", "unit")
    statement = (
        select(*(h.c[name] for name in names), func.ST_AsGeoJSON(h.c.geom, 9, 0).label("geometry"))
        .where(h.c.record_id == number, h.c.register == register)
        .order_by(h.c.id.desc())
        .limit(limit)
    )
    if account.counties is not None:
        mine = h.c.county.in_(account.counties) | h.c.unit.in_(account.units)
        statement = statement.where(mine)
    if before is not None:
        statement = statement.where(h.c.id < before)
    return [dict(row) for row in connection.execute(statement).mappings()]
