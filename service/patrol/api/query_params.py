"""Query parameters of zones, patrols, findings and duties."""

from typing import Annotated

from fastapi import Depends, Query

from data.districts.code_patterns import DISTRICT
from data.text_cleaning import has_nul
from gis.messages import InvalidValueError, Message
from service.web.deps import bad_query
from service.web.periods import Period, parse_period

DistrictParam = Annotated[str | None, Query(pattern=DISTRICT, description="County or above.")]
ZoneParam = Annotated[str | None, Query(max_length=32, description="Code of one zone.")]


def refuse_nul(**parameters: str | None) -> None:
    """Refuse parameters with a NUL, which PostgreSQL takes in no text.

    Raises
    ------
    Problem
        422 with the name of the parameter.
    """
    for name, value in parameters.items():
        if value is not None and has_nul(value):
            message = Message(f"{name} 含非法字符，请去掉", f"{name} contains NUL: take it out")
            raise bad_query(name, message)


async def period_of(
    period: Annotated[str, Query(max_length=40, description="2026, 2026-H1, 2026-Q3 or 2026-09.")],
) -> Period:
    """A period by its name.

    Raises
    ------
    Problem
        422 ``bad_period``, which says the forms of a name.
    """
    try:
        return parse_period(period)
    except InvalidValueError as error:
        raise bad_query("period", error.message, "bad_period") from None


async def optional_period(
    period: Annotated[
        str | None, Query(max_length=40, description="2026, 2026-H1, 2026-Q3 or 2026-09.")
    ] = None,
) -> Period | None:
    """A period by its name; None when none is named.

    Raises
    ------
    Problem
        422 ``bad_period``, which says the forms of a name.
    """
    return None if period is None else await period_of(period)


async def period_or_newest(
    period: Annotated[
        str | None,
        Query(
            max_length=40,
            description="2026, 2026-H1, 2026-Q3 or 2026-09; default: this quarter, or the newest "
            "one in which somebody walked.",
        ),
    ] = None,
) -> Period | None:
    """A period by its name; None, for which the route takes the newest walked, when none is named.

    Raises
    ------
    Problem
        422 ``bad_period``, which says the forms of a name.
    """
    return await optional_period(period)


PeriodDep = Annotated[Period, Depends(period_of)]
OptionalPeriodDep = Annotated[Period | None, Depends(optional_period)]
PeriodOrNewestDep = Annotated[Period | None, Depends(period_or_newest)]
