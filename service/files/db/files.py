"""Files and what they belong to."""

from collections.abc import Mapping
from typing import Any, Literal

from sqlalchemy import Connection, delete, func, insert, select

from gis.crs import CGCS2000
from service.accounts.db.accounts import Account
from service.database.file_tables import file, file_link
from service.database.metadata import account as account_table
from service.database.plan_tables import reported

Owner = Literal["plot_id", "record_id", "reported_id"]
_COLUMNS = ("id", "sha256", "name", "media_type", "bytes", "taken_at", "made_at")


def add_file(
    connection: Connection, account: Account, owner: Owner, number: int, values: Mapping[str, Any]
) -> int:
    """Keep a file of a plot, a record or a reported figure; answers its number."""
    given = dict(values)
    place = given.pop("place")
    point = None if place is None else func.ST_SetSRID(func.ST_MakePoint(*place), CGCS2000)
    stored = connection.scalar(
        insert(file).values(**given, place=point, made_by=account.id).returning(file.c.id)
    )
    assert isinstance(stored, int)
    connection.execute(insert(file_link).values({"file_id": stored, owner: number}))
    return stored


def list_files(
    connection: Connection, owner: Owner, number: int, *, after: int = 0, limit: int
) -> list[dict[str, Any]]:
    """Files of what they belong to, in the order in which they came, without their content."""
    statement = (
        select(
            *(file.c[name] for name in _COLUMNS),
            func.ST_X(file.c.place).label("longitude"),
            func.ST_Y(file.c.place).label("latitude"),
            account_table.c.name.label("made_by"),
        )
        .select_from(
            file_link.join(file, file.c.id == file_link.c.file_id).outerjoin(
                account_table, account_table.c.id == file.c.made_by
            )
        )
        .where(file_link.c[owner] == number, file.c.id > after)
        .order_by(file.c.id)
        .limit(limit)
    )
    return [dict(row) for row in connection.execute(statement).mappings()]


def count_files(connection: Connection, owner: Owner, number: int) -> int:
    """How many files a plot, a record or a reported figure has."""
    statement = select(func.count()).select_from(file_link).where(file_link.c[owner] == number)
    return connection.scalar(statement) or 0


def read_content(
    connection: Connection, owner: Owner, number: int, file_id: int
) -> Mapping[str, Any] | None:
    """Name, media type, hash, content and sender of a file; None where there is no such file."""
    statement = (
        select(file.c.name, file.c.media_type, file.c.sha256, file.c.content, file.c.made_by)
        .select_from(file_link.join(file, file.c.id == file_link.c.file_id))
        .where(file_link.c[owner] == number, file.c.id == file_id)
    )
    row = connection.execute(statement).mappings().one_or_none()
    return None if row is None else dict(row)


def figures_proved(connection: Connection, file_id: int) -> list[int]:
    """Reported figures under review or approved of which this is the last file that proves them."""
    other = file.alias("other")
    held = (
        select(file_link.c.id)
        .join(other, other.c.id == file_link.c.file_id)
        .where(other.c.sha256 == file.c.sha256, other.c.id != file_id)
        .exists()
    )
    statement = (
        select(reported.c.id)
        .join(file, file.c.sha256 == reported.c.file)
        .where(file.c.id == file_id, reported.c.review.in_(("submitted", "approved")), ~held)
        .order_by(reported.c.id)
    )
    return list(connection.scalars(statement))


def delete_file(connection: Connection, file_id: int) -> None:
    """Delete a file with its link."""
    connection.execute(delete(file).where(file.c.id == file_id))
