"""What can stop a map from being drawn, each with a stable ``code``."""


class MapError(ValueError):
    """A map that cannot be drawn as asked; the text says what to do next.

    Parameters
    ----------
    code
        Stable, snake_case; what a program may look at.
    message
        One sentence in Chinese, then in English.
    """

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
