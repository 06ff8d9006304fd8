"""Findings out of frames into the database."""

import geopandas
from sqlalchemy import Connection

from data.import_result import plain_rows
from service.accounts.db.accounts import Account
from service.patrol.findings.db import findings
from service.patrol.findings.db.findings import FINDING
from service.patrol.findings.edit import located
from service.registers.db import steps
from service.registers.definitions import existing_register
from service.web.timestamps import day_of

SAID = ("kind", "zone", "found_at", "deadline", "note", "photo")


def store_demo_findings(
    connection: Connection, account: Account, frame: geopandas.GeoDataFrame
) -> None:
    """Write invented findings with the steps that led to their states."""
    definition = existing_register(connection, FINDING).definition
    way = [state.code for state in definition.states]
    for row in plain_rows(frame):
        properties = {name: row[name] for name in SAID}
        values = located(connection, account, properties, row["place"])
        number = findings.insert_finding(
            connection,
            account,
            {**values, "state": row["state"]},
            row["place"],
            definition.numbering,
            demo=True,
        )
        day = day_of(row["found_at"])
        for state in way[: way.index(row["state"]) + 1]:
            steps.add_step(connection, account, number, {"state": state, "on_day": day})
