"""Whether an account has all of the district that it hands in."""

from sqlalchemy import Connection

from gis.messages import Message
from service.accounts.db.accounts import Account
from service.districts.db import districts as district_queries
from service.plots.filters import counties_below
from service.web.deps import bad_query

__all__ = ["whole_district"]


def whole_district(connection: Connection, code: str, account: Account) -> list[str]:
    """Codes of all counties of a district, which the account has to have: a package bears its name.

    Raises
    ------
    Problem
        422 ``unknown_district``; ``outside_scope``: some of them lie outside the scope.
    """
    codes = counties_below(connection, code, account)
    tree = district_queries.tree(connection)
    every = [code] if tree[code].level == "county" else [n.code for n in tree.at("county", code)]
    if len(codes) < len(every):
        name = tree[code].name
        words = Message(
            f"{name}有 {len(every)} 个县，您管辖其中 {len(codes)} 个，上报包会缺其余各县；"
            "请按县上报，或由管辖全部的人上报",
            f"{len(codes)} of the {len(every)} counties of {name} are yours, and the package would "
            "lack the others: hand in county by county, or let somebody who has them all do it",
        )
        raise bad_query("district", words, "outside_scope")
    return codes
