"""The first lock of zones, patrols, findings and duty: each query asked by the next county's."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest
import shapely
from sqlalchemy import Connection

from service.accounts.db.accounts import Account
from service.patrol.duty.db import compliance
from service.patrol.findings.db import findings
from service.patrol.findings.db.findings import FindingFilter
from service.patrol.tracks.db import patrols, written
from service.patrol.tracks.db.patrols import PatrolFilter
from service.patrol.tracks.db.written import NewPatrol
from service.patrol.zones.db import edit as zone_writing
from service.patrol.zones.db import zones
from service.patrol.zones.db.edit import NewZone
from service.patrol.zones.db.zones import ZoneFilter
from service.tiles.db import district_tiles
from service.tiles.db.tile_extent import Ground
from tests.service.conftest import EAST, WEST, Database
from tests.service.plots.db.test_predicates import of

DAY = date(2026, 7, 6)
BEGUN = datetime(2026, 7, 6, 1, 0, tzinfo=UTC)
GROUND = shapely.MultiPolygon([shapely.box(125.12, 43.02, 125.14, 43.04)])
LINE = shapely.LineString([(125.121, 43.03), (125.139, 43.03)])
EASTERN = Ground(125.1, 43.0, 125.2, 43.1, mercator=True)
ZONES, PATROLS, FINDINGS = ZoneFilter(DAY), PatrolFilter(), FindingFilter(DAY)
Query = Callable[[Connection, Account, int], Any]

# Each table is new, so that its first row has the number 1.
QUERIES: dict[str, Query] = {
    "zones": lambda c, account, _: zones.list_zones(c, account, ZONES, limit=9),
    "how many zones": lambda c, account, _: zones.count_zones(c, account, ZONES),
    "zones of files and maps": lambda c, account, _: zones.stored_zones(c, account, ZONES, limit=9),
    "one zone": zones.read_zone,
    "a zone by its code": lambda c, account, _: zones.zone_id_of(c, account, "E1"),
    "versions of a zone": zones.zone_versions,
    "a zone to change": zone_writing.lock_zone,
    "a tile of zones": lambda c, account, _: district_tiles.zones_tile(
        c, account, ["town"], DAY, EASTERN, 12
    ),
    "patrols": lambda c, account, _: patrols.list_patrols(c, account, PATROLS, limit=9),
    "how many patrols": lambda c, account, _: patrols.count_patrols(c, account, PATROLS),
    "patrols of maps": lambda c, account, _: patrols.stored_patrols(c, account, PATROLS, limit=9),
    "one patrol": patrols.read_patrol,
    "a patrol taken away": written.delete_patrol,
    "findings": lambda c, account, _: findings.list_findings(c, account, FINDINGS, limit=9),
    "how many findings": lambda c, account, _: findings.count_findings(c, account, FINDINGS),
    "findings of maps": lambda c, account, _: findings.stored_findings(
        c, account, FINDINGS, limit=9
    ),
    "one finding": lambda c, account, number: findings.read_finding(c, account, number, DAY),
    "a finding to change": findings.lock_finding,
    "duty": lambda c, account, _: compliance.zones_in_period(
        c, account, DAY, date(2026, 8, 1), counties=None, level=None, zone=None, max_zones=9
    ),
}


def eastern(connection: Connection, maker: Account) -> int:
    """A zone of the eastern county with a patrol and a finding; the number of each."""
    said: dict[str, Any] = dict.fromkeys(zones.VERSIONED)
    said |= {"code": "E1", "level": "town", "parent": None, "name": "东林", "valid_from": DAY}
    zone = zone_writing.insert_zone(connection, maker, NewZone(GROUND, EAST, [EAST], said))
    walked: dict[str, Any] = dict.fromkeys(written.WRITTEN, 0)
    walked |= dict.fromkeys(("zone_id", "zone_by", "ranger", "source", "seconds", "ended_at"))
    walked |= {"county": EAST, "started_at": BEGUN, "source_hash": b"1", "apart": []}
    (patrol,) = written.insert_patrols(connection, maker, [NewPatrol(walked, LINE, None, [])])
    values = {"zone": "E1", "county": EAST, "kind": "fire_risk", "found_at": BEGUN}
    values |= {"name": "火情", "state": "found"}
    finding = findings.insert_finding(connection, maker, values, shapely.Point(125.13, 43.03))
    assert zone == patrol == finding
    return zone


@pytest.mark.parametrize("query", QUERIES)
@pytest.mark.parametrize(
    ("county", "visible"), [(EAST, True), (WEST, False)], ids=["own", "foreign"]
)
def test_a_query_finds_what_lies_in_the_scope_of_the_account_only(
    database: Database, query: str, county: str, visible: bool
) -> None:
    database.account("maker", "admin")
    database.account("wang", "admin", county)
    with database.owner.begin() as connection:
        number = eastern(connection, of(EAST, 1))
        assert bool(QUERIES[query](connection, of(county, 2), number)) == visible
