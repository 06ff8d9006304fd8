"""Sign-in and a tile of plots in one statement: a map requests dozens at once.

One statement, a transaction of its own, signs in, counts changes and reads the plots.
``set_session_scope`` sets the scope before a row is read: the rest depends on its result
(LATERAL), and without its signature row security shows nothing.
"""

import hashlib
from collections.abc import Sequence
from functools import lru_cache
from typing import Any, Final, NamedTuple

from sqlalchemy import TextClause, text

from service.accounts.db.accounts import UNIT, Account, account_of, bearable
from service.database.engine import sqlalchemy_url
from service.plots.db.plots import PlotFilter
from service.tiles.db.async_pool import LoopPool
from service.tiles.db.plot_tiles import blocks, changes_in, given, plots_in
from service.tiles.db.tile_extent import Ground, places

_DRIVER: Final = sqlalchemy_url("postgresql://").get_dialect()()
_SIGNED = """
SELECT who.id, who.name, who.role, who.scope, who.counties,
       told.tag, told.known, tile.matched, tile.data
FROM set_session_scope(:secret, CAST(:kinds AS text[])) who
CROSS JOIN LATERAL ({changes}) counted (changes)
CROSS JOIN LATERAL (
    SELECT tag, tag = ANY(CAST(:tags AS text[])) AS known
    FROM (SELECT counted.changes || '-' || left(encode(sha256(convert_to(
              concat_ws('|', who.role, array_to_string(who.counties || ARRAY(
                  SELECT word FROM unnest(who.scope) word WHERE word LIKE 'unit:%'), ',')),
              'UTF8')), 'hex'), 12)
         ) one (tag)
) told
CROSS JOIN LATERAL ({plots}) tile
"""


def rights(account: Account) -> str:
    """The hash of role and scope, as the statement puts it into the tag."""
    units = (f"{UNIT}{unit}" for unit in account.units)
    words = f"{account.role}|{','.join((*(account.counties or ()), *units))}"
    return hashlib.sha256(words.encode()).hexdigest()[:12]


class SignedTile(NamedTuple):
    """The account and its tile; ``tag`` names the tile's state and the account's rights.

    ``known``: the client has this tag already, and nothing was drawn. ``matched``: how
    many plots there are.
    """

    account: Account
    tag: str
    known: bool
    data: bytes
    matched: int


def signed_statement(
    names: tuple[str, ...], *, approved: bool, mercator: bool, some: bool
) -> TextClause:
    """The statement for the filters that are named."""
    # Viewers see no working versions: for them a query of the newest gives an empty tile, and the
    # caller queries the approved ones next.
    own = ("signed", "news") if approved else ("signed", "news", "drafts")
    return text(
        _SIGNED.format(
            changes=changes_in(("signed",)),
            plots=plots_in((*own, *names), approved=approved, mercator=mercator, some=some),
        )
    )


@lru_cache(maxsize=128)
def _compiled(names: tuple[str, ...], *, approved: bool, mercator: bool, some: bool) -> bytes:
    statement = signed_statement(names, approved=approved, mercator=mercator, some=some)
    return str(statement.compile(dialect=_DRIVER)).encode()


async def tile_for_secret(  # noqa: PLR0913
    pool: LoopPool,
    secret: str,
    kinds: Sequence[str],
    filters: PlotFilter,
    ground: Ground,
    *,
    max_plots: int,
    some: bool,
    tags: Sequence[str],
) -> SignedTile | None:
    """Ask :func:`signed_statement`; None for an unknown secret. Raises what `LoopPool.ask`
    raises."""
    if not bearable(secret):
        return None
    values: dict[str, Any] = dict(given(None, filters))
    statement = _compiled(
        tuple(values),
        approved=filters.version == "approved",
        mercator=ground.mercator,
        some=some,
    )
    row = await pool.ask(
        statement,
        {
            **values,
            **places(ground),
            **blocks(ground),
            "secret": secret,
            "kinds": list(kinds),
            "tags": list(tags),
            "most": max_plots,
        },
    )
    if row is None:
        return None
    data = b"" if row.data is None else bytes(row.data)
    return SignedTile(account_of(row), row.tag, row.known, data, row.matched)
