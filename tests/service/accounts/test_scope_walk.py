"""Every route of the OpenAPI document, walked by every role of one county with another's ground.

A new route needs a line in ``RULES``: how its own ground is asked for, and how foreign ground.
"""

import io
import json
import zipfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import httpx
import pytest
from shapely import LineString, Point
from sqlalchemy import Connection, text

from gis.polygons import from_geojson
from service.accounts.db.accounts import ROLES, Account, Role, account_id
from service.app import create_app
from service.bulletins.db.bulletins import insert_bulletin
from service.database.engine import sqlalchemy_url
from service.ledger.db.claims import add_claim
from service.patrol.findings.edit import report
from service.patrol.findings.schemas import FindingFeature
from service.patrol.tracks.evaluate import RecordedTrack
from service.patrol.tracks.store import StoredPatrol, store_tracks
from service.patrol.zones.db.edit import NewZone, insert_zone
from service.plans.plans import create_plan
from service.plans.reported import report_figure, submit_figure
from service.plans.targets import TargetEdit, create_target
from service.plans.verbs import issue
from service.plots.comments import comment as say
from service.plots.db.insert import NewPlot, insert_plots
from service.registers.edit import NewRecord
from service.registers.edit import create as create_record
from service.registers.office import office
from service.settings import Settings
from service.units.posts import add_posts
from tests.service.conftest import CITY, EAST, WEST, Broom, Database, Server, feature, ring

# Later than everything that is written here: what stands, read from the history.
AS_OF = {"as_of": f"{datetime.now(UTC) + timedelta(hours=12):%Y-%m-%dT%H:%M:%SZ}"}
OWN, FOREIGN = "本地的", "异乡的"
DEPARTMENT = "LYJ"
REGISTER = "fire_station"
# Both counties lie in it, and their plots are large enough to be drawn one by one.
TILE = {"grid": "WebMercatorQuad", "z": 11, "row": 752, "col": 1735}
WEST_BOX, EAST_BOX = "125.0,43.0,125.099,43.1", "125.101,43.0,125.2,43.1"


@dataclass(frozen=True)
class Side:
    """One county's plots by their review, and where it lies."""

    county: str
    box: str
    plots: dict[str, int]
    ring: dict[str, Any]
    zone: int
    patrol: int
    finding: int
    claim: int
    post: int
    record: int
    comment: int
    target: int
    reported: int
    bulletin: int


@dataclass(frozen=True)
class World:
    """Two counties with the same plots in each; everybody who asks belongs to the western one."""

    own: Side
    foreign: Side
    clients: Mapping[Role, httpx.Client]
    department: Mapping[Role, httpx.Client]
    """Accounts of the unit that all plots of the western county name, without a district."""


def made(database: Database, county: str, box: str, west: float, words: str) -> Side:
    """Plots of a county in each state of the review, their texts marked."""
    reviews = ("approved", "draft", "submitted", "returned")
    with database.service.begin() as connection:
        number = account_id(connection, "maker")
        assert number is not None
        maker = Account(number, "maker", "admin", (), None)
        new = [
            NewPlot(
                geometry=from_geojson(ring(west, 43.05 + 0.004 * n)),
                district=county,
                attributes={
                    "stage": "planted",
                    "kind": "RGZL",
                    "year": 2026,
                    "name": words,
                    "plot_no": f"{words}{n}",
                    "note": words,
                    "unit": DEPARTMENT if words == OWN else None,
                },
                review=review,
                return_reason=words if review == "returned" else None,
            )
            for n, review in enumerate(reviews)
        ]
        ids = insert_plots(connection, maker, new)
        zone = insert_zone(connection, maker, zone_of(county, west, words))
        (patrol,) = store_tracks(connection, maker, [walk_of(west, words)], fix_limit=100)
        assert isinstance(patrol, StoredPatrol)
        finding = report(connection, maker, finding_of(west, words))
        sides = {"plot_id": ids[1], "holder_id": ids[0], "district": county, "why": words}
        claim = add_claim(connection, maker, {**sides, "claimed_as": "renewal", "area_m2": 1.0})
        (post,) = add_posts(connection, maker, [{"zone": words, "function": words}])
        station = NewRecord({"name": words}, "point", Point(west, 43.06))
        record = create_record(office(connection, maker, REGISTER), station)
        comment = say(connection, maker, ids[2], words, (west, 43.05))
        target, figure = tasks_of(connection, maker, county, words)
        bulletin = bulletin_of(connection, maker, county, words)
    plots = dict(zip(reviews, ids, strict=True))
    shape = ring(west, 43.08)
    rows = (zone, patrol.patrol_id, finding, claim, post, record, comment, target, figure, bulletin)
    return Side(county, box, plots, shape, *rows)


def tasks_of(connection: Connection, maker: Account, county: str, words: str) -> tuple[int, int]:
    """A plan of the county with an issued target of its unit, and a figure under review."""
    dates = {"first": date(2026, 1, 1), "after": date(2027, 1, 1)}
    given = {"label": words, "kind": "year", "counts_by": "task_year", "district": county}
    create_plan(connection, maker, f"P-{county}", {**given, **dates})
    asked = {"indicator": "reported.greening", "district": county, "measured_in": "万亩"}
    units = [DEPARTMENT] if words == OWN else []
    said = {**asked, "lower": Decimal(5), "clause": words, "with_units": units}
    target = create_target(connection, maker, f"P-{county}", said)
    issue(TargetEdit(connection, maker, target))
    done = {"target": target, "on_day": date(2026, 6, 30), "value": Decimal(3), "note": words}
    done |= {"source": words}
    figure = report_figure(connection, maker, {**done, "measured_in": "万亩"})
    submit_figure(connection, maker, figure, None)
    return target, figure


