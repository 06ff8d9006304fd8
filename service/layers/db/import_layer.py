"""A version of a layer written whole, and the state of files on their way to one."""

from collections.abc import Sequence
from datetime import date
from typing import Any

import geopandas
import shapely
from sqlalchemy import Connection, RowMapping, delete, func, insert, select, update

from gis.crs import CGCS2000
from service.accounts.db.accounts import Account
from service.accounts.db.change_author import set_change_author
from service.database.layer_tables import layer_import, layer_version

_COPY = "COPY layer_feature (version_id, code, name, class, geom) FROM STDIN"
# What is left of an import that nobody works on any more.
_ENDED = ("live", "refused", "failed")


def write_version(  # noqa: PLR0913 - what a version is
    connection: Connection,
    account: Account,
    code: str,
    frame: geopandas.GeoDataFrame,
    *,
    valid_from: date,
    source: str,
    hash_: str,
) -> int:
    """Write all features of a version, from which day on it holds; answers its number.

    The version that held ends on that day; one that began on the same day is replaced. The caller
    holds the layer by `service.layers.db.layers.lock_layer`.
    """
    set_change_author(connection, account)
    held = layer_version.c.layer == code
    connection.execute(delete(layer_version).where(held, layer_version.c.valid_from == valid_from))
    connection.execute(
        update(layer_version)
        .where(held, layer_version.c.valid_to.is_(None) | (layer_version.c.valid_to > valid_from))
        .values(valid_to=valid_from)
    )
    version_id = connection.scalar(
        insert(layer_version)
        .values(
            layer=code,
            valid_from=valid_from,
            source=source,
            hash=hash_,
            features=len(frame),
            changed_by=account.id,
        )
        .returning(layer_version.c.id)
    )
    assert version_id is not None
    _copy_features(connection, version_id, frame)
    return int(version_id)


def _copy_features(connection: Connection, version_id: int, frame: geopandas.GeoDataFrame) -> None:
    shapes = shapely.to_wkb(
        shapely.set_srid(frame.geometry.to_numpy(), CGCS2000), hex=True, include_srid=True
    )
    driver = connection.connection.driver_connection
    assert driver is not None
    with driver.cursor() as cursor, cursor.copy(_COPY) as copy:
        for code, name, cls, shape in zip(
            frame["code"], frame["name"], frame["class"], shapes, strict=True
        ):
            copy.write_row((version_id, code, name, cls, shape))


def begin_import(
    connection: Connection, account: Account, code: str, file: str, valid_from: date
) -> int:
    """Note a file that has come; answers the number of the import."""
    number = connection.scalar(
        insert(layer_import)
        .values(layer=code, file=file, valid_from=valid_from, account_id=account.id)
        .returning(layer_import.c.id)
    )
    assert number is not None
    return int(number)


def set_import(connection: Connection, number: int, **values: Any) -> None:
    """Write how far an import is."""
    if values.get("state") in _ENDED:
        values["ended_at"] = func.clock_timestamp()
    connection.execute(update(layer_import).where(layer_import.c.id == number).values(**values))


def read_import(connection: Connection, code: str, number: int) -> RowMapping | None:
    """The state of an import of a layer; None when there is none of that number."""
    query = select(layer_import).where(layer_import.c.id == number, layer_import.c.layer == code)
    return connection.execute(query).mappings().one_or_none()


def list_imports(connection: Connection, code: str, limit: int) -> Sequence[RowMapping]:
    """The last imports of a layer, the newest first."""
    query = select(layer_import).where(layer_import.c.layer == code)
    return (
        connection.execute(query.order_by(layer_import.c.id.desc()).limit(limit)).mappings().all()
    )


def count_imports(connection: Connection, code: str) -> int:
    """How many imports of a layer there were."""
    query = select(func.count()).select_from(layer_import).where(layer_import.c.layer == code)
    return connection.scalar(query) or 0


def fail_unfinished(connection: Connection, error: dict[str, Any]) -> int:
    """Let imports fail that nobody works on any more; answers how many there were."""
    unfinished = layer_import.c.state.notin_(_ENDED)
    return connection.execute(
        update(layer_import)
        .where(unfinished)
        .values(state="failed", error=error, ended_at=func.clock_timestamp())
    ).rowcount
