"""The coordinate detective: what coordinates are, with evidence, and never silently."""

from gis.detect.borders import ShiftRule
from gis.detect.converted import detect_converted
from gis.detect.detective import detect, detect_sampled, sample_of
from gis.detect.findings import Detection, Guess, Placement, ShiftFinding, ShiftName, place
from gis.detect.readings import readings

__all__ = [
    "Detection",
    "Guess",
    "Placement",
    "ShiftFinding",
    "ShiftName",
    "ShiftRule",
    "detect",
    "detect_converted",
    "detect_sampled",
    "place",
    "readings",
    "sample_of",
]
