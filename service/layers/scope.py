"""Whose a layer is: whoever writes it has all of its ground in the scope."""

from typing import Final

from sqlalchemy import Connection

from gis.messages import Message
from service.accounts.db.accounts import Account
from service.errors import Problem
from service.layers.db.layers import Layer
from service.layers.db.reach import ground_in

OUTSIDE_SHARE: Final = 0.01
OUTSIDE_M2: Final = 100.0


def refuse_outside(
    connection: Connection, account: Account, layer: Layer | None, version_id: int | None = None
) -> None:
    """Refuse to write a layer of which more lies outside the writer's districts than they share.

    A layer has one role and one rule, and a file replaces it whole: who sees a part of it would
    free or refuse ground of others.

    Parameters
    ----------
    layer
        As it is now; None, or one without a version, has no ground.
    version_id
        The version to look at; the present one of the layer for None.

    Raises
    ------
    Problem
        422 ``outside_scope``: more than 1 % and more than 100 m².
    """
    if layer is None or account.counties is None:
        return
    version_id = layer.version_id if version_id is None else version_id
    if version_id is None:
        return
    ground = ground_in(connection, version_id, account.counties)
    outside_m2 = ground.whole_m2 - ground.inside_m2
    if outside_m2 > OUTSIDE_M2 and outside_m2 > OUTSIDE_SHARE * ground.whole_m2:
        share = outside_m2 / ground.whole_m2
        raise Problem(
            422,
            "outside_scope",
            Message(
                f"图层 {layer.label_zh}（{layer.code}）有 {share:.1%} 在您的管辖范围之外，"
                "修改或替换会影响别处；请由上级办理，或另建一个图层",
                f"{share:.1%} of layer {layer.label_en} ({layer.code}) lies outside your "
                "districts, and a change would hold there too: let the level above make it, or "
                "make a layer of your own",
            ),
        )
