"""New shapes out of old ones, and whether shapes meet: split, merge, clip, snap, seams."""

from gis.topology.bounds import cut_bound_m2, cut_edges, edge_bound_m2
from gis.topology.overlay import clip, merge, split, subtract
from gis.topology.seams import LooseEdge, Seams, seams
from gis.topology.snapping import snap

__all__ = [
    "LooseEdge",
    "Seams",
    "clip",
    "cut_bound_m2",
    "cut_edges",
    "edge_bound_m2",
    "merge",
    "seams",
    "snap",
    "split",
    "subtract",
]
