"""What a sender says of a file: which layer, which reference system, which column is which."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

__all__ = ["Wishes"]


@dataclass(frozen=True)
class Wishes:
    """Settings of an import; None and empty are found out from the file."""

    layer: str | None = None
    crs: str | None = None
    encoding: str | None = None
    fields: Mapping[str, str] = field(default_factory=dict)
    """Property, or official field, to the file's column."""
    ignore: tuple[str, ...] = ()
    """Columns that are not read."""
    defaults: Mapping[str, Any] = field(default_factory=dict)
    """Property to the value of rows that have none."""
    months: str | None = None
    """``note``: a planting time that is a month only goes into the note; else it is a fault."""

    def as_json(self) -> dict[str, Any]:
        """As they are kept with the import."""
        plain = asdict(self)
        defaults = plain.pop("defaults")
        return {**plain, "ignore": list(self.ignore), "set": defaults}

    @classmethod
    def of(cls, stored: Mapping[str, Any]) -> "Wishes":
        """The wishes that were kept."""
        values = dict(stored)
        defaults = values.pop("set", {})
        return cls(**{**values, "ignore": tuple(values.get("ignore", ()))}, defaults=defaults)
