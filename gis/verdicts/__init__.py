"""Verdicts: everything that can be wrong with a plot, in words and with its place."""

from gis.verdicts.among import SharedGround, counted_twice_m2, overlaps_among
from gis.verdicts.check import check, check_geojson, check_many
from gis.verdicts.ground import ControlLine, Surroundings
from gis.verdicts.limits import LIMITS, Limits
from gis.verdicts.problems import PROBLEMS, Problem, ProblemKind, Severity, problem_codes

__all__ = [
    "LIMITS",
    "PROBLEMS",
    "ControlLine",
    "Limits",
    "Problem",
    "ProblemKind",
    "Severity",
    "SharedGround",
    "Surroundings",
    "check",
    "check_geojson",
    "check_many",
    "counted_twice_m2",
    "overlaps_among",
    "problem_codes",
]
