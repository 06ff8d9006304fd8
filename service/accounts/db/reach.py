"""Whether an account has every county that there is."""

from sqlalchemy import Connection, exists, select

from service.accounts.db.accounts import Account
from service.database.metadata import district

__all__ = ["has_all_counties"]


def has_all_counties(connection: Connection, account: Account) -> bool:
    """Whether the account's scope is the whole tree, or districts that hold all of its counties.

    So an office that keeps a single county may give its people that county as their scope, and
    they still keep its words. An account of units alone has no county.
    """
    if account.counties is None:
        return True
    if not account.counties:
        return False
    others = district.c.code.not_in(account.counties)
    beyond = select(exists().where(district.c.level == "county", others))
    return not connection.scalar(beyond)
