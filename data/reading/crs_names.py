"""What a reader says of the reference system where the format names none."""

from __future__ import annotations

from typing import Final

__all__ = ["BY_NUMBERS"]

BY_NUMBERS: Final = "by numbers"
"""The numbers themselves must tell."""
