"""Layers and their versions, without the ground."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, RowMapping, select, text
from sqlalchemy.dialects.postgresql import insert

from service.accounts.db.accounts import Account
from service.accounts.db.change_author import set_change_author
from service.database.layer_tables import layer, layer_version


@dataclass(frozen=True)
class Layer:
    """A layer and the version of it that has no end yet; None where no file was imported."""

    code: str
    label_zh: str
    label_en: str
    role: str
    rule: Mapping[str, Any]
    source: str
    version: int
    demo: bool
    changed_at: datetime
    version_id: int | None
    valid_from: date | None
    version_source: str | None
    features: int | None
    held_hash: str | None
    """Hash of the content of that version."""


def list_layers(connection: Connection) -> list[Layer]:
    """All layers, the hard ones first, then by code."""
    rows = connection.execute(_with_newest_version()).all()
    order = ("block", "warn", "info", "report", "base")
    layers = [Layer(*row) for row in rows]
    return sorted(layers, key=lambda layer: (order.index(layer.role), layer.code))


def read_layer(connection: Connection, code: str) -> Layer | None:
    """One layer; None when there is none of that code."""
    row = connection.execute(_with_newest_version().where(layer.c.code == code)).one_or_none()
    return None if row is None else Layer(*row)


def _with_newest_version() -> Any:
    newest = layer_version.c
    return select(
        layer.c.code,
        layer.c.label_zh,
        layer.c.label_en,
        layer.c.role,
        layer.c.rule,
        layer.c.source,
        layer.c.version,
        layer.c.demo,
        layer.c.changed_at,
        newest.id,
        newest.valid_from,
        newest.source.label("version_source"),
        newest.features,
        newest.hash,
    ).outerjoin(layer_version, (newest.layer == layer.c.code) & newest.valid_to.is_(None))


_LOCK = text("SELECT pg_advisory_xact_lock(7190125, hashtext(:code))")


def lock_layer(connection: Connection, code: str) -> Layer | None:
    """As `read_layer`, held against other writers until the transaction ends.

    A code that has no layer yet is held, too: of two that make it, the second finds it made.
    """
    connection.execute(_LOCK, {"code": code})
    return read_layer(connection, code)


def write_layer(
    connection: Connection, account: Account, code: str, values: Mapping[str, Any]
) -> None:
    """Insert a layer, or give it other labels, role, rule and source; its version grows."""
    set_change_author(connection, account)
    row = {**values, "changed_by": account.id}
    statement = insert(layer).values(code=code, **row)
    connection.execute(
        statement.on_conflict_do_update(
            index_elements=[layer.c.code],
            set_={**row, "version": layer.c.version + 1, "changed_at": text("now()")},
        )
    )


def versions_of(connection: Connection, code: str) -> Sequence[RowMapping]:
    """All versions of a layer, the newest first."""
    return (
        connection.execute(
            select(
                layer_version.c.id,
                layer_version.c.valid_from,
                layer_version.c.valid_to,
                layer_version.c.source,
                layer_version.c.hash,
                layer_version.c.features,
                layer_version.c.changed_at,
            )
            .where(layer_version.c.layer == code)
            .order_by(layer_version.c.valid_from.desc())
        )
        .mappings()
        .all()
    )
