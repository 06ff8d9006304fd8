"""The demo in the database: real counties, invented plots, four accounts."""

from typing import Any

import geopandas
from sqlalchemy import Connection, Engine

from data.demo.demo import demo_districts, demo_findings, demo_patrols, demo_plots, demo_zones
from data.demo.farmland import FARMLAND, FARMLAND_EN, FARMLAND_FROM, FARMLAND_ZH, demo_farmland
from data.demo.records import demo_records
from data.demo.zones import TOWNS
from data.districts.districts import district_tree
from data.import_result import Progress, plain_rows
from data.layers.layers import layer_table
from service.accounts.db import accounts, administration
from service.accounts.db.accounts import Account
from service.districts.db.districts import analyze, store_districts
from service.layers.api.layer_schemas import LayerBody, Rule
from service.layers.db.import_layer import write_version
from service.layers.db.layers import read_layer
from service.layers.edit import put_layer
from service.patrol.findings.importing import store_demo_findings
from service.patrol.tracks.db.swept_area import months_of_demo
from service.patrol.tracks.importing import recorded
from service.patrol.tracks.store import reevaluate_months, store_tracks
from service.patrol.tracks.swept_area import remerge
from service.patrol.zones.importing import store_demo_zones
from service.plans.demo import store_demo_tasks
from service.plots.db.insert import BATCH, NewPlot, insert_plots
from service.plots.db.plots import ATTRIBUTES
from service.registers.demo import store_demo_records
from service.run.db.demo_rows import has_demo, own_districts
from service.run.db.remove_demo import remove_demo
from service.settings import Settings
from service.web.timestamps import today

# One account for each of the four people of the tour.
DEMO_ACCOUNTS = {
    "demo-admin": "admin",
    "demo-planner": "planner",
    "demo-inspector": "inspector",
    "demo-gis": "gis",
}
DEMO_SURVEYOR = "demo-survey"

WHOLE = 20_000  # plots of the whole demo, with all its zones
FOUND = 8  # findings to a town

SOURCE_FIELDS = {
    "code": "code",
    "name": "name",
    "city_code": "city",
    "city_name": "city_name",
    "province_code": "province",
    "province_name": "province_name",
}


def load_demo(engine: Engine, *, progress: Progress, count: int = WHOLE) -> int:
    """Load districts, accounts and plots in one transaction; answers the number of plots.

    A demo of fewer plots has fewer zones, patrols and findings, too. One that is there is left as
    it is.
    """
    with engine.begin() as connection:
        if has_demo(connection):
            return 0
        counties = demo_districts()
        _store_districts(connection, counties)
        for name, role in DEMO_ACCOUNTS.items():
            number = accounts.account_id(connection, name)
            if number is None:
                accounts.add_account(connection, name, role, demo=True)
            else:
                # Removed before, but only disabled, since a history names it.
                administration.enable(connection, number)
        account = _surveyor(connection)
        plots = demo_plots(counties, count=count)
        _store_plots(connection, account, plots, progress)
        analyze(connection, "district_boundary", "district_cell", "plot", "plot_version")
        _store_layers(connection, account, counties, plots)
        _store_patrols(connection, account, counties, plots)
        store_demo_tasks(connection, account)
        share = min(1.0, len(plots) / WHOLE)
        store_demo_records(connection, account, demo_records(counties, share=share))
        return len(plots)


def unload_demo(engine: Engine) -> int:
    """Take every invented row out; answers how many plots went.

    Districts of the demo stay where somebody's own plots or accounts stand on them.
    """
    with engine.begin() as connection:
        months = months_of_demo(connection)
        gone = remove_demo(connection)
        # Demo zones kept for real patrols also contain demo patrols: recompute their months.
        remerge(connection, months)
        reevaluate_months(connection, [(zone_id, month) for zone_id, _county, month in months])
        return gone


def _store_districts(connection: Connection, counties: geopandas.GeoDataFrame) -> None:
    source = str(counties["source"].iloc[0])
    tree = district_tree(counties, SOURCE_FIELDS, source=source)
    assert not tree.blocking, tree.blocking
    # Districts that are there already stay as they are.
    own = own_districts(connection)
    store_districts(connection, tree.frame[~tree.frame["code"].isin(own)], demo=True)


def _surveyor(connection: Connection) -> Account:
    """The account that drew the demo's plots; it has no secret, so nobody signs in with it."""
    number = accounts.account_id(connection, DEMO_SURVEYOR)
    if number is None:
        number = accounts.add_account(connection, DEMO_SURVEYOR, "planner", demo=True)
    return Account(number, DEMO_SURVEYOR, "planner", (), None)


def _store_plots(
    connection: Connection, account: Account, plots: geopandas.GeoDataFrame, progress: Progress
) -> None:
    """Plans come before the plots that carry them out, so their ids are known in time."""
    rows = plain_rows(plots)
    ids: dict[Any, int] = {}
    labels = list(plots.index)
    for start in range(0, len(rows), BATCH):
        batch = rows[start : start + BATCH]
        new = []
        for row in batch:
            plans = [ids[label] for label in row.get("plan_of") or [] if label in ids]
            # The service assigns plot numbers: the demo's own might be taken.
            attributes = {name: row.get(name) for name in ATTRIBUTES}
            attributes |= {"plan_ids": plans, "plot_no": None}
            new.append(
                NewPlot(
                    geometry=row["geometry"],
                    district=row["district"],
                    attributes=attributes,
                    review=row["review"],
                    return_reason=row.get("reason"),
                )
            )
        numbers = insert_plots(connection, account, new, demo=True)
        ids |= dict(zip(labels[start : start + BATCH], numbers, strict=True))
        progress(len(batch))


def _store_layers(
    connection: Connection,
    account: Account,
    counties: geopandas.GeoDataFrame,
    plots: geopandas.GeoDataFrame,
) -> None:
    """Invented farmland, unless the office has a layer of that code already."""
    body = LayerBody(
        label_zh=FARMLAND_ZH, label_en=FARMLAND_EN, role="block", rule=Rule(), source=FARMLAND_ZH
    )
    if read_layer(connection, FARMLAND) is not None:
        return
    put_layer(connection, account, FARMLAND, body, demo=True)
    table = layer_table(demo_farmland(counties, plots))
    write_version(
        connection,
        account,
        FARMLAND,
        table.frame,
        valid_from=FARMLAND_FROM,
        source=FARMLAND_ZH,
        hash_=table.hash(),
    )


def _store_patrols(
    connection: Connection,
    account: Account,
    counties: geopandas.GeoDataFrame,
    plots: geopandas.GeoDataFrame,
) -> None:
    """Two levels of zones, patrols of this quarter and the last, and what they found."""
    day = today()
    limits = Settings()
    towns = min(TOWNS, max(1, TOWNS * len(plots) // WHOLE))
    zones = demo_zones(counties, plots, towns=towns)
    left_out = store_demo_zones(connection, account, zones, limits)
    walks = [
        patrol
        for patrol in plain_rows(demo_patrols(zones, today=day))
        if patrol["zone"] not in left_out
    ]
    tracks = [recorded(walk) for walk in walks]
    store_tracks(connection, account, tracks, fix_limit=limits.track_fix_limit, demo=True)
    findings = demo_findings(zones, today=day, count=FOUND * towns)
    store_demo_findings(connection, account, findings[~findings["zone"].isin(left_out)])
