"""New shapes from old ones: split, merge, clip, subtract, snap; and error bounds of their areas."""

from gis.topology.bounds import cut_bound_m2, cut_edges, edge_bound_m2, outline_bounds_m2
from gis.topology.overlay import clip, merge, split, subtract
from gis.topology.snapping import snap

__all__ = [
    "clip",
    "cut_bound_m2",
    "cut_edges",
    "edge_bound_m2",
    "merge",
    "outline_bounds_m2",
    "snap",
    "split",
    "subtract",
]
