"""States of a register as a query names them."""

from collections.abc import Sequence

from gis.messages import Message
from service.registers.definition import Definition
from service.web.deps import bad_query


def defined_states(definition: Definition, asked: Sequence[str] | None) -> list[str] | None:
    """The states that a query asks for, as the register spells them; None asks for all.

    They are taken in any case, like other words of a query.

    Raises
    ------
    Problem
        422 ``unknown_state``: the register has no such state.
    """
    if asked is None:
        return None
    spelling = {state.lower(): state for state in definition.state}
    for state in asked:
        if state.lower() not in spelling:
            known = list(definition.state)
            words = Message(
                f"没有状态 {state}，可用：{'、'.join(known)}",
                f"there is no state {state}: there are {', '.join(known)}",
            )
            raise bad_query("state", words, "unknown_state")
    return [spelling[state.lower()] for state in asked]