def bulletin_of(connection: Connection, maker: Account, county: str, words: str) -> int:
    """A bulletin of the county, its title marked."""
    plan = {"code": f"P-{county}", "label": words, "first": "2026-01-01", "after": "2027-01-01"}
    moment = datetime(2026, 7, 1, tzinfo=UTC)
    content = {"plan": plan, "as_of": moment.isoformat(), "since": None, "invented": False}
    values = {"plan": f"P-{county}", "number": 1, "title": words, "as_of": moment}
    values |= {"content": {**content, "rows": [], "moves": []}, "sha256": "0" * 64}
    return insert_bulletin(connection, replace(maker, counties=(county,)), values)


def walk_of(west: float, words: str) -> RecordedTrack:
    """Two minutes in the zone by its ranger."""
    line = LineString([(west, 43.06), (west + 0.001, 43.06)])
    times = [datetime(2026, 7, 6, 8, minute, tzinfo=UTC) for minute in (0, 2)]
    return RecordedTrack(line, times, words, words, words)


def finding_of(west: float, words: str) -> FindingFeature:
    """Something found in the zone."""
    said = {"kind": "QT", "note": words, "found_at": "2026-07-06T08:00:00Z"}
    place = {"type": "Point", "coordinates": [west, 43.06]}
    return FindingFeature.model_validate({"type": "Feature", "geometry": place, "properties": said})


def zone_of(county: str, west: float, words: str) -> NewZone:
    """A town zone around a county's plots, its texts marked."""
    attributes = dict.fromkeys(("name", "chief", "chief_title", "ranger", "office"), words)
    attributes_of_zone = {"code": words, "level": "town", "parent": None, "board": words}
    dates = {"valid_from": date(2026, 1, 1), "valid_to": None}
    shape = from_geojson(ring(west - 0.01, 43.04, 0.03, 0.05))
    return NewZone(shape, county, (county,), {**attributes, **attributes_of_zone, **dates})


def made_anew(server: Server, database: Database) -> World:
    """Both counties, and a signed-in client of each role of the western one."""
    database.account("maker", "admin")
    with database.service.begin() as connection:
        connection.execute(
            text("INSERT INTO unit (code, name, kind) VALUES (:code, '林业局', 'bureau')"),
            {"code": DEPARTMENT},
        )
    own = made(database, WEST, WEST_BOX, 125.05, OWN)
    foreign = made(database, EAST, EAST_BOX, 125.15, FOREIGN)
    clients = {role: server.client(database.account(role, role, WEST)) for role in ROLES}
    department = {
        role: server.client(database.account(f"{role}-of-unit", role, units=[DEPARTMENT]))
        for role in ROLES
    }
    return World(own, foreign, clients, department)


class Standing:
    """The world for as long as nobody changed it: it is only looked at by most who come."""

    def __init__(self, server: Server, database: Database, broom: Broom) -> None:
        self._server, self._database, self._broom = server, database, broom
        self._world: World | None = None
        self._swept = 0
        self._changed = False

    def world(self) -> World:
        """The world of the one before, or a new one where it fell."""
        if self._world is None or self._swept != self._broom.swept:
            self.fall()
            self._broom.sweep()
            self._world = made_anew(self._server, self._database)
            self._swept = self._broom.swept
            for clients in (self._world.clients, self._world.department):
                for client in clients.values():
                    client.event_hooks = {"response": [self._note]}
        return self._world

    def _note(self, answer: httpx.Response) -> None:
        self._changed |= answer.request.method != "GET" and not answer.is_error

    @contextmanager
    def refusing(self) -> Iterator[World]:
        """The world for who should be refused everything; it falls where that did not hold."""
        try:
            yield self.world()
        except BaseException:
            self.fall()
            raise

    def fall_if_changed(self) -> None:
        """Let the next have a new one, unless whoever asked for a change was refused it."""
        if self._changed:
            self.fall()

    def fall(self) -> None:
        """Let the next have a new one."""
        self._changed = False
        if self._world is not None:
            for clients in (self._world.clients, self._world.department):
                for client in clients.values():
                    client.close()
        self._world = None


@pytest.fixture(scope="module")
def standing(service: Server, shared: Database, broom: Broom) -> Iterator[Standing]:
    """What the tests of this file look at."""
    standing = Standing(service, shared, broom)
    yield standing
    standing.fall()


@pytest.fixture
def world(standing: Standing, request: pytest.FixtureRequest) -> Iterator[World]:
    """Two counties; after a route that changed something they are made anew."""
    yield standing.world()
    if not request.node.funcargs.get("route", "GET ").startswith("GET "):
        standing.fall_if_changed()


Body = Callable[[Side], Any]


@dataclass(frozen=True)
class Rule:
    """How a route is asked, and who may.

    ``plot``: review of the plot whose number stands in the address. ``row``: another row's number
    stands there. ``query``: forms of the answer.
    ``by``: how a side's ground is asked for. ``body``: sent as JSON. ``shows``: the answer names
    own ground. ``refused``: what foreign ground is answered with, to who holds one of ``roles``.
    ``once``: the first who may takes the row away.
    """

    plot: str | None = None
    row: bool = False
    query: tuple[dict[str, str], ...] = ({},)
    by: Callable[[Side], list[dict[str, str]]] = lambda _side: []
    body: Body | None = None
    roles: tuple[Role, ...] = ROLES
    shows: bool = False
    refused: tuple[int, ...] = (404,)
    headers: dict[str, str] = field(default_factory=dict)
    once: bool = False


def places(side: Side) -> list[dict[str, str]]:
    """The ground of a side, as a district and as a box."""
    return [{"district": side.county}, {"bbox": side.box}]


def drawn(side: Side) -> dict[str, Any]:
    """A new plot on the side's ground."""
    return feature(side.ring)


def looked_at(side: Side) -> dict[str, Any]:
    """A drawing that is only looked at."""
    return {"type": "Feature", "geometry": side.ring, "properties": {}}


