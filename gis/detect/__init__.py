"""The coordinate detective: what coordinates are, with evidence, and never silently."""

from gis.detect.borders import ShiftRule
from gis.detect.detective import detect
from gis.detect.findings import Detection, Guess, Placement, ShiftFinding, place

__all__ = ["Detection", "Guess", "Placement", "ShiftFinding", "ShiftRule", "detect", "place"]
