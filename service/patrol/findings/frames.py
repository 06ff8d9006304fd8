"""Findings as the frames that files and the patrol map are made of."""

from collections.abc import Sequence

import geopandas
from sqlalchemy import Connection

from service.accounts.db.accounts import Account
from service.patrol.findings.db import findings
from service.patrol.findings.db.findings import FindingFilter
from service.patrol.zones.frames import rows_frame
from service.web.periods import Period
from service.web.row_limits import FINDINGS, RowLimit
from service.web.timestamps import midnight, today


def findings_frame(
    connection: Connection,
    account: Account,
    bound: RowLimit,
    period: Period | None = None,
    counties: Sequence[str] | None = None,
) -> geopandas.GeoDataFrame:
    """Findings of the scope; those found in the period."""
    filters = FindingFilter(
        today(),
        counties,
        first=period and midnight(period.first),
        after=period and midnight(period.after),
    )
    rows = findings.stored_findings(connection, account, filters, limit=bound.limit + 1)
    rows = bound.within(rows, FINDINGS)
    names = ("id", "zone", "kind", "found_at", "deadline", "state", "overdue", "note", "photo")
    return rows_frame(rows, names, into="place")
