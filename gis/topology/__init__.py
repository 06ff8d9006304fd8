"""New shapes out of old ones, and whether shapes meet: split, merge, clip, snap."""

from gis.topology.bounds import cut_bound_m2, cut_edges, edge_bound_m2
from gis.topology.coverage_validity import CoverageValidity, LooseEdge, coverage_validity
from gis.topology.overlay import clip, merge, split, subtract
from gis.topology.snapping import snap

__all__ = [
    "CoverageValidity",
    "LooseEdge",
    "clip",
    "coverage_validity",
    "cut_bound_m2",
    "cut_edges",
    "edge_bound_m2",
    "merge",
    "snap",
    "split",
    "subtract",
]
