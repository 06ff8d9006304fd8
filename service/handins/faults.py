"""What a province would refuse in a hand-in, or ask about: one fault with its plot and place."""

from collections import Counter
from dataclasses import dataclass
from typing import Final, Literal

from gis.messages import Message

__all__ = ["DONE", "OVERLAP_M2", "Fault", "Severity", "counted"]

Severity = Literal["block", "warn", "info"]

DONE: Final = ("planted", "accepted")
OVERLAP_M2: Final = 1.0


@dataclass(frozen=True)
class Fault:
    """One thing that a province would refuse or ask about; ``at`` is a longitude and latitude."""

    code: str
    severity: Severity
    message: Message
    plot_id: int | None = None
    at: tuple[float, float] | None = None
    plot_no: str | None = None


def counted(faults: list[Fault]) -> Counter[Severity]:
    """How many faults there are of each severity."""
    return Counter(fault.severity for fault in faults)
