"""The filters of plots, parsed once for lists, exports and maps."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Annotated, Literal

from fastapi import Depends, Query
from sqlalchemy import Connection

from service.accounts.api.deps import AccountDep
from service.accounts.db.accounts import Account
from service.codes.db.codes import codes
from service.districts.db.districts import tree
from service.errors import Problem
from service.plots.api.plot_schemas import Review, Stage
from service.plots.db.plots import PlotFilter, VersionName
from service.web.deps import Bbox, ConnectionDep, bad_query, parse_bbox
from service.web.timestamps import now, parse_moment

Version = Annotated[
    Literal["approved", "working"] | None,
    Query(
        description="`approved`: the last approved version; `working`: the newest. Lists and tiles "
        "have the newest by default, files the approved."
    ),
]

# What people call the lists that plots may be asked for by.
_LISTS = {"kind": "造林类型", "programme": "工程"}

# A day is asked for by its last instant, and clocks differ: nobody asks for what is to come.
CLOCK_TOLERANCE = timedelta(days=1, minutes=5)


def as_of_moment(
    as_of: Annotated[
        str | None,
        Query(max_length=40, description="What stood then: `2026-05-01` (its end) or RFC 3339."),
    ] = None,
) -> datetime | None:
    """The moment that is asked about; None for now."""
    return None if as_of is None else past_moment("as_of", as_of)


def past_moment(field: str, text: str) -> datetime:
    """The moment that a query parameter names; 422 with its name when there is no such past."""
    try:
        moment = parse_moment(text)
    except ValueError as error:
        raise bad_query(
            field,
            f"{field} 应为日期或带时区的时间（{error}）；{field} is a day, 2026-05-01, or a time "
            "with its offset, 2026-05-01T08:00:00+08:00",
        ) from None
    if moment > now() + CLOCK_TOLERANCE:
        raise bad_query(field, f"{field} 在将来；{field} lies in the future: leave it out for now")
    return moment


AsOfDep = Annotated[datetime | None, Depends(as_of_moment)]


def counties_below(connection: Connection, code: str, who: Account) -> list[str]:
    """County codes of a district; 422 when there is no such district in the account's scope."""
    districts = tree(connection)
    node = districts.get(code)
    found: list[str] = []
    if node is not None:
        found = [code] if node.level == "county" else [n.code for n in districts.at("county", code)]
        found = [one for one in found if who.covers(one)]
    if not found:
        raise bad_query(
            "district",
            f"没有县级行政区 {code}，或不在您的管辖范围；no counties there in your scope: "
            "/api/districts lists them",
            "unknown_district",
        )
    return found


def known_codes(connection: Connection, name: str, asked: Sequence[str]) -> list[str]:
    """Codes of a list, given as code or label, in any case."""
    known: dict[str, str] = {}
    for one in codes(connection, name):
        for word in (one["label_zh"], one["label_en"], one["code"]):
            known[word.casefold()] = one["code"]
    strange = [one for one in asked if one.casefold() not in known]
    if strange:
        raise bad_query(
            name,
            f"没有{_LISTS[name]} {', '.join(strange)}；no such {name}: "
            f"/api/codes/{name} lists them",
            f"unknown_{name}",
        )
    return [known[one.casefold()] for one in asked]


def refuse_unapproved(who: Account, version: VersionName | None) -> None:
    """403 for a viewer who asks for what is not approved."""
    if version == "working" and who.role == "viewer":
        raise Problem(
            403,
            "role_missing",
            "查看者只能看已审核的版本；a viewer reads approved versions only",
        )


@dataclass(frozen=True)
class PlotQuery:
    """What is asked of plots wherever they lie, as it was sent."""

    district: str | None
    stages: Sequence[Stage] | None
    reviews: Sequence[Review] | None
    kinds: Sequence[str] | None
    year: int | None
    programmes: Sequence[str] | None
    version: VersionName | None

    def static_filter(self) -> PlotFilter | None:
        """The filter, when no table has to be read to know what is meant, else None."""
        if self.district is None and self.kinds is None and self.programmes is None:
            return self._filter(None, None, None)
        return None

    def refuse(self, who: Account) -> None:
        """403 for a viewer who asks for what is not approved."""
        refuse_unapproved(who, self.version)

    def file_version(self) -> VersionName:
        """Files hold approved plots, unless others are asked for by version or by review."""
        if self.version is not None:
            return self.version
        others = any(review != "approved" for review in self.reviews or ())
        return "working" if others else "approved"

    def resolve(self, connection: Connection, who: Account) -> PlotFilter:
        """The filter that the words mean for this account; what cannot be meant is refused."""
        self.refuse(who)
        kinds, programmes = self.kinds, self.programmes
        if kinds is not None:
            kinds = known_codes(connection, "kind", kinds)
        if programmes is not None:
            programmes = known_codes(connection, "programme", programmes)
        counties = None
        if self.district is not None:
            counties = counties_below(connection, self.district, who)
        return self._filter(counties, kinds, programmes)

    def _filter(
        self,
        counties: Sequence[str] | None,
        kinds: Sequence[str] | None,
        programmes: Sequence[str] | None,
    ) -> PlotFilter:
        return PlotFilter(
            version=self.version or "working",
            counties=counties,
            stages=self.stages,
            reviews=self.reviews,
            kinds=kinds,
            year=self.year,
            programmes=programmes,
        )


# Without a wait of its own, but async: FastAPI would run it in another thread, and wait for that.
async def plot_query(
    district: Annotated[
        str | None, Query(pattern="^[0-9]{6}([0-9]{3}){0,3}$", description="County or above.")
    ] = None,
    stage: Annotated[list[Stage] | None, Query(max_length=5)] = None,
    review: Annotated[list[Review] | None, Query(max_length=4)] = None,
    kind: Annotated[
        list[str] | None, Query(max_length=50, description="Code or label of the list `kind`.")
    ] = None,
    year: Annotated[int | None, Query(ge=1949, le=2100)] = None,
    programme: Annotated[
        list[str] | None, Query(max_length=50, description="Code or label of `programme`.")
    ] = None,
    version: Version = None,
) -> PlotQuery:
    """The same words for lists, files and tiles."""
    return PlotQuery(district, stage, review, kind, year, programme, version)


PlotQueryDep = Annotated[PlotQuery, Depends(plot_query)]


def plot_filter(
    words: PlotQueryDep,
    who: AccountDep,
    connection: ConnectionDep,
    bbox: Bbox = None,
    as_of: AsOfDep = None,
) -> PlotFilter:
    """The filter with a place and a time; what cannot be meant is refused with its name."""
    box = None
    if bbox is not None:
        try:
            box = parse_bbox(bbox)
        except ValueError as error:
            raise bad_query("bbox", str(error)) from None
    return replace(words.resolve(connection, who), bbox=box, as_of=as_of)


PlotFilterDep = Annotated[PlotFilter, Depends(plot_filter, scope="function")]


def file_filter(words: PlotQueryDep, asked: PlotFilterDep) -> PlotFilter:
    """The same for files: approved plots unless others are asked for."""
    return replace(asked, version=words.file_version())


FileFilterDep = Annotated[PlotFilter, Depends(file_filter, scope="function")]
