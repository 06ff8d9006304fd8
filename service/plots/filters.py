"""Query parameters that select plots, read once for lists, exports, maps and tiles."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import Connection

from gis.messages import InvalidValueError, Message
from service.accounts.db.accounts import Account
from service.codes.db.codes import codes
from service.districts.db.districts import tree
from service.errors import Problem
from service.plots.api.plot_schemas import Review, Stage
from service.plots.db.plots import PlotFilter, VersionName
from service.units.naming import known_units
from service.web.deps import bad_query
from service.web.timestamps import now, parse_moment, today

# Chinese names of the code lists that plots can be filtered by.
_LISTS = {"kind": "造林类型", "programme": "工程", "theme": "主题林", "work_type": "建设性质"}

# A day stands for its last instant, and clocks differ; anything later is in the future.
CLOCK_TOLERANCE = timedelta(days=1, minutes=5)


def past_moment(field: str, text: str) -> datetime:
    """The moment that a query parameter names.

    Raises
    ------
    Problem
        422 with the parameter's name: it cannot be read or lies in the future.
    """
    try:
        moment = parse_moment(text)
    except InvalidValueError as error:
        raise bad_query(
            field,
            Message(
                f"{field} 应为日期（2026-05-01）或带时区的时间（2026-05-01T08:00:00+08:00）",
                f"{field} is a day, 2026-05-01, or a time with its offset, "
                f"2026-05-01T08:00:00+08:00 ({error.message.en})",
            ),
        ) from None
    if moment > now() + CLOCK_TOLERANCE:
        raise bad_query(
            field,
            Message(
                f"{field} 在将来，查询现状请省略",
                f"{field} lies in the future: leave it out for now",
            ),
        )
    return moment


def day_until_today(field: str, day: date) -> date:
    """The day that a query parameter names, until today in Beijing.

    Raises
    ------
    Problem
        422 with the parameter's name: it lies in the future.
    """
    if day > today():
        raise bad_query(
            field,
            Message(
                f"{field} 在将来（今天是 {today()}）",
                f"{field} lies in the future: today is {today()}",
            ),
        )
    return day


def counties_below(connection: Connection, code: str, account: Account) -> list[str]:
    """Codes of the counties of a district that are in the account's scope; never empty.

    Raises
    ------
    Problem
        422 ``unknown_district``: there is no such district, or none of it is in scope.
    """
    districts = tree(connection)
    node = districts.get(code)
    counties: list[str] = []
    if node is not None:
        counties = (
            [code] if node.level == "county" else [n.code for n in districts.at("county", code)]
        )
        counties = [county for county in counties if account.covers(county)]
    if not counties:
        raise bad_query(
            "district",
            Message(
                f"没有县级行政区 {code}，或不在您的管辖范围，可用行政区见 /api/districts",
                f"no county of {code} in your scope: /api/districts lists them",
            ),
            "unknown_district",
        )
    return counties


def known_codes(connection: Connection, name: str, values: Sequence[str]) -> list[str]:
    """Codes of a code list, each given as code or label in any case.

    Raises
    ------
    Problem
        422 ``unknown_kind``, ``unknown_programme``, ``unknown_theme`` or ``unknown_work_type``.
    """
    known: dict[str, str] = {}
    for entry in codes(connection, name):
        for word in (entry["label_zh"], entry["label_en"], entry["code"]):
            known[word.casefold()] = entry["code"]
    unknown = [entry for entry in values if entry.casefold() not in known]
    if unknown:
        raise bad_query(
            name,
            Message(
                f"没有{_LISTS[name]} {', '.join(unknown)}，可用代码见 /api/codes/{name}",
                f"no such {name}: {', '.join(unknown)}; /api/codes/{name} lists them",
            ),
            f"unknown_{name}",
        )
    return [known[entry.casefold()] for entry in values]


def refuse_unapproved(account: Account, version: VersionName | None) -> None:
    """Refuse a viewer who asks for versions that are not approved.

    Raises
    ------
    Problem
        403 ``role_missing``.
    """
    if version == "working" and account.role == "viewer":
        raise Problem(
            403,
            "role_missing",
            Message(
                "查看者只能看已审核的版本",
                "a viewer reads approved versions only",
            ),
        )


@dataclass(frozen=True)
class PlotQuery:
    """Query parameters that select plots, as they were sent; a place and a time stand apart."""

    district: str | None
    stages: Sequence[Stage] | None
    reviews: Sequence[Review] | None
    kinds: Sequence[str] | None
    year: int | None
    programmes: Sequence[str] | None
    version: VersionName | None
    themes: Sequence[str] | None = None
    work_types: Sequence[str] | None = None
    units: Sequence[str] | None = None

    def static_filter(self) -> PlotFilter | None:
        """The filter, when no table has to be read to resolve the parameters; else None."""
        named = (
            self.district,
            self.kinds,
            self.programmes,
            self.themes,
            self.work_types,
            self.units,
        )
        if all(values is None for values in named):
            return self._filter(None, {})
        return None

    def refuse(self, account: Account) -> None:
        """Refuse a viewer who asks for versions that are not approved.

        Raises
        ------
        Problem
            403 ``role_missing``.
        """
        refuse_unapproved(account, self.version)

    def file_version(self) -> VersionName:
        """Files hold approved plots, unless others are asked for by version or by review."""
        if self.version is not None:
            return self.version
        others = any(review != "approved" for review in self.reviews or ())
        return "working" if others else "approved"

    def resolve(self, connection: Connection, account: Account) -> PlotFilter:
        """The filter that the parameters stand for, for this account.

        Raises
        ------
        Problem
            403 ``role_missing``; 422 ``unknown_district``, ``unknown_unit`` and those of
            :func:`known_codes`.
        """
        self.refuse(account)
        codes_of = {
            name: known_codes(connection, name, values)
            for name, values in (
                ("kind", self.kinds),
                ("programme", self.programmes),
                ("theme", self.themes),
                ("work_type", self.work_types),
            )
            if values is not None
        }
        if self.units is not None:
            codes_of["unit"] = known_units(connection, self.units)
        counties = None
        if self.district is not None:
            counties = counties_below(connection, self.district, account)
        return self._filter(counties, codes_of)

    def _filter(
        self, counties: Sequence[str] | None, codes_of: Mapping[str, Sequence[str]]
    ) -> PlotFilter:
        return PlotFilter(
            version=self.version or "working",
            counties=counties,
            stages=self.stages,
            reviews=self.reviews,
            kinds=codes_of.get("kind"),
            year=self.year,
            programmes=codes_of.get("programme"),
            themes=codes_of.get("theme"),
            work_types=codes_of.get("work_type"),
            units=codes_of.get("unit"),
        )
