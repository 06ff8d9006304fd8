"""The ledger as a GeoPackage where some rows have no shape."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import geopandas
import pyogrio
import pytest

from service.ledger.ledger import county_ledger
from service.ledger.tables import ledger_geopackage
from tests.service.conftest import EAST, WEST, Database, SignIn, ring
from tests.service.plots.made import approved


def test_ground_held_from_beyond_the_scope_is_a_row_of_a_table_beside_the_layer(
    sign_in: SignIn, tmp_path: Path
) -> None:
    own = approved(sign_in, geometry=ring(125.05, 43.05), year=2024)
    # Its larger part lies in the east, a strip of it in the west.
    foreign = approved(sign_in, geometry=ring(125.0995, 43.05), year=2024)
    assert foreign["properties"]["district"] == EAST
    westerner = sign_in("planner", WEST)
    listed = westerner.get("/api/ledger", params={"district": WEST}).json()["rows"]
    (beyond,) = [row for row in listed if row["holder"]["plot_id"] is None]
    answer = westerner.get("/api/exports/ledger", params={"district": WEST, "format": "gpkg"})
    assert answer.status_code == 200, answer.text
    path = tmp_path / "ledger.gpkg"
    path.write_bytes(answer.content)
    assert geopandas.read_file(path, layer="ledger")["plot_id"].tolist() == [own["id"]]
    rest: Any = pyogrio.read_dataframe(path, layer="ledger_without_ground")
    assert rest["district"].tolist() == [EAST]
    assert rest["area_m2"].tolist() == pytest.approx([beyond["area_m2"]])


def test_what_waits_to_be_counted_is_told_in_that_table(
    sign_in: SignIn, database: Database, tmp_path: Path
) -> None:
    approved(sign_in, geometry=ring(125.05, 43.05), year=2024)
    path = tmp_path / "ledger.gpkg"
    with database.service.begin() as connection:
        ledger = replace(county_ledger(connection, [WEST], exact_cells=50), pending_cells=7)
        ledger_geopackage(connection, ledger, [WEST], path)
    rest: Any = pyogrio.read_dataframe(path, layer="ledger_without_ground")
    assert "7 个切块尚未重算" in rest["district"].iloc[-1]
    assert len(geopandas.read_file(path, layer="ledger")) == len(ledger.rows) == 1
