"""The query parameters that plots are filtered by: the same for lists, exports, maps and tiles."""

from dataclasses import replace
from datetime import datetime
from typing import Annotated, Literal

from fastapi import Depends, Query
from pydantic import StringConstraints

from data.districts.code_patterns import DISTRICT
from data.years import FIRST_YEAR, LAST_YEAR
from service.accounts.api.deps import AccountDep
from service.errors import InvalidValueError
from service.plots.api.plot_schemas import Review, Stage
from service.plots.cql2 import MAX_CHARACTERS, parse_filter
from service.plots.db.plots import PlotFilter
from service.plots.filters import PlotQuery, past_moment
from service.web.deps import Bbox, ConnectionDep, bad_query, parse_bbox
from service.web.text_types import Storable

Version = Annotated[
    Literal["approved", "working"] | None,
    Query(
        description="`approved`: the last approved version; `working`: the newest. Lists and tiles "
        "have the newest by default, files the approved."
    ),
]

Themes = Annotated[
    list[str] | None, Query(max_length=50, description="Code or label of the list `theme`.")
]
WorkTypes = Annotated[
    list[str] | None, Query(max_length=50, description="Code or label of the list `work_type`.")
]
Units = Annotated[
    list[str] | None, Query(max_length=50, description="Code or name of a unit that does the work.")
]

PlotWords = Annotated[
    Annotated[str, StringConstraints(min_length=1, max_length=100, strip_whitespace=True), Storable]
    | None,
    Query(description="A part of the name, or the beginning of the 图斑号."),
]


async def as_of_moment(
    as_of: Annotated[
        str | None,
        Query(max_length=40, description="What stood then: `2026-05-01` (its end) or RFC 3339."),
    ] = None,
) -> datetime | None:
    """The moment that ``as_of`` names; None for now.

    Raises
    ------
    Problem
        422 ``invalid_request`` for a moment that cannot be read or lies in the future.
    """
    return None if as_of is None else past_moment("as_of", as_of)


AsOfDep = Annotated[datetime | None, Depends(as_of_moment)]


# Async although it awaits nothing: FastAPI runs other dependencies in a thread, which costs more.
async def plot_query(
    district: Annotated[str | None, Query(pattern=DISTRICT, description="County or above.")] = None,
    stage: Annotated[list[Stage] | None, Query(max_length=5)] = None,
    review: Annotated[list[Review] | None, Query(max_length=4)] = None,
    kind: Annotated[
        list[str] | None, Query(max_length=50, description="Code or label of the list `kind`.")
    ] = None,
    year: Annotated[int | None, Query(ge=FIRST_YEAR, le=LAST_YEAR)] = None,
    programme: Annotated[
        list[str] | None, Query(max_length=50, description="Code or label of `programme`.")
    ] = None,
    version: Version = None,
    theme: Themes = None,
    work_type: WorkTypes = None,
    unit: Units = None,
) -> PlotQuery:
    """The same parameters for lists, files and tiles."""
    return PlotQuery(
        district, stage, review, kind, year, programme, version, theme, work_type, unit
    )


PlotQueryDep = Annotated[PlotQuery, Depends(plot_query)]


async def plot_filter(
    query: PlotQueryDep,
    account: AccountDep,
    connection: ConnectionDep,
    bbox: Bbox = None,
    as_of: AsOfDep = None,
    import_: Annotated[
        int | None, Query(alias="import", ge=1, le=2**63 - 1, description="Batch of an import.")
    ] = None,
    filter_: Annotated[
        str | None,
        Query(
            alias="filter",
            max_length=MAX_CHARACTERS,
            description="CQL2 text over the properties of plots: `year = 2026 AND area_m2 > 1000`, "
            "`S_INTERSECTS(geometry, POLYGON((…)))`.",
        ),
    ] = None,
    q: PlotWords = None,
) -> PlotFilter:
    """The filter with a box (degrees of CRS84), a moment, the batch of an import and words.

    Raises
    ------
    Problem
        Those of :meth:`PlotQuery.resolve` and :func:`parse_filter`; 422 ``invalid_request`` for
        ``bbox``.
    """
    box = None
    if bbox is not None:
        try:
            box = parse_bbox(bbox)
        except InvalidValueError as error:
            raise bad_query("bbox", error.message) from None
    filters = query.resolve(connection, account)
    where = None if filter_ is None else parse_filter(connection, filter_)
    return replace(filters, bbox=box, as_of=as_of, import_id=import_, where=where, text=q)


PlotFilterDep = Annotated[PlotFilter, Depends(plot_filter)]


async def file_filter(query: PlotQueryDep, filters: PlotFilterDep) -> PlotFilter:
    """The filter of a file: approved plots unless others are asked for."""
    return replace(filters, version=query.file_version())


FileFilterDep = Annotated[PlotFilter, Depends(file_filter)]
