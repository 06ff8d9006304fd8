"""Errors of geometry: one exception with a stable code for each reason."""

from __future__ import annotations

from typing import TypeAlias

from gis.messages import Message, MessageError

Position: TypeAlias = tuple[float, float]


class GeometryError(MessageError, ValueError):
    """Refused geometry: no figure is given rather than a wrong one.

    Parameters
    ----------
    message
        In both languages; says what to do next.
    code
        Stable and snake_case: programs and translations depend on it, never on the message.
    at
        ``(longitude, latitude)`` of the fault in degrees, or None where it has no single place.

    Examples
    --------
    >>> fault = GeometryError(
    ...     Message("坐标重复。", "Repeated."), code="repeated", at=(126.0, 43.8)
    ... )
    >>> fault.code, fault.at
    ('repeated', (126.0, 43.8))
    """

    def __init__(self, message: Message, *, code: str, at: Position | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.at = at

    def __reduce__(self) -> tuple[object, ...]:
        """Keep all fields when pickled: files are opened in a child process."""
        return _rebuilt, (type(self), self.message, self.code, self.at)


class NotPolygonError(GeometryError):
    """The geometry is missing, or has no ground: a point, a line, a mixed collection."""


class OutOfRangeError(GeometryError):
    """A position is not on the globe, not a number, or the shape spans half of it."""


class InvalidShapeError(GeometryError):
    """Rings cross or lie where they must not, so that no area is defined."""


class ReferenceSystemError(GeometryError):
    """A reference system is unknown, or is not the one that the call needs."""


def _rebuilt(
    kind: type[GeometryError], message: Message, code: str, at: Position | None
) -> GeometryError:
    return kind(message, code=code, at=at)