def marker(side: Side) -> str:
    """What the texts of a side's plots say."""
    return OWN if side.county == WEST else FOREIGN


def cut(side: Side) -> dict[str, Any]:
    """A line across the draft of a side."""
    (west, south), _, (east, north) = side.ring["coordinates"][0][:3]
    lon = (west + east) / 2
    return {"line": {"type": "LineString", "coordinates": [[lon, south - 1], [lon, north + 1]]}}


def two(side: Side) -> dict[str, Any]:
    """Two plots of a side; the approved one outlives the merge, for the next who asks."""
    return {"ids": [side.plots["draft"], side.plots["approved"]]}


def zone_drawn(side: Side) -> dict[str, Any]:
    """A village zone on the side's ground."""
    given = {"code": "new", "name": "新", "level": "village"}
    return {"type": "Feature", "geometry": side.ring, "properties": given}


def walked(side: Side) -> dict[str, Any]:
    """A track on the side's ground."""
    line = {"type": "LineString", "coordinates": side.ring["coordinates"][0]}
    return {"type": "Feature", "geometry": line, "properties": {}}


def finding_on(side: Side) -> dict[str, Any]:
    """A finding on the side's ground."""
    place = {"type": "Point", "coordinates": side.ring["coordinates"][0][0]}
    return {"type": "Feature", "geometry": place, "properties": {"kind": "QT"}}


def station_on(side: Side) -> dict[str, Any]:
    """A fire check station on the side's ground."""
    place = {"type": "Point", "coordinates": side.ring["coordinates"][0][0]}
    return {"type": "Feature", "geometry": place, "properties": {"name": "站"}}


def post_of(side: Side) -> dict[str, Any]:
    """A post of a side's zone."""
    return {"zone": marker(side), "function": "护林员"}


def plan_of(side: Side) -> dict[str, Any]:
    """A new plan of a side; of its code there is one, so that it is asked for often."""
    given = {"code": f"P-{side.county}", "label": "计划", "district": side.county}
    return {**given, "first": "2026-01-01", "after": "2027-01-01"}


def plan_changed(side: Side) -> dict[str, Any]:
    """A plan of a side with other words."""
    return {name: value for name, value in plan_of(side).items() if name != "code"}


def target_of(side: Side) -> dict[str, Any]:
    """A target in a cell that is taken."""
    asked = {"indicator": "reported.greening", "district": side.county}
    return {**asked, "lower": 5, "measured_in": "万亩"}


def figure_of(side: Side) -> dict[str, Any]:
    """A figure on a side's target."""
    return {"target": side.target, "on_day": "2026-06-30", "value": 3, "measured_in": "万亩"}


def because(_side: Side) -> dict[str, Any]:
    """A reason."""
    return {"reason": "x"}


NOTHING_OF_PLOTS = Rule()
GIS: tuple[Role, ...] = ("gis", "admin")
PLANNERS: tuple[Role, ...] = ("planner", "gis", "admin")
INSPECTORS: tuple[Role, ...] = ("inspector", "admin")
REVIEWERS: tuple[Role, ...] = ("planner", "gis", "inspector", "admin")

