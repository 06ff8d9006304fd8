"""Random rows of a file are told what each of them is told when it is drawn by itself."""

from collections.abc import Iterator
from typing import Any

import geopandas
import numpy as np
import pandas as pd
import pytest
import shapely
from sqlalchemy import text

from data.plots.plots import PlotTable
from gis.crs import CGCS2000
from gis.many_polygons import as_multipolygons
from service.accounts.db.accounts import Account
from service.plots.db.insert import NewPlot, insert_plots
from service.plots.db.shares import county_shares
from service.plots.row_checks import check_rows
from service.plots.validate import Reported, validate
from service.settings import Settings
from tests.service.conftest import WEST, Database
from tests.service.plots.db.test_districts_of_rows import BOUNDARY, scattered, slices
from tests.service.plots.test_border_moved import Office

LAYER = text("""
WITH made AS (
    INSERT INTO layer (code, label_zh, label_en, role) VALUES ('JBNT', '田', 'field', 'block')
), version AS (
    INSERT INTO layer_version (layer, valid_from, source, hash, features)
    VALUES ('JBNT', '2020-01-01', 'test', 'x', 5) RETURNING id
)
INSERT INTO layer_feature (version_id, code, geom)
SELECT version.id, n::text, ST_Multi(ST_MakeEnvelope(
    125.02 + n * 0.03, 43.0, 125.025 + n * 0.03, 43.1, 4490))
FROM version, generate_series(0, 4) n
""")
STAGES, KINDS = ("planned", "planted", "existing", "cancelled"), ("RGZL", "KDGY", "CTLH")


@pytest.fixture
def office(database: Database) -> Iterator[Office]:
    """Towns, a layer that refuses ground, and sixty plots that are there."""
    database.account("surveyor", "admin")
    with database.owner.begin() as connection:
        connection.execute(LAYER)
    with database.service.connect() as connection:
        for code, shape in slices(WEST, 125.0, 4, "").items():
            values = {"code": code, "level": "town", "parent": WEST}
            connection.execute(BOUNDARY, {**values, "wkb": shapely.to_wkb(shape)})
        number = connection.scalar(text("SELECT id FROM account WHERE name = 'surveyor'"))
        office = Office(connection, Account(number, "surveyor", "admin", (), None))
        shapes, _errors = as_multipolygons(scattered(60, 9))
        for shape, shares in zip(shapes, county_shares(connection, list(shapes)), strict=True):
            if shares:
                stage = STAGES[int(shape.area * 1e9) % 3]
                attributes = {"stage": stage, "kind": "RGZL", "year": 2025}
                review = "draft" if stage == "planned" else "approved"
                new = NewPlot(shape, shares[0].county, attributes, review=review)
                insert_plots(connection, office.account, [new])
        yield office
        connection.rollback()


def told(reported: list[Reported]) -> tuple[list[tuple[Any, ...]], list[float]]:
    """What is said, whichever comes first, and the areas of it, m²."""
    said = sorted(
        (
            entry.verdict.code,
            entry.verdict.severity,
            entry.verdict.message,
            entry.verdict.at,
            entry.plot_id or 0,
            entry.layer or "",
            entry.verdict.area_m2 or 0.0,
        )
        for entry in reported
    )
    return [entry[:-1] for entry in said], [entry[-1] for entry in said]


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_rows_are_told_what_drawings_are_told(office: Office, seed: int) -> None:
    rng = np.random.default_rng(seed)
    shapes, _errors = as_multipolygons(scattered(120, 10 + seed))
    count = len(shapes)
    said = {
        "stage": rng.choice(STAGES, count).tolist(),
        "kind": rng.choice(KINDS, count).tolist(),
        "year": [2026] * count,
        "declared_m2": [None if n % 3 else float(n) * 1e3 for n in range(count)],
    }
    frame = geopandas.GeoDataFrame(
        pd.DataFrame({name: pd.Series(values, dtype=object) for name, values in said.items()}),
        geometry=list(shapes),
        crs=CGCS2000,
    )
    table = PlotTable.of(frame)
    settings = Settings()
    checked = check_rows(office.connection, office.account, table, settings)
    codes = set()
    for n in range(count):
        attributes = {name: values[n] for name, values in said.items()}
        alone = validate(office.connection, office.account, shapes[n], attributes, settings)
        of_row = [
            entry for entry in checked.reported[n] if "本文件" not in (entry.verdict.other or "")
        ]
        (words, areas_m2), (expected, expected_m2) = told(of_row), told(alone.reported)
        assert words == expected, n
        assert areas_m2 == pytest.approx(expected_m2, rel=1e-8, abs=1e-3), n
        codes |= {entry.verdict.code for entry in of_row}
    assert codes >= {"overlap", "credited_ground", "on_control_line", "place_filled"}
    assert codes >= {"outside_district", "declared_area_off"}
