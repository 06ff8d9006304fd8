"""A plot on ground that counts already is told who holds it, since when and for which programme."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import NamedTuple

import shapely
from sqlalchemy import Connection

from gis.errors import GeometryError
from gis.messages import Message
from gis.verdicts import LIMITS
from gis.verdicts import Problem as Verdict
from gis.verdicts.problems import problem
from service.codes.db.codes import codes
from service.districts.db.districts import tree
from service.errors import Problem
from service.plots.db.credit import MAX_HOLDERS, Credit, TooManyHolders, credits_on
from service.plots.db.neighbours import Neighbour
from service.web.timestamps import day_of

__all__ = ["Ground", "credited_ground", "credited_grounds", "holder_in_words"]


class Ground(NamedTuple):
    """Ground of a plot of which is asked who holds it."""

    geometry: shapely.MultiPolygon
    """Valid, in degrees of CGCS2000."""
    besides: Collection[int]
    """Ids of the plot itself, of those that it replaces, and of holders that it has claimed."""
    around: Sequence[Neighbour]
    """All versions of plots that it meets."""


Held = tuple[Credit, Verdict]


def credited_ground(connection: Connection, ground: Ground) -> list[Held]:
    """Each holder of the ground with its verdict ``credited_ground``, largest area first.

    Raises
    ------
    Problem
        422 ``too_many_neighbours``: more plots hold the ground than are compared at once.
    """
    (answer,) = credited_grounds(connection, [ground])
    if isinstance(answer, Exception):
        raise answer
    return answer


def credited_grounds(
    connection: Connection, grounds: Sequence[Ground]
) -> list[list[Held] | Problem | GeometryError]:
    """What `credited_ground` answers for each, or raises."""
    of_grounds = credits_on(connection, [(ground.geometry, ground.around) for ground in grounds])
    programmes = programme_labels(connection) if any(of_grounds) else {}
    answers: list[list[Held] | Problem | GeometryError] = []
    for ground, credit in zip(grounds, of_grounds, strict=True):
        if isinstance(credit, TooManyHolders):
            answers.append(_too_many())
        elif isinstance(credit, GeometryError):
            answers.append(credit)
        else:
            answers.append(list(_held(connection, credit, ground.besides, programmes)))
    return answers


def _held(
    connection: Connection,
    holders: Sequence[Credit],
    besides: Collection[int],
    programmes: Mapping[str, Message],
) -> Iterator[Held]:
    held: dict[int | str, Credit] = {}
    for row in holders:
        if row.plot_id in besides:
            continue
        key = row.district if row.plot_id is None else row.plot_id
        before = held.get(key)
        total = row.area_m2 + (before.area_m2 if before else 0.0)
        held[key] = (before or row)._replace(area_m2=total)
    for row in sorted(held.values(), key=lambda row: -row.area_m2):
        if row.area_m2 <= LIMITS.overlap_m2:
            continue
        name = holder_in_words(connection, row, programmes)
        at = None if row.lon is None or row.lat is None else (row.lon, row.lat)
        message = Message(
            f"有 {row.area_m2:.2f} m² 已由{name.zh}计入，同一块地只计一次，不会再增加面积："
            "请避让，或保存后在台账中登记为补植、更新，有异议则提出异议。",
            f"{row.area_m2:.2f} m² count for {name.en} already; ground counts once, so they add "
            "nothing: keep off, or save and claim them as replanting or renewal, or dispute them.",
        )
        yield row, problem("credited_ground", message, at=at, area_m2=row.area_m2)


def _too_many() -> Problem:
    return Problem(
        422,
        "too_many_neighbours",
        Message(
            f"图形下已计入的图斑超过 {MAX_HOLDERS} 个，无法逐一核对，请画得小一些",
            f"more than {MAX_HOLDERS} plots count under the shape: draw it smaller",
        ),
        errors=[{"field": "geometry", "code": "too_many_neighbours"}],
    )


def programme_labels(connection: Connection) -> dict[str, Message]:
    """The labels of programmes by their codes."""
    return {
        entry["code"]: Message(entry["label_zh"], entry["label_en"])
        for entry in codes(connection, "programme")
    }


def holder_in_words(
    connection: Connection, row: Credit, programmes: Mapping[str, Message] | None = None
) -> Message:
    """The holder by number, year, programme and day; one beyond the scope by its county only."""
    if row.plot_id is None:
        name = tree(connection)[row.district].name
        return Message(f"{name}的图斑", f"a plot of {name}")
    if row.programme is None:
        programme = Message("无工程", "no programme")
    else:
        labels = programme_labels(connection) if programmes is None else programmes
        programme = labels.get(row.programme, Message(row.programme, row.programme))
    day = "" if row.since is None else day_of(row.since).isoformat()
    return Message(
        f" {row.year} 年图斑 {row.plot_no}（{programme.zh}，自 {day}）",
        f"plot {row.plot_no} of {row.year} ({programme.en}, since {day})",
    )
