"""What can stop a map from being drawn, each with a stable ``code``."""

from gis.messages import Message, MessageError


class MapError(MessageError, ValueError):
    """A map that cannot be drawn as asked; the text says what to do next.

    Parameters
    ----------
    code
        Stable, snake_case; what a program may look at.
    message
        One sentence, in both languages.
    """

    def __init__(self, code: str, message: Message) -> None:
        super().__init__(message)
        self.code = code
