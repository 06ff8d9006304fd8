"""The patrol map: zones by duty, tracks for who may see them, findings."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import Connection

from gis.messages import Message
from maps import patrol_map
from maps.caption import ALL_DISTRICTS, Caption
from maps.composition import Bounds
from maps.page import Page
from maps.words import Pair
from service.accounts.db.accounts import Account
from service.codes.db.codes import codes
from service.districts.db.districts import shapes, tree
from service.errors import Problem
from service.patrol.duty.compliance import DutyQuery, read_duty
from service.patrol.duty.frames import zones_day, zones_frame
from service.patrol.findings.db.findings import FINDING
from service.patrol.findings.frames import findings_frame
from service.patrol.tracks.db.patrols import newest_patrol
from service.patrol.tracks.frames import tracks_frame
from service.patrol.zones.db.zones import sees_names
from service.registers.definitions import existing_register
from service.settings import PATROL_LIMIT
from service.web.periods import Period, periods_of
from service.web.row_limits import MapLimit
from service.web.timestamps import day_of, end_of, in_both_languages, now, today

LISTS = ("duty_state", "finding_kind", "zone_level")


@dataclass(frozen=True)
class PatrolMapQuestion:
    """What the map is to show; ``counties`` are those of ``district``, ``links`` lead to the same
    map of other periods. A map of more zones, tracks or findings than ``limit`` says so; ``notes``
    is said of the choice of the period.
    """

    period: Period
    district: str | None = None
    counties: tuple[str, ...] | None = None
    names: bool = False
    expires: date | None = None
    links: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    limit: int = PATROL_LIMIT
    notes: tuple[Pair, ...] = ()
    download: str = ""
    """Address of the same map as a file, for its button."""


def opening_period(
    connection: Connection, account: Account, counties: tuple[str, ...] | None = None
) -> tuple[Period, tuple[Pair, ...]]:
    """The default quarter of a map, and a note when it is not that of today.

    It is that of today, or the newest one with patrols when today's has none.
    """
    _month, quarter, _year = periods_of(today())
    newest = newest_patrol(connection, account, end_of(today()), counties)
    if newest is None:
        return quarter, ()
    _month, walked, _year = periods_of(day_of(newest))
    if walked == quarter:
        return quarter, ()
    note = (
        f"本季度（{quarter.name}）还没有巡护，打开的是最近有巡护的季度 {walked.name}",
        f"Nobody has walked in this quarter ({quarter.name}) yet: this is {walked.name}, the "
        "newest one with patrols",
    )
    return walked, (note,)


def patrol_page(connection: Connection, account: Account, question: PatrolMapQuestion) -> Page:
    """Draw the map; names enter it only when asked for by who may see them.

    Raises
    ------
    Problem
        403 when names are asked for by who sees none.
    """
    if question.names and not sees_names(account):
        raise Problem(
            403,
            "role_missing",
            Message(
                "人名只有核查员和管理员可见，请去掉 names",
                "names are for inspectors and administrators: leave `names` out",
            ),
        )
    counties = question.counties
    duty = read_duty(connection, account, DutyQuery(question.period, today(), counties))
    bound = MapLimit(question.limit)
    zones = zones_frame(connection, account, bound, duty, counties)
    tracks = tracks_frame(
        connection, account, bound, question.period, counties, names=question.names
    )
    findings = findings_frame(connection, account, bound, question.period, counties)
    if not question.names:
        zones[["chief", "ranger"]] = None
    districts = tree(connection)
    given = account.scope if question.district is None else (question.district,)
    known = [code for code in given if code in districts]
    names = [districts[code].name for code in known]
    caption = Caption(
        title=("巡林护林", "Forest patrols"),
        source="落图 Luotu",
        as_of=in_both_languages(now()),
        scope="、".join(names) or ALL_DISTRICTS,
        vintage=f"{zones_day(duty)}",
        expires=question.expires,
        download=question.download,
        invented=bool(len(zones)) and bool(zones["demo"].any()),
        marks=tuple(bound.marks),
    )
    return patrol_map.build(
        zones,
        tracks,
        findings,
        caption=caption,
        period=question.period.name,
        names=question.names,
        links=question.links,
        first_notes=question.notes,
        around=None if len(zones) else _bounds(connection, known),
        labels={
            name: {
                row["code"]: (row["label_zh"], row["label_en"]) for row in codes(connection, name)
            }
            for name in LISTS
        }
        | {"finding_state": _states(connection)},
    )


def _states(connection: Connection) -> dict[str, Pair]:
    states = existing_register(connection, FINDING).definition.states
    return {state.code: (state.label_zh, state.label_en) for state in states}


def _bounds(connection: Connection, codes: list[str]) -> Bounds | None:
    """West, south, east, north of some districts; None for none, and where no border is known."""
    outlines = shapes(connection, codes)
    if outlines.empty:
        return None
    west, south, east, north = (float(edge) for edge in outlines.total_bounds)
    return west, south, east, north
