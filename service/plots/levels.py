"""Levels of review: county, city, province, one after the other.

A setting names them. Without it, or with one alone, the first approval is the last.
"""

from collections.abc import Sequence
from typing import Final

from gis.messages import Message
from service.accounts.db.accounts import Account
from service.districts.db.districts import DistrictTree

__all__ = ["LEVEL_NAMES", "levels_of", "own_level", "turns"]

LEVEL_NAMES: Final = {
    "county": Message("县级", "county"),
    "city": Message("市级", "city"),
    "province": Message("省级", "province"),
}
_RANK: Final = {name: rank for rank, name in enumerate(LEVEL_NAMES)}


def levels_of(districts: DistrictTree, levels: Sequence[str], county: str) -> tuple[str, ...]:
    """The levels of the setting that a county has: 直辖市 have no city level."""
    there = {"county"}
    above = districts[county].parent if county in districts else None
    while above is not None and above in districts:
        there.add(districts[above].level)
        above = districts[above].parent
    return tuple(level for level in levels if level in there)


def own_level(
    districts: DistrictTree, account: Account, levels: Sequence[str], county: str
) -> str | None:
    """The level at which an account reviews a county's plots; None: at none of them.

    It is that of the widest of its districts around the county; the whole tree is above all.
    """
    if not levels:
        return None
    if account.counties is None:
        return levels[-1]
    code: str | None = county
    rank = -1
    while code is not None and code in districts:
        if code in account.scope:
            rank = _RANK.get(districts[code].level, rank)
        code = districts[code].parent
    if rank < 0 and account.units:
        return levels[0]
    return next((level for level in reversed(levels) if _RANK[level] <= rank), None)


def turns(
    districts: DistrictTree, account: Account, levels: Sequence[str]
) -> dict[int | None, list[str]]:
    """The counties of an account by how many levels stand before its own; None: it has none."""
    counties = (
        [node.code for node in districts.at("county")]
        if account.counties is None
        else list(account.counties)
    )
    found: dict[int | None, list[str]] = {}
    for county in counties:
        here = levels_of(districts, levels, county)
        mine = own_level(districts, account, here, county)
        found.setdefault(None if mine is None else here.index(mine), []).append(county)
    return found