RULES: dict[str, Rule] = {
    "GET /healthz": NOTHING_OF_PLOTS,
    "GET /readyz": NOTHING_OF_PLOTS,
    "GET /metrics": Rule(roles=("admin",)),
    "GET /api/server": Rule(roles=("admin",)),
    "POST /api/session": NOTHING_OF_PLOTS,
    "DELETE /api/session": NOTHING_OF_PLOTS,
    "GET /api/me": NOTHING_OF_PLOTS,
    "PUT /api/me/password": NOTHING_OF_PLOTS,
    "GET /api/me/tokens": NOTHING_OF_PLOTS,
    "DELETE /api/me/tokens/{number}": NOTHING_OF_PLOTS,
    "GET /api/codes": NOTHING_OF_PLOTS,
    "GET /api/codes/{name}": NOTHING_OF_PLOTS,
    "GET /api/codes/{name}/{code}": NOTHING_OF_PLOTS,
    "PUT /api/codes/{name}/{code}": NOTHING_OF_PLOTS,
    "DELETE /api/codes/{name}/{code}": NOTHING_OF_PLOTS,
    "GET /api/units": NOTHING_OF_PLOTS,
    "PUT /api/units/{code}": NOTHING_OF_PLOTS,
    "DELETE /api/units/{code}": NOTHING_OF_PLOTS,
    "GET /api/units/{code}/members": NOTHING_OF_PLOTS,
    "PUT /api/units/{code}/members": NOTHING_OF_PLOTS,
    # Who sees which post and its people: see test_posts.
    "GET /api/posts": Rule(shows=True),
    "POST /api/posts": Rule(body=post_of, roles=("admin",), refused=(422,)),
    "PUT /api/posts/{post_id}": Rule(row=True, body=post_of, roles=("admin",)),
    "DELETE /api/posts/{post_id}": Rule(row=True, roles=("admin",), once=True),
    "GET /api/registers": NOTHING_OF_PLOTS,
    "POST /api/registers": NOTHING_OF_PLOTS,
    "DELETE /api/registers/{register}": NOTHING_OF_PLOTS,
    "GET /api/registers/{register}/definition": NOTHING_OF_PLOTS,
    "PUT /api/registers/{register}/definition": NOTHING_OF_PLOTS,
    "GET /api/registers/{register}": Rule(by=places, shows=True),
    "POST /api/registers/{register}": Rule(body=station_on, roles=REVIEWERS, refused=(422,)),
    "POST /api/registers/{register}/files": NOTHING_OF_PLOTS,
    "GET /api/registers/{register}/{record_id}": Rule(row=True, shows=True),
    "GET /api/registers/{register}/{record_id}/versions": Rule(row=True, shows=True),
    "PUT /api/registers/{register}/{record_id}": Rule(
        row=True, body=station_on, roles=REVIEWERS, headers={"If-Match": '"1"'}
    ),
    "PATCH /api/registers/{register}/{record_id}": Rule(
        row=True,
        body=lambda _side: {"properties": {"note": "改"}},
        roles=REVIEWERS,
        headers={"If-Match": '"1"'},
    ),
    # Of a version that nobody saw, so that it outlives the first who may.
    "DELETE /api/registers/{register}/{record_id}": Rule(
        row=True, roles=REVIEWERS, headers={"If-Match": '"9"'}
    ),
    "POST /api/registers/{register}/{record_id}/steps": Rule(
        row=True,
        body=lambda _side: {"state": "building"},
        roles=REVIEWERS,
        headers={"If-Match": '"9"'},
    ),
    "POST /api/registers/{register}/{record_id}/links": Rule(
        row=True,
        body=lambda side: {"plot": side.plots["draft"]},
        roles=REVIEWERS,
        headers={"If-Match": '"9"'},
    ),
    "DELETE /api/registers/{register}/{record_id}/links/{link_id}": Rule(
        row=True, roles=REVIEWERS, headers={"If-Match": '"9"'}
    ),
    # An account of a unit sees the plans in which it has targets.
    "GET /api/plans": Rule(shows=True),
    "POST /api/plans": Rule(body=plan_of, roles=GIS, refused=(422,)),
    "GET /api/plans/{plan}": Rule(row=True, shows=True),
    "PUT /api/plans/{plan}": Rule(row=True, body=plan_changed, roles=GIS),
    # It has targets, so it outlives who asks.
    "DELETE /api/plans/{plan}": Rule(row=True, roles=GIS),
    "POST /api/plans/{plan}/issue": Rule(row=True, roles=GIS),
    "POST /api/plans/{plan}/close": Rule(row=True, roles=GIS),
    "POST /api/plans/{plan}/reopen": Rule(row=True, roles=GIS),
    "GET /api/plans/{plan}/targets": Rule(
        row=True, query=({}, {"format": "xlsx"}, {"format": "xlsx", "layout": "matrix"})
    ),
    # Whose cells a file may write: see test_task_files.
    "POST /api/plans/{plan}/targets/files": NOTHING_OF_PLOTS,
    "POST /api/plans/{plan}/targets": Rule(row=True, body=target_of, roles=GIS),
    "GET /api/targets/{target_id}": Rule(row=True, shows=True),
    "GET /api/targets/{target_id}/changes": Rule(row=True, shows=True),
    "PATCH /api/targets/{target_id}": Rule(row=True, body=lambda _side: {"lower": 4}, roles=GIS),
    "DELETE /api/targets/{target_id}": Rule(row=True, roles=GIS),
    "POST /api/targets/{target_id}/issue": Rule(row=True, roles=GIS),
    "POST /api/targets/{target_id}/accept": Rule(row=True, roles=REVIEWERS),
    "POST /api/targets/{target_id}/revise": Rule(
        row=True, body=lambda _side: {"lower": 5, "reason": "x"}, roles=GIS
    ),
    "POST /api/targets/{target_id}/withdraw": Rule(row=True, body=because, roles=GIS),
    "GET /api/progress": Rule(query=({}, {"format": "csv"}, {"format": "xlsx"}), shows=True),
    "GET /api/progress/{target_id}/plots": Rule(row=True),
    "GET /api/progress/{target_id}/records": Rule(row=True),
    "GET /api/progress/{target_id}/moves": Rule(row=True, query=({"since": "2026-07-01"},)),
    "GET /api/schemes/{plan}/scores": Rule(row=True, shows=True),
    "GET /api/bulletins": Rule(shows=True),
    "POST /api/bulletins": Rule(body=lambda side: {"plan": f"P-{side.county}"}, roles=GIS),
    "GET /api/bulletins/{bulletin_id}": Rule(row=True, shows=True),
    "GET /api/bulletins/templates/{kind}": NOTHING_OF_PLOTS,
    "GET /api/bulletins/{bulletin_id}/file": Rule(
        row=True, query=({}, {"format": "xlsx"}), shows=True
    ),
    "GET /api/reported": Rule(shows=True),
    "GET /api/reported/missing": Rule(query=({"since": "2026-07-01"},), shows=True),
    "POST /api/reported": Rule(body=figure_of, roles=PLANNERS),
    "GET /api/reported/{reported_id}": Rule(row=True, shows=True),
    "PATCH /api/reported/{reported_id}": Rule(
        row=True, body=lambda _side: {"value": 4}, roles=PLANNERS
    ),
    "DELETE /api/reported/{reported_id}": Rule(row=True, roles=PLANNERS),
    "POST /api/reported/{reported_id}/submit": Rule(row=True, roles=PLANNERS),
    "POST /api/reported/{reported_id}/approve": Rule(row=True, roles=INSPECTORS),
    "POST /api/reported/{reported_id}/return": Rule(row=True, body=because, roles=INSPECTORS),
    # Areas are no secret; figures of plots in them: see test_area_coverage.
    "GET /api/areas": NOTHING_OF_PLOTS,
    "GET /api/areas/{code}": NOTHING_OF_PLOTS,
    "PUT /api/areas/{code}": NOTHING_OF_PLOTS,
    "DELETE /api/areas/{code}": NOTHING_OF_PLOTS,
    "POST /api/areas/files": NOTHING_OF_PLOTS,
    "GET /tiles/areas/{grid}/{z}/{row}/{col}": NOTHING_OF_PLOTS,
    "GET /api/layers": NOTHING_OF_PLOTS,
    "GET /api/layers/{code}": NOTHING_OF_PLOTS,
    "PUT /api/layers/{code}": NOTHING_OF_PLOTS,
    "GET /api/layers/{code}/features": NOTHING_OF_PLOTS,
    "GET /api/layers/{code}/imports": NOTHING_OF_PLOTS,
    "GET /api/layers/{code}/imports/{import_id}": NOTHING_OF_PLOTS,
    "GET /api/layers/{code}/versions": NOTHING_OF_PLOTS,
    "POST /api/layers/{code}/versions": NOTHING_OF_PLOTS,
    # Who sees which affected plot: see test_plots_on_layers.
    "GET /api/layers/{code}/affected": NOTHING_OF_PLOTS,
    "GET /tiles/layers/{code}/{grid}/{z}/{row}/{col}": NOTHING_OF_PLOTS,
    # Who sees which import, and what they reach by it: see tests/service/imports.
    "GET /api/imports": NOTHING_OF_PLOTS,
    "POST /api/imports": NOTHING_OF_PLOTS,
    "GET /api/imports/{import_id}": NOTHING_OF_PLOTS,
    "PATCH /api/imports/{import_id}": NOTHING_OF_PLOTS,
    "DELETE /api/imports/{import_id}": NOTHING_OF_PLOTS,
    "POST /api/imports/{import_id}/commit": NOTHING_OF_PLOTS,
    "POST /api/imports/{import_id}/undo": NOTHING_OF_PLOTS,
    "GET /api/imports/{import_id}/rows": NOTHING_OF_PLOTS,
    "GET /api/imports/{import_id}/report": NOTHING_OF_PLOTS,
    "GET /api/basemaps": NOTHING_OF_PLOTS,
    "GET /api/basemaps/{name}/{z}/{row}/{col}": NOTHING_OF_PLOTS,
    "GET /api/districts": NOTHING_OF_PLOTS,
    "GET /api/districts/{code}": NOTHING_OF_PLOTS,
    "GET /api/plots": Rule(query=({}, AS_OF), by=places, shows=True),
    "POST /api/plots": Rule(body=drawn, roles=PLANNERS, refused=(422,)),
    "GET /api/plots/{plot_id}": Rule(plot="approved", query=({}, AS_OF), shows=True),
    "PUT /api/plots/{plot_id}": Rule(
        plot="draft", body=drawn, roles=PLANNERS, headers={"If-Match": '"1"'}
    ),
    "PATCH /api/plots/{plot_id}": Rule(
        plot="approved",
        body=lambda _side: {"properties": {"town": "220102001"}},
        roles=PLANNERS,
        headers={"If-Match": '"1"'},
    ),
    # A submitted plot, so that whose draft it is does not matter.
    "DELETE /api/plots/{plot_id}": Rule(
        plot="submitted", roles=PLANNERS, headers={"If-Match": '"1"'}
    ),
    "GET /api/plots/{plot_id}/versions": Rule(plot="approved"),
    "GET /api/plots/{plot_id}/versions/{version}": Rule(plot="approved", shows=True),
    "POST /api/plots/{plot_id}/restore": Rule(
        plot="approved", body=lambda _side: {"version": 1}, roles=PLANNERS
    ),
    "POST /api/plots/{plot_id}/submit": Rule(plot="draft", roles=PLANNERS),
    "POST /api/plots/{plot_id}/approve": Rule(plot="submitted", roles=INSPECTORS),
    "POST /api/plots/{plot_id}/return": Rule(
        plot="submitted", body=lambda _side: {"reason": "再看"}, roles=INSPECTORS
    ),
    # Of a submission of somebody else's a planner is refused as one without the right.
    "POST /api/plots/{plot_id}/withdraw": Rule(plot="draft", roles=PLANNERS),
    "GET /api/plots/{plot_id}/comments": Rule(plot="submitted", roles=REVIEWERS, shows=True),
    "POST /api/plots/{plot_id}/comments": Rule(
        plot="submitted", body=lambda _side: {"text": "再看"}, roles=REVIEWERS
    ),
    "POST /api/plots/{plot_id}/comments/{comment_id}/resolve": Rule(
        plot="submitted", row=True, roles=REVIEWERS
    ),
    "GET /api/reviews": Rule(
        by=lambda side: [{"district": side.county}], roles=INSPECTORS, shows=True
    ),
    # What waits is counted and no plot is named: see tests/service/reviews.
    "GET /api/reviews/groups": NOTHING_OF_PLOTS,
    "POST /api/samples": Rule(
        body=lambda side: {"district": side.county, "year": 2026, "count": 1},
        roles=INSPECTORS,
        refused=(422,),
    ),
    "GET /api/coverage": Rule(by=lambda side: [{"parent": side.county, "level": "county"}]),
    "GET /api/coverage/borders": Rule(query=({"since": "2026-01-01"},)),
    "GET /api/coverage/{code}/plots": Rule(query=({}, AS_OF, {"year": "2026"}), shows=True),
    "GET /api/exports/plots": Rule(
        query=({"format": "geojson"}, {"format": "shp"}, {"format": "gpkg"} | AS_OF),
        by=places,
        roles=REVIEWERS,
        shows=True,
    ),
    "GET /maps/patrol": Rule(
        query=({"period": "2026-Q3"},), by=lambda side: [{"district": side.county}], shows=True
    ),
    "GET /maps/progress": Rule(by=lambda side: [{"district": side.county}]),
    "GET /maps/coverage": Rule(by=lambda side: [{"district": side.county}], shows=True),
    "GET /maps/afforestation": Rule(by=lambda side: [{"district": side.county}], shows=True),
    # Of foreign ground a check tells place, size and county: see test_checks.
    "POST /api/plots/check": Rule(body=looked_at, roles=REVIEWERS, refused=(200,)),
    # What is left of a drawing never shows an outline that snapping does not: see test_mending.
    "POST /api/plots/mend": Rule(
        body=lambda side: {"geometry": side.ring, "way": "repair"}, roles=PLANNERS, refused=(200,)
    ),
    "GET /api/snapping": Rule(by=lambda side: [{"bbox": side.box}]),
    "POST /api/plots/{plot_id}/split": Rule(
        plot="draft", body=cut, roles=PLANNERS, headers={"If-Match": '"1"'}
    ),
    "POST /api/plots/merge": Rule(body=two, roles=PLANNERS),
    "POST /api/plots/{plot_id}/accept": Rule(
        plot="approved", body=lambda _side: {"date": "2026-05-20"}, roles=INSPECTORS
    ),
    "GET /api/plots/{plot_id}/acceptances": Rule(plot="approved"),
    "GET /api/plots/{plot_id}/area": Rule(plot="approved"),
    "GET /api/ledger": Rule(by=places),
    "GET /api/exports/ledger": Rule(by=lambda side: [{"district": side.county}], roles=REVIEWERS),
    # A job is its account's: see tests/service/jobs.
    "POST /api/exports": Rule(
        body=lambda side: {"filter": {"district": side.county}}, roles=REVIEWERS, refused=(422,)
    ),
    "POST /api/handins": Rule(
        body=lambda side: {"district": side.county, "year": 2026},
        roles=("gis", "admin"),
        refused=(422,),
    ),
    "GET /api/jobs": NOTHING_OF_PLOTS,
    "GET /api/jobs/{job_id}": NOTHING_OF_PLOTS,
    "GET /api/jobs/{job_id}/file": NOTHING_OF_PLOTS,
    "DELETE /api/jobs/{job_id}": NOTHING_OF_PLOTS,
    "POST /api/plots/{plot_id}/claims": Rule(
        plot="draft",
        body=lambda side: {"of": side.plots["approved"], "as": "renewal"},
        roles=PLANNERS,
    ),
    "GET /api/plots/{plot_id}/claims": Rule(plot="draft", roles=REVIEWERS, shows=True),
    "GET /api/claims": Rule(roles=REVIEWERS, shows=True),
    "POST /api/claims/{claim_id}/end": Rule(
        row=True, body=lambda _side: {"because": "x"}, roles=REVIEWERS
    ),
    # Each plot is answered alone: one that is not there, or not theirs, is named as refused.
    "POST /api/reviews": Rule(
        body=lambda side: {"ids": [side.plots["draft"]], "verb": "submit"},
        roles=PLANNERS,
        refused=(200,),
    ),
    "POST /api/plots/changes": Rule(
        body=lambda side: {"ids": [side.plots["returned"]], "patch": {"note": "改"}},
        roles=PLANNERS,
        refused=(200,),
    ),
    "GET /api/me/work": NOTHING_OF_PLOTS,
    "GET /api/search": Rule(query=({"q": OWN},), by=lambda side: [{"q": marker(side)}], shows=True),
    "GET /tiles/plots/{grid}/{z}/{row}/{col}": Rule(
        by=lambda side: [{"district": side.county}], shows=True
    ),
    "GET /tiles/zones/{grid}/{z}/{row}/{col}": Rule(shows=True),
    "GET /tiles/coverage/{grid}/{z}/{row}/{col}": NOTHING_OF_PLOTS,
    # Borders and names of districts are no secret: see /api/districts.
    "GET /tiles/districts/{grid}/{z}/{row}/{col}": NOTHING_OF_PLOTS,
    "GET /api/zones": Rule(by=places, shows=True),
    "POST /api/zones": Rule(body=zone_drawn, roles=INSPECTORS, refused=(422,)),
    "GET /api/zones/checks": Rule(by=lambda side: [{"district": side.county}]),
    "GET /api/zones/{zone_id}": Rule(row=True, shows=True),
    "GET /api/zones/{zone_id}/versions": Rule(row=True, shows=True),
    "PUT /api/zones/{zone_id}": Rule(
        row=True, body=zone_drawn, roles=INSPECTORS, headers={"If-Match": '"1"'}
    ),
    "PATCH /api/zones/{zone_id}": Rule(
        row=True,
        body=lambda _side: {"properties": {"office": "林长办"}},
        roles=INSPECTORS,
        headers={"If-Match": '"1"'},
    ),
    # Of a version that nobody saw, so that it outlives the first who may.
    "DELETE /api/zones/{zone_id}": Rule(row=True, roles=INSPECTORS, headers={"If-Match": '"9"'}),
    # Tracks are personal: others than inspectors see shares.
    "GET /api/patrols": Rule(
        query=({}, {"period": "2026-Q3"}),
        by=lambda side: [{"district": side.county}, {"zone": marker(side)}],
        roles=INSPECTORS,
        shows=True,
    ),
    "POST /api/patrols": Rule(body=walked, roles=INSPECTORS, refused=(422,)),
    "POST /api/patrols/files": NOTHING_OF_PLOTS,  # see test_patrols
    "GET /api/patrols/{patrol_id}": Rule(row=True, roles=INSPECTORS, shows=True),
    "PATCH /api/patrols/{patrol_id}": Rule(
        row=True,
        body=lambda _side: {"properties": {"ranger": "王五"}},
        roles=INSPECTORS,
        headers={"If-Match": '"1"'},
    ),
    # Without its reason it is refused after it was found.
    "DELETE /api/patrols/{patrol_id}": Rule(
        row=True, query=({"reason": "x"},), roles=INSPECTORS, once=True
    ),
    "GET /api/findings": Rule(
        by=lambda side: [{"district": side.county}, {"zone": marker(side)}], shows=True
    ),
    "POST /api/findings": Rule(body=finding_on, roles=INSPECTORS, refused=(422,)),
    "GET /api/findings/{finding_id}": Rule(row=True, shows=True),
    "PATCH /api/findings/{finding_id}": Rule(
        row=True,
        body=lambda _side: {"properties": {"photo": "a.jpg"}},
        roles=INSPECTORS,
        headers={"If-Match": '"1"'},
    ),
    "POST /api/findings/{finding_id}/steps": Rule(
        row=True,
        body=lambda _side: {"state": "notice"},
        roles=INSPECTORS,
        headers={"If-Match": '"1"'},
    ),
    "DELETE /api/findings/{finding_id}": Rule(
        row=True, query=({"reason": "x"},), roles=INSPECTORS, headers={"If-Match": '"9"'}
    ),
    "GET /api/chiefs/lists": Rule(
        query=(
            {"period": "2026-Q3"},
            {"period": "2026", "format": "csv", "list": "problems"},
            {"period": "2026-Q3", "format": "xlsx"},
        ),
        by=lambda side: [{"district": side.county}, {"zone": marker(side)}],
        shows=True,
    ),
    "GET /api/plots/{plot_id}/files": Rule(plot="submitted", roles=REVIEWERS),
    # Who sees which file: see tests/service/files.
    "POST /api/plots/{plot_id}/files": NOTHING_OF_PLOTS,
    "GET /api/plots/{plot_id}/files/{file_id}": NOTHING_OF_PLOTS,
    "DELETE /api/plots/{plot_id}/files/{file_id}": NOTHING_OF_PLOTS,
    "GET /api/registers/{register}/{record_id}/files": Rule(row=True, roles=REVIEWERS),
    # Who sees which file: see tests/service/files.
    "POST /api/registers/{register}/{record_id}/files": NOTHING_OF_PLOTS,
    "GET /api/registers/{register}/{record_id}/files/{file_id}": NOTHING_OF_PLOTS,
    "DELETE /api/registers/{register}/{record_id}/files/{file_id}": NOTHING_OF_PLOTS,
    "GET /api/reported/{reported_id}/files": Rule(row=True),
    # Who sees which file: see tests/service/files.
    "POST /api/reported/{reported_id}/files": NOTHING_OF_PLOTS,
    "GET /api/reported/{reported_id}/files/{file_id}": NOTHING_OF_PLOTS,
    "DELETE /api/reported/{reported_id}/files/{file_id}": NOTHING_OF_PLOTS,
    "GET /api/duties": Rule(
        query=({"period": "2026-Q3"},), by=lambda side: [{"district": side.county}], shows=True
    ),
    "GET /api/calendar": Rule(query=({"from": "2026-07-01", "to": "2026-09-30"},)),
    "GET /api/duty": Rule(
        query=tuple({"period": "2026-Q3", "format": form} for form in ("json", "csv", "xlsx")),
        by=lambda side: [{"district": side.county}, {"zone": marker(side)}],
        shows=True,
    ),
}


