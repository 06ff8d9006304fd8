"""Numbers that people send: never ``true`` or ``false``, which Python takes for 1 and 0."""

from pydantic import BeforeValidator

from gis.messages import Message
from service.errors import InvalidValueError

BOOLEAN = Message(
    "这里要填数字，收到的是 true 或 false，请改为数字",
    "a number belongs here, not true or false: send a number",
)


def refuse_boolean(value: object) -> object:
    """The value, when it is no boolean.

    Raises
    ------
    InvalidValueError
        It is ``True`` or ``False``.
    """
    if isinstance(value, bool):
        raise InvalidValueError(BOOLEAN)
    return value


NoBoolean = BeforeValidator(refuse_boolean)
