"""Ground of a hand-in that was handed in before, or that a neighbour has as well."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any, Final

from sqlalchemy import Connection

from gis.errors import GeometryError
from gis.messages import Message
from gis.shared_area import refuse_costly_cut
from gis.verdicts.ground import common_ground
from gis.verdicts.limits import LIMITS
from service.accounts.db.accounts import Account
from service.handins.faults import DONE, OVERLAP_M2, Fault
from service.plots.db.credit import claimed_plot_ids
from service.plots.db.neighbours import Neighbour, TooManyNeighbours
from service.plots.db.row_neighbours import neighbours_of_rows

__all__ = ["shared_with_others"]

MOST_NEIGHBOURS: Final = 1_000


def shared_with_others(
    connection: Connection, account: Account, rows: Sequence[Mapping[str, Any]], shapes: list[Any]
) -> Iterator[Fault]:
    """Faults of planted plots on ground of approved ones that are not in the hand-in.

    Plots of other years block, unless a claim (补植, 更新) says that they share the ground; those
    of a neighbouring county are asked about, for only their county can mend them.

    Parameters
    ----------
    rows
        ``id``, ``plot_no`` and ``stage`` of each plot.
    shapes
        Their shapes, in degrees of CGCS2000.
    """
    own = {int(row["id"]) for row in rows}
    done = [n for n, row in enumerate(rows) if row["stage"] in DONE]
    ground = [shapes[n] for n in done]
    found = neighbours_of_rows(connection, account, ground, max_own=MOST_NEIGHBOURS)
    for n, around in zip(done, found, strict=True):
        row, shape = rows[n], shapes[n]
        if isinstance(around, TooManyNeighbours | GeometryError):
            yield _unchecked(row)
            continue
        others = [plot for plot in around if _is_other(plot, own)]
        if not others:
            continue
        try:
            refuse_costly_cut(shape, [plot.geometry for plot in others])
        except GeometryError:
            yield _unchecked(row)
            continue
        yield from _faults(row, shape, others, claimed_plot_ids(connection, int(row["id"])))


def _is_other(plot: Neighbour, own: Collection[int]) -> bool:
    return plot.slot == "approved" and plot.stage in DONE and plot.plot_id not in own


def _faults(
    row: Mapping[str, Any], shape: Any, others: Sequence[Neighbour], claimed: Collection[int]
) -> Iterator[Fault]:
    plot_id, plot_no = int(row["id"]), row["plot_no"]
    for other in others:
        shared = common_ground(shape, other.geometry, LIMITS)
        if shared is None or shared.area_m2 <= OVERLAP_M2 or other.plot_id in claimed:
            continue
        area = f"{shared.area_m2:.2f} m²"
        if other.plot_id is None:
            words = Message(
                f"与邻县 {other.district} 的图斑重叠 {area}，请与对方核对界线",
                f"shares {area} with a plot of {other.district}: settle the border with them",
            )
            yield Fault("overlap_neighbour", "warn", words, plot_id, shared.at, plot_no)
            continue
        named = f"{other.year} 年图斑 {other.plot_no}（{other.district}）"
        words = Message(
            f"与{named}重叠 {area}：同一块地不能上报两次；确为补植、更新的请先声明",
            f"shares {area} with plot {other.plot_no} of {other.year} ({other.district}): ground "
            "is handed in once; claim it where it was replanted or renewed",
        )
        yield Fault("overlap_other_year", "block", words, plot_id, shared.at, plot_no)


def _unchecked(row: Mapping[str, Any]) -> Fault:
    words = Message(
        "周围图斑过多或过于复杂，未核对与其他年度的重叠",
        "there are too many plots around it, or too intricate ones: not compared with other years",
    )
    return Fault("overlap_not_checked", "warn", words, int(row["id"]), None, row["plot_no"])