# Those that only look come first: they share one world.
ROUTES = sorted(RULES, key=lambda route: not route.startswith("GET "))
# Zones, patrols and findings are those of districts.
SHOWN_TO_A_DEPARTMENT = (
    "GET /api/plans",
    "GET /api/plans/{plan}/targets",
    "GET /api/targets/{target_id}",
    "GET /api/reported",
    "GET /api/plots",
    "GET /api/plots/{plot_id}",
    "GET /api/plots/{plot_id}/versions/{version}",
    "GET /api/exports/plots",
    "GET /api/coverage/{code}/plots",
    "GET /tiles/plots/{grid}/{z}/{row}/{col}",
)
REACHING = [route for route in ROUTES if RULES[route].plot or RULES[route].row or RULES[route].body]


def text_of(answer: httpx.Response) -> str:
    """Everything that the answer says, files unpacked, escaped text as it is read."""
    raw = answer.content
    if raw[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            raw = b"".join(archive.read(name) for name in archive.namelist())
    words = raw.decode("utf-8", "replace")
    for marker in (OWN, FOREIGN):
        words = words.replace(json.dumps(marker)[1:-1], marker)
    return words


def ask(
    client: httpx.Client, route: str, rule: Rule, side: Side, query: dict[str, str]
) -> httpx.Response:
    """One request for a side's ground."""
    method, path = route.split()
    plot = side.plots[rule.plot] if rule.plot else 0
    rows = {
        "zone_id": side.zone,
        "patrol_id": side.patrol,
        "finding_id": side.finding,
        "import_id": 1,
        "job_id": 9,
        "claim_id": side.claim,
        "post_id": side.post,
        "record_id": side.record,
        "link_id": 9,
        "file_id": 9,
        "comment_id": side.comment,
        "target_id": side.target,
        "reported_id": side.reported,
        "bulletin_id": side.bulletin,
        "plan": f"P-{side.county}",
    }
    numbers = {"plot_id": plot, "version": 1, "number": 9, **rows}
    address = path.format(
        name="kind", kind="month", code=side.county, register=REGISTER, **numbers, **TILE
    )
    return client.request(
        method,
        address,
        params=query,
        json=None if rule.body is None else rule.body(side),
        headers=rule.headers,
    )


@pytest.fixture(scope="session")
def paths(settings: Settings, shared: Database) -> dict[str, Any]:
    """The routes of the OpenAPI document."""
    url = sqlalchemy_url(shared.endpoint.url("service", shared.name))
    paths_of_document: dict[str, Any] = create_app(settings, url).openapi()["paths"]
    return paths_of_document


def test_every_route_has_a_rule(paths: dict[str, Any]) -> None:
    routes = {f"{method.upper()} {path}" for path, those in paths.items() for method in those}
    assert routes == set(RULES)


def promised(paths: dict[str, Any], route: str, answer: httpx.Response) -> bool:
    """Whether the document knows this kind of answer."""
    method, path = route.split()
    content = paths[path][method.lower()]["responses"][str(answer.status_code)].get("content", {})
    kind = answer.headers.get("content-type", "").partition(";")[0]
    return kind in content if answer.content else not kind


@pytest.mark.parametrize("route", ROUTES)
def test_no_role_gets_foreign_ground_from(route: str, standing: Standing) -> None:
    walk(route, standing)


def walk(route: str, standing: Standing) -> None:
    """Every role asks the route for the other county's ground, in every way there is."""
    with standing.refusing() as world:
        refused(route, world)
    if not route.startswith("GET ") and route not in REACHING:
        standing.fall_if_changed()  # what names no ground is not always refused


def refused(route: str, world: World) -> None:
    """Of foreign ground nothing is told and nothing is changed."""
    for clients in (world.clients, world.department):
        refused_to(clients, route, world)


def refused_to(clients: Mapping[Role, httpx.Client], route: str, world: World) -> None:
    """Every role of these accounts is refused foreign ground."""
    rule = RULES[route]
    for role, client in clients.items():
        for query in rule.query:
            for place in [{}, *rule.by(world.foreign)]:
                answer = ask(client, route, rule, world.foreign, {**query, **place})
                context = (
                    f"{role} {answer.request.url}: {answer.status_code} {text_of(answer)[:500]}"
                )
                assert FOREIGN not in text_of(answer), context
                assert answer.status_code < 500, context
                if rule.plot or rule.row or rule.body:
                    expected = rule.refused if role in rule.roles else (403,)
                    assert answer.status_code in expected, context
                elif place and answer.status_code == 200:
                    assert OWN not in text_of(answer), context
                    if answer.headers["content-type"].endswith("json"):
                        body = answer.json()
                        assert not body.get("features"), context
                        assert not body.get("rows"), context
                        assert not body.get("numberMatched"), context


@pytest.mark.parametrize("route", [route for route, rule in RULES.items() if rule.shows])
def test_every_role_gets_its_own_ground_from(
    route: str, world: World, paths: dict[str, Any]
) -> None:
    rule = RULES[route]
    for role in rule.roles:
        for query in rule.query:
            for place in [{}, *rule.by(world.own)]:
                answer = ask(world.clients[role], route, rule, world.own, {**query, **place})
                assert answer.status_code == 200, f"{role}: {answer.text[:500]}"
                assert OWN in text_of(answer), f"{role} {answer.request.url}"
                assert promised(paths, route, answer), answer.headers


@pytest.mark.parametrize("route", REACHING)
def test_whoever_may_reaches_their_own_ground_by(
    route: str, world: World, paths: dict[str, Any]
) -> None:
    rule = RULES[route]
    for role, client in world.clients.items():
        answer = ask(client, route, rule, world.own, rule.query[0])
        status = answer.status_code
        assert status >= 400 or promised(paths, route, answer), answer.headers
        assert (status == 403) == (role not in rule.roles), role
        assert status != 404 or (rule.once and role == rule.roles[-1]), role


@pytest.mark.parametrize("route", SHOWN_TO_A_DEPARTMENT)
def test_an_account_of_a_department_gets_the_plots_of_its_unit_from(
    route: str, world: World
) -> None:
    rule = RULES[route]
    for role in rule.roles:
        for query in rule.query:
            answer = ask(world.department[role], route, rule, world.own, query)
            assert answer.status_code == 200, f"{role}: {answer.text[:500]}"
            assert OWN in text_of(answer), f"{role} {answer.request.url}"


def test_counts_of_a_department_are_those_of_its_unit(world: World) -> None:
    counts = {
        role: client.get("/api/plots", params={"limit": 1}).json()["numberMatched"]
        for role, client in world.department.items()
    }
    assert counts == {"viewer": 1, "planner": 4, "inspector": 4, "gis": 4, "admin": 4}


def test_an_account_with_a_district_and_a_unit_sees_both(
    world: World, service: Server, shared: Database
) -> None:
    secret = shared.account("both", "planner", EAST, units=[DEPARTMENT])
    with service.client(secret) as client:
        assert client.get("/api/plots", params={"limit": 1}).json()["numberMatched"] == 8


def test_counts_are_those_of_the_own_county(world: World) -> None:
    counts = {
        role: client.get("/api/plots", params={"limit": 1}).json()["numberMatched"]
        for role, client in world.clients.items()
    }
    assert counts == {"viewer": 1, "planner": 4, "inspector": 4, "gis": 4, "admin": 4}


def test_figures_are_those_of_the_own_county(world: World) -> None:
    for client in world.clients.values():
        for level in ("county", "city", "province"):
            rows = client.get("/api/coverage", params={"level": level}).json()["rows"]
            assert [row["plot_count"] for row in rows] == [1]


def test_the_tree_shows_the_own_county_and_what_lies_above_it(world: World) -> None:
    codes = {
        feature["id"]
        for feature in world.clients["viewer"].get("/api/districts").json()["features"]
    }
    assert codes == {"220000", CITY, WEST}
    assert world.clients["viewer"].get(f"/api/districts/{EAST}").status_code == 404


@pytest.fixture(scope="module")
def unlocked(shared: Database) -> Iterator[None]:
    """A database without row security: the predicates of the queries stand alone.

    To the end of the file, for every switch makes all connections plan their queries anew: tests
    that want the row security come before those that want it not.
    """
    switch = """
        DO $$ DECLARE name text; BEGIN
            FOR name IN SELECT DISTINCT tablename FROM pg_policies LOOP
                EXECUTE format('ALTER TABLE %I {} ROW LEVEL SECURITY', name);
            END LOOP;
        END $$
    """
    with shared.owner.begin() as connection:
        connection.execute(text(switch.format("DISABLE")))
    yield
    with shared.owner.begin() as connection:
        connection.execute(text(switch.format("ENABLE")))


@pytest.mark.parametrize("route", ROUTES)
def test_without_row_security_the_predicates_alone_hold(
    route: str, unlocked: None, standing: Standing
) -> None:
    walk(route, standing)
