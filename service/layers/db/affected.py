"""Plots that a new version of a layer touches."""

from collections.abc import Sequence

from sqlalchemy import Connection, Engine, RowMapping, text

from service.accounts.db.accounts import Account

_RECHECK = text("SELECT recheck_layers(:plots)")
_STATE = text("""
SELECT v.id AS version_id, v.valid_from, v.source, r.done_at IS NOT NULL AS complete
FROM layer l
LEFT JOIN layer_version v ON v.layer = l.code AND v.valid_to IS NULL
LEFT JOIN layer_recheck r ON r.version_id = v.id
WHERE l.code = :layer
""")
_IN_FORCE = """
FROM layer_affected a
JOIN plot_version p ON p.plot_id = a.plot_id AND p.slot = a.slot
WHERE a.version_id = :version
  AND (CAST(:scope AS text[]) IS NULL OR a.district = ANY(CAST(:scope AS text[]))
       OR p.unit = ANY(CAST(:units AS text[])))
  AND (CAST(:counties AS text[]) IS NULL OR a.district = ANY(CAST(:counties AS text[])))
  AND (:approved_only = false OR a.slot = 'approved')
"""
_ROWS = text(f"""
SELECT a.plot_id, a.slot, a.district, a.severity, a.area_m2, a.share, a.longitude, a.latitude,
       p.plot_no, p.year, p.name, p.stage, p.kind, p.version, p.review
{_IN_FORCE} AND (a.plot_id, a.slot) > (:after, :after_slot)
ORDER BY a.plot_id, a.slot LIMIT :row_limit
""")
_TOTAL = text(f"SELECT count(*) AS plots, coalesce(sum(a.area_m2), 0) AS area_m2 {_IN_FORCE}")


def recheck(engine: Engine, plots: int) -> bool:
    """Compare the next plots with the version that waits longest; False when none waits."""
    with engine.begin() as connection:
        return connection.scalar(_RECHECK, {"plots": plots}) is not None


def recheck_state(connection: Connection, layer: str) -> RowMapping | None:
    """The newest version of a layer, and whether all plots were compared with it.

    Its members are None where no file was imported; None altogether where there is no layer.
    """
    return connection.execute(_STATE, {"layer": layer}).mappings().one_or_none()


def affected_plots(
    connection: Connection,
    account: Account,
    version_id: int,
    counties: Sequence[str] | None,
    *,
    after: tuple[int, str],
    limit: int,
) -> Sequence[RowMapping]:
    """Plots of the scope on a version, by number; viewers are shown approved ones."""
    values = _values(account, version_id, counties)
    values |= {"after": after[0], "after_slot": after[1], "row_limit": limit}
    return connection.execute(_ROWS, values).mappings().all()


def affected_total(
    connection: Connection, account: Account, version_id: int, counties: Sequence[str] | None
) -> RowMapping:
    """How many plots of the scope lie on a version, and with how much ground, square metres."""
    return connection.execute(_TOTAL, _values(account, version_id, counties)).mappings().one()


def _values(account: Account, version_id: int, counties: Sequence[str] | None) -> dict[str, object]:
    return {
        "version": version_id,
        "scope": None if account.counties is None else list(account.counties),
        "units": list(account.units),
        "counties": None if counties is None else list(counties),
        "approved_only": not (account.holds("planner") or account.holds("inspector")),
    }
