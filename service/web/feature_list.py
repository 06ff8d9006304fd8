"""Lists of features: the page that a request asks for, and its answer as a FeatureCollection."""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, TypeVar

from fastapi import Depends, Query, Request, Response
from fastapi.encoders import jsonable_encoder

from gis.messages import Message
from service.web import paging
from service.web.deps import SettingsDep, bad_query
from service.web.geojson_response import GeoJson

Row = TypeVar("Row")
Limit = Annotated[int | None, Query(ge=1, description="Entries on a page.")]
Cursor = Annotated[str | None, Query(max_length=paging.LONGEST, description="From `next`.")]
NOT_CACHED_BY_OTHERS: Mapping[str, str] = {"Cache-Control": "private, no-cache"}


@dataclass(frozen=True)
class Page:
    """The part of a list that a request asks for; without a cursor the first page."""

    request: Request
    size: int
    cursor: str | None

    @property
    def row_limit(self) -> int:
        """Rows to query: one more than the page holds, which shows that another page follows."""
        return self.size + 1

    @property
    def after(self) -> int:
        """The number that the page begins after, in a list ordered by number; 0 for the first.

        Raises
        ------
        Problem
            422: the cursor is none of ours.
        """
        return paging.number_after(self.cursor) or 0

    def split(
        self, rows: Sequence[Row], cursor_after: Callable[[Row], str]
    ) -> tuple[Sequence[Row], str | None]:
        """The rows of this page, and the address of the next; None on the last page.

        Parameters
        ----------
        rows
            What a query with ``row_limit`` answered.
        cursor_after
            The cursor of a page that begins after a row.
        """
        on_page = rows[: self.size]
        if len(rows) <= self.size:
            return on_page, None
        url = self.request.url.include_query_params(cursor=cursor_after(on_page[-1]))
        return on_page, f"{url.path}?{url.query}"


def page_of(
    request: Request, limit: int | None, cursor: str | None, *, default: int, maximum: int
) -> Page:
    """The page of ``limit`` rows, or of ``default`` where the request names no limit.

    Raises
    ------
    Problem
        422: the limit is larger than ``maximum``.
    """
    size = limit or default
    if size > maximum:
        raise bad_query(
            "limit",
            Message(
                f"limit 不得超过 {maximum}",
                f"limit may be {maximum} at most",
            ),
        )
    return Page(request, size, cursor)


# Async although it awaits nothing: FastAPI runs other dependencies in a thread, which costs more.
async def requested_page(
    request: Request, settings: SettingsDep, limit: Limit = None, cursor: Cursor = None
) -> Page:
    """The page of a list with the ordinary limits; to be declared after the account."""
    return page_of(
        request, limit, cursor, default=settings.page_limit, maximum=settings.page_limit_max
    )


PageDep = Annotated[Page, Depends(requested_page)]


def number_cursor(row: Mapping[str, Any]) -> str:
    """The cursor after a row of a list that is ordered by ``id``."""
    return paging.cursor(row["id"])


def feature(number: int, geometry: str | None, properties: Any) -> str:
    """One Feature as JSON text; ``geometry`` is GeoJSON text already, None for no geometry."""
    body = json.dumps(jsonable_encoder(properties), ensure_ascii=False)
    return f'{{"type":"Feature","id":{number},"geometry":{geometry or "null"},"properties":{body}}}'


def feature_list(
    features: Iterable[str],
    *,
    matched: int,
    following: str | None = None,
    headers: Mapping[str, str] = NOT_CACHED_BY_OTHERS,
    **members: Any,
) -> Response:
    """A page of features as a FeatureCollection, put together without parsing them.

    Parameters
    ----------
    features
        Each as JSON text.
    matched
        How many features the whole list has.
    following
        Address of the next page; None on the last.
    members
        Further members of the collection.
    """
    texts = list(features)
    head = {
        "type": "FeatureCollection",
        "numberMatched": matched,
        "numberReturned": len(texts),
        "next": following,
        **members,
    }
    text = json.dumps(jsonable_encoder(head), ensure_ascii=False)
    return Response(
        f'{text[:-1]},"features":[{",".join(texts)}]}}',
        media_type=GeoJson.media_type,
        headers=dict(headers),
    )
