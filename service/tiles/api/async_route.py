"""The fast route of plot tiles: a map requests dozens at once, all with the same query.

The ordinary route parses a query once; the result is cached if no table had to be read for it. From
then on a tile costs one statement, which signs in, applies the scope and draws; the event loop
waits for it, no thread. Nothing about people and their rights is cached.
All other requests take the ordinary route, which also words the refusals; so do all while the loop
has no connection.
"""

import gzip
import re
from collections.abc import Mapping
from typing import Final

from fastapi import Request, Response
from starlette.concurrency import run_in_threadpool
from starlette.types import Receive, Scope, Send

from service.accounts.api.deps import secret_of
from service.errors import Problem
from service.plots.filters import PlotQuery
from service.tiles import tiles
from service.tiles.db.async_pool import LoopPool, NoLineError
from service.tiles.tiles import GRIDS, PLOTS_FROM, Answer, Tile
from service.web.admission import queued
from service.web.etags import MAX_CHARS
from service.web.thread_route import ThreadRoute

MVT: Final = "application/vnd.mapbox-vector-tile"
WORTH_PACKING_BYTES: Final = 256
# Compressing more than this would block the event loop: a thread does it.
LONG_BYTES: Final = 65_536
MAX_REMEMBERED: Final = 256
_DIGITS: Final = re.compile("[0-9]{1,10}", re.ASCII)
_remembered: dict[bytes, PlotQuery] = {}


def takes_gzip(accept_encoding: str | None) -> bool:
    """Whether the client accepts gzip.

    >>> takes_gzip("br, gzip;q=0.5"), takes_gzip("gzip;q=0"), takes_gzip(None)
    (True, False, False)
    """
    for coding in (accept_encoding or "").lower().split(","):
        name, _, weight = coding.partition(";")
        if name.strip() in ("gzip", "*"):
            return weight.replace(" ", "") not in ("q=0", "q=0.0", "q=0.00", "q=0.000")
    return False


def response(made: Answer, accept_encoding: str | None) -> Response:
    """304 if the client has the tile, 204 if the tile is empty."""
    headers = {
        "ETag": made.tag,
        "Cache-Control": "private, no-cache",
        "Vary": "Accept-Encoding, Authorization, Cookie",
    }
    if not made.data:
        return Response(None, 304 if made.data is None else 204, headers)
    data = made.data
    if len(data) > WORTH_PACKING_BYTES and takes_gzip(accept_encoding):
        data = gzip.compress(data, 1, mtime=0)
        headers["Content-Encoding"] = "gzip"
    return Response(data, 200, headers, MVT)


def remember(request: Request, words: PlotQuery) -> None:
    """Cache the filters of an ordinary request's query, if the fast route can use them."""
    query = request.scope["query_string"]
    if len(query) <= MAX_CHARS and words.static_filter() is not None:
        if len(_remembered) >= MAX_REMEMBERED:
            _remembered.clear()
        _remembered[query] = words


class QuickRoute(ThreadRoute):
    """FastAPI's route, with the fast route before it."""

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer cached queries; leave the rest to FastAPI."""
        request = Request(scope, receive, send)
        words = _remembered.get(scope["query_string"]) if scope["method"] == "GET" else None
        tile = None if words is None else _tile(scope["path_params"])
        response = None
        if words is not None and tile is not None:
            response = await _drawn(request, words, tile)
        if response is None:
            await super().handle(scope, receive, send)
        else:
            await response(scope, receive, send)


def _tile(named: Mapping[str, str]) -> Tile | None:
    """The tile when it shows plots; None for tiles of squares and for invalid addresses."""
    numbers = [named[name] for name in ("z", "row", "col")]
    grid = next((offered for offered in GRIDS if offered == named["grid"]), None)
    if grid is None or not all(_DIGITS.fullmatch(number) for number in numbers):
        return None
    try:
        tile = tiles.tile(grid, *map(int, numbers))
    except Problem:
        return None
    return tile if tile.scale >= PLOTS_FROM else None


async def _drawn(request: Request, words: PlotQuery, tile: Tile) -> Response | None:
    known = request.headers.get("if-none-match", "")
    packing = request.headers.get("accept-encoding", "")
    brought, filters = secret_of(request), words.static_filter()
    if brought is None or filters is None or max(len(known), len(packing)) > MAX_CHARS:
        return None
    pool: LoopPool = request.app.state.loop_pool
    queued(request)
    try:
        signed = await tiles.plots_for_secret(pool, *brought, filters, tile, known)
    except NoLineError:
        return None
    if signed is None or signed.answer is None:
        return None
    words.refuse(signed.account)
    request.state.account = signed.account
    if len(signed.answer.data or b"") > LONG_BYTES:
        return await run_in_threadpool(response, signed.answer, packing)
    return response(signed.answer, packing)
