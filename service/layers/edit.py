"""Changes of a layer: its labels, its role and its rule."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection

from gis.messages import Message
from service.accounts.db.accounts import Account
from service.codes.db.codes import codes
from service.codes.db.local_codes import hold_codes
from service.errors import Problem
from service.layers.api.layer_schemas import LayerBody
from service.layers.db.layers import Layer, lock_layer, read_layer, write_layer
from service.layers.scope import refuse_outside
from service.web.etags import Versions
from service.web.optimistic_lock import Thing, require_current

LAYER = Thing("图层", "layer")


def put_layer(
    connection: Connection,
    account: Account,
    code: str,
    body: LayerBody,
    seen: Versions | None = None,
    *,
    demo: bool = False,
) -> tuple[Layer, bool]:
    """Write a layer; answers it, and whether it is new. What changes nothing is not written.

    Parameters
    ----------
    seen
        Versions that the sender saw; None overwrites any.
    demo
        It is invented and goes with the demo.

    Raises
    ------
    Problem
        404 or 412 when ``seen`` names another version than the present one; 422 ``unknown_kind``,
        ``outside_scope``.
    """
    before = lock_layer(connection, code)
    if seen is not None:
        require_current(before, seen, LAYER)
    refuse_outside(connection, account, before)
    rule = body.rule.model_dump(exclude_none=True)
    if "kinds" in rule:
        rule["kinds"] = _known_kinds(connection, rule["kinds"])
    values: dict[str, Any] = {
        "label_zh": body.label_zh,
        "label_en": body.label_en or (before.label_en if before else body.label_zh),
        "role": body.role,
        "rule": rule,
        "source": body.source,
    }
    if before is None or any(getattr(before, name) != value for name, value in values.items()):
        write_layer(connection, account, code, values | ({"demo": True} if demo else {}))
    after = read_layer(connection, code)
    assert after is not None
    return after, before is None


def _known_kinds(connection: Connection, given: Sequence[str]) -> list[str]:
    """Codes of kinds that are given as code or label; none is deleted until it is written."""
    hold_codes(connection, "kind")
    entries = codes(connection, "kind")
    by_word = {
        word.casefold(): entry["code"]
        for entry in entries
        for word in (entry["label_en"], entry["label_zh"], entry["code"])
    }
    unknown = [word for word in given if word.casefold() not in by_word]
    if unknown:
        words = Message(
            f"没有造林类型 {'、'.join(unknown)}，可用类型见 /api/codes/kind",
            f"no such kind: {', '.join(unknown)}; /api/codes/kind lists them",
        )
        entry = {"field": "rule.kinds", "code": "unknown_kind", "message": words}
        raise Problem(422, "unknown_kind", words, errors=[entry])
    return list(dict.fromkeys(by_word[word.casefold()] for word in given))
