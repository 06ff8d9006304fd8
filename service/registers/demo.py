"""Records of the demo in the database: what the registers count for the papers' tasks."""

from collections.abc import Iterable
from dataclasses import replace

from sqlalchemy import Connection

from data.demo.records import DemoRecord
from gis.shapes import as_shape
from service.accounts.db.accounts import Account
from service.errors import Problem
from service.registers.db.steps import is_there
from service.registers.edit import NewRecord, create
from service.registers.office import Office, office

__all__ = ["store_demo_records"]


def store_demo_records(
    connection: Connection, account: Account, records: Iterable[DemoRecord]
) -> None:
    """Store invented records in the states that they have, marked as of the demo; those of plans
    that are not there, and those in no county, are left out.
    """
    # Whoever enters a record as done already is an inspector or GIS staff.
    clerk = replace(account, role="admin")
    offices: dict[str, Office] = {}
    plans: dict[str, bool] = {}
    for record in records:
        if record.plan not in plans:
            plans[record.plan] = is_there(connection, clerk, "plan", record.plan)
        if not plans[record.plan]:
            continue
        if record.register not in offices:
            offices[record.register] = office(connection, clerk, record.register)
        said = {
            "name": record.name,
            "state": record.state,
            "on_day": record.on_day,
            "plan": record.plan,
            "field_values": record.values,
            "note": "虚构示例",
        }
        kind, shape = as_shape(record.shape)
        try:
            create(offices[record.register], NewRecord(said, kind, shape), demo=True)
        except Problem as refusal:
            # A bureau's own borders may leave out what lies within those of the demo.
            if refusal.code != "outside_districts":
                raise
