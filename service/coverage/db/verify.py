"""Compares the stored coverage with a recomputed one, for ``luotu db verify``.

Every figure is recomputed by the same cells, shares of plots are added up to their own areas, and
once more without cells: the union of the plots within the uncut boundary. Read as the owner of the
database, each district in one snapshot.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from sqlalchemy import Connection, Engine, text

from gis.coverage import union_figures
from gis.messages import Language, Message
from gis.refusal import polygons
from gis.topology.bounds import outline_bounds_m2

# The same cells give the same areas, except for the order of summation.
TOLERANCE = 1e-9
# 10 cm²: another version of GEOS moves an area by a hundredth of that; PostGIS' rounding of
# geodesics, which the kernels of a rebuild do not do, by a tenth.
SLIGHT_M2 = 1e-3
# Each vertex that a cell's edge adds moves an area a little (an edge straight in degrees is no
# geodesic): of a county's total within 1e-6 or 1 m², and what the edges of its cut plots allow.
UNCUT_SHARE = 1e-6
UNCUT_M2 = 1.0


@dataclass(frozen=True)
class Fault:
    """One figure that is not what it should be; cell 0 speaks of the district."""

    code: str
    what: str
    cell: int
    group: str
    kept_m2: float | None
    found_m2: float | None

    def text(self, language: Language | None) -> str:
        """For a terminal."""
        stored, computed = (
            "—" if area_m2 is None else f"{area_m2:,.6f} m²"
            for area_m2 in (self.kept_m2, self.found_m2)
        )
        zh, en = (f" 切块 {self.cell}", f" cell {self.cell}") if self.cell else ("", "")
        return Message(
            f"{self.code}{zh} {self.what} {self.group}: 存 {stored}，算 {computed}",
            f"{self.code}{en} {self.what} {self.group}: kept {stored}, found {computed}",
        ).text(language)


_BOUNDARIES = text("""
SELECT b.id, b.code FROM district_boundary b
WHERE b.valid_to IS NULL AND EXISTS (SELECT 1 FROM district_cell c WHERE c.boundary_id = b.id)
ORDER BY b.code
""")
_FAULTS = text("SELECT * FROM coverage_faults(:boundary, :tolerance, :slight)")
_MARKED = text("""
SELECT count(*) FROM (
    SELECT boundary_id FROM coverage_dirty
    UNION ALL SELECT boundary_id FROM cells_on_layers(layers_due())
) marked WHERE boundary_id = :boundary
""")
_SHAPE = text("SELECT ST_AsBinary(geom) FROM district_boundary WHERE id = :boundary")
_PLOTS = text("""
SELECT ST_AsBinary(v.geom) AS shape, EXISTS (
    SELECT 1 FROM coverage_piece p
    WHERE p.plot_id = v.plot_id AND p.boundary_id = b.id AND NOT p.whole) AS cut,
    ST_AsBinary(ST_Difference(v.geom, refused.ground)) AS allowed
FROM (SELECT blocking_versions(NULL) AS ids OFFSET 0) blocking
CROSS JOIN plot_version v JOIN district_boundary b ON b.id = :boundary
CROSS JOIN LATERAL (
    SELECT refused_ground(v.geom, v.stage, v.kind, blocking.ids) AS ground OFFSET 0
) refused
WHERE v.slot = 'approved' AND v.stage IN ('planted', 'accepted', 'existing') AND v.geom && b.geom
""")
_STORED_SUMS = text("""
SELECT coalesce(sum(green_m2), 0) AS green_m2, coalesce(sum(sum_m2), 0) AS sum_m2,
       coalesce(sum(refused_m2), 0) AS refused_m2
FROM coverage_district WHERE boundary_id = :boundary AND grouping = 'all'
""")
_FORGET = text("SELECT forget_coverage(:boundary)")


def boundaries(owner: Engine) -> list[tuple[int, str]]:
    """Numbers and codes of the boundaries that have figures."""
    with owner.connect() as connection:
        return [(row.id, row.code) for row in connection.execute(_BOUNDARIES)]


def faults(owner: Engine, boundary: int, code: str) -> Iterator[Fault]:
    """Differences in the figures of one boundary; marked cells are no fault."""
    snapshot = owner.execution_options(isolation_level="REPEATABLE READ")
    with snapshot.connect() as connection:
        params = {"boundary": boundary, "tolerance": TOLERANCE, "slight": SLIGHT_M2}
        differing = [
            Fault(
                code,
                row.what,
                row.cell_id or 0,
                f"{row.groups} {row.grp}".strip(),
                row.kept_m2,
                row.found_m2,
            )
            for row in connection.execute(_FAULTS, params)
        ]
        yield from differing
        if not differing and not connection.scalar(_MARKED, {"boundary": boundary}):
            yield from _uncut(connection, boundary, code)


def _uncut(connection: Connection, boundary: int, code: str) -> Iterator[Fault]:
    params = {"boundary": boundary}
    stored = connection.execute(_STORED_SUMS, params).one()
    shape = shapely.from_wkb([bytes(connection.scalar(_SHAPE, params) or b"")])
    rows = connection.execute(_PLOTS, params).all()
    plots = shapely.from_wkb([bytes(row.shape) for row in rows])
    allowed = plots.copy()
    some = [n for n, row in enumerate(rows) if row.allowed is not None]
    allowed[some] = polygons(shapely.from_wkb([bytes(rows[n].allowed) for n in some]))
    group = np.zeros(len(plots), dtype=np.int64)
    uncut = union_figures(shape, plots, group, 1)
    ground_m2 = green_m2 = float(uncut.green_m2[0, 0])
    if some:
        green_m2 = float(union_figures(shape, allowed, group, 1).green_m2[0, 0])
    cut = np.array([row.cut for row in rows], dtype=np.bool_)
    cut[some] = True
    bound_m2 = _cut_bound_m2(plots[cut])
    for what, mine, theirs in (
        ("green", stored.green_m2, green_m2),
        ("refused", stored.refused_m2, ground_m2 - green_m2),
        ("sum", stored.sum_m2, float(uncut.sum_m2[0, 0])),
    ):
        if abs(mine - theirs) > max(UNCUT_M2, UNCUT_SHARE * theirs) + bound_m2:
            yield Fault(code, "uncut", 0, what, mine, theirs)


def _cut_bound_m2(plots: NDArray[np.object_]) -> float:
    """Most that cuts move the areas of these plots: by their own edges, and by those of cells."""
    return 2 * float(outline_bounds_m2(plots).sum())


def forget(owner: Engine, boundary: int) -> None:
    """Drop what is kept of a boundary and mark all its cells, as if it were new."""
    with owner.begin() as connection:
        connection.execute(_FORGET, {"boundary": boundary})
