"""``/api/codes``: code lists, as data."""

from collections.abc import Callable, Mapping
from typing import Any

from fastapi import APIRouter, Request
from pydantic import BaseModel, ConfigDict
from sqlalchemy import Connection

from gis.verdicts import problem_codes
from service.accounts.api.deps import AccountDep
from service.codes.db.codes import codes
from service.errors import not_found
from service.web.deps import ConnectionDep
from service.web.thread_route import ThreadRoute

# Lists that another subject keeps in a table of its own, by name; service/app.py hands them in.
OtherLists = Mapping[str, Callable[[Connection], list[dict[str, Any]]]]

router = APIRouter(prefix="/api/codes", tags=["codes"], route_class=ThreadRoute)


class Code(BaseModel):
    """One entry; lists may have further columns (``green_class`` of a kind)."""

    model_config = ConfigDict(extra="allow")

    code: str
    label_zh: str
    label_en: str
    source: str


class CodeTable(BaseModel):
    """A list in its order."""

    name: str
    codes: list[Code]


@router.get("/{name}", operation_id="readCodes")
def read_codes(
    name: str, request: Request, _account: AccountDep, connection: ConnectionDep
) -> CodeTable:
    """The codes of ``kind``, ``method``, ``category``, ``species`` …"""
    others: OtherLists = request.app.state.other_code_lists
    rows: list[dict[str, Any]] = []
    if name in others:
        rows = others[name](connection)
    elif name == "problems":
        rows = [{**problem, "source": "gis/verdicts"} for problem in problem_codes()]
    elif "\x00" not in name:
        rows = codes(connection, name)
    if not rows:
        raise not_found("此代码表")
    return CodeTable(name=name, codes=[Code.model_validate(row) for row in rows])
