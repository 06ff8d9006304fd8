"""``/api/codes``: code lists, as data; administrators add rows, retire and delete them."""

import json
from collections.abc import Callable, Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Path, Request, Response
from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    JsonValue,
    field_validator,
)
from sqlalchemy import Connection

from data.codes import code_list_names, further_columns
from gis.verdicts import problem_codes
from service.accounts.api.deps import AccountDep, AdminOfAllDep
from service.codes.db.codes import codes
from service.codes.edit import CLOSED, RULES, put_code, remove_code
from service.errors import not_found
from service.web.deps import ConnectionDep
from service.web.etags import OptionalMatchDep, etag
from service.web.text_types import Name, Short
from service.web.thread_route import ThreadRoute

# Lists that another subject keeps in a table of its own, by name; service/app.py hands them in.
OtherLists = Mapping[str, Callable[[Connection], list[dict[str, Any]]]]

router = APIRouter(prefix="/api/codes", tags=["codes"], route_class=ThreadRoute)

ListName = Annotated[str, Path(max_length=64, description="Name of the list: `kind` …")]
CodeWord = Annotated[str, Path(max_length=64, description="The code: `LMXY`.")]


class Code(BaseModel):
    """One entry; lists may have further columns (``green_class`` of a kind)."""

    model_config = ConfigDict(extra="allow")

    code: str
    label_zh: str
    label_en: str
    source: str
    local: bool = Field(False, description="A row of the bureau, which no migrate replaces.")
    retired: bool = Field(False, description="Old plots keep it; new ones do not take it.")
    # Codes of other lists than `indicator` have no measure, and are answered without the field.
    measure: dict[str, JsonValue] | None = Field(
        None,
        exclude_if=lambda value: value is None,
        description="What an indicator counts, in the closed language of indicators.",
    )

    @field_validator("measure", mode="before")
    @classmethod
    def read_measure(cls, value: Any) -> Any:
        """A list keeps it as JSON text."""
        return json.loads(value) if isinstance(value, str) else value


class CodeTable(BaseModel):
    """A list in its order."""

    name: str
    codes: list[Code]


class ListAbout(BaseModel):
    """What may be done with a list."""

    name: str
    columns: list[str] = Field(description="Further columns of its rows.")
    open: bool = Field(description="Whether a bureau may add codes.")
    editable: bool = Field(description="Whether a bureau may change words.")


class CodeLists(BaseModel):
    """All lists, by name."""

    rows: list[ListAbout]


class CodeIn(BaseModel):
    """A row of the bureau; further members are the list's own columns."""

    model_config = ConfigDict(
        extra="allow",
        json_schema_extra={"example": {"label_zh": "绿美校园", "label_en": "Green campus"}},
    )
    __pydantic_extra__: dict[str, JsonValue]

    label_zh: Short
    label_en: Short | None = Field(None, description="The Chinese label when empty.")
    source: Name | None = Field(None, description="The paper that it comes from; 本地 when empty.")
    retired: bool | None = None
    valid_to: Short | None = Field(None, description="Last day on which new plots may take it.")


@router.get("", operation_id="readCodeLists")
def read_code_lists(_account: AccountDep) -> CodeLists:
    """The names of all lists, their further columns, and whether a bureau may add to them."""
    return CodeLists(
        rows=[
            ListAbout(
                name=name,
                columns=list(further_columns(name)),
                open=name not in CLOSED | RULES,
                editable=name not in RULES,
            )
            for name in code_list_names()
        ]
    )


@router.get("/{name}", operation_id="readCodes")
def read_codes(
    name: ListName, request: Request, _account: AccountDep, connection: ConnectionDep
) -> CodeTable:
    """The codes of ``kind``, ``method``, ``category``, ``species`` …"""
    others: OtherLists = request.app.state.other_code_lists
    rows: list[dict[str, Any]] = []
    if name in others:
        rows = others[name](connection)
    elif name == "problems":
        rows = [{**problem, "source": "gis/verdicts"} for problem in problem_codes()]
    elif name in code_list_names():
        rows = codes(connection, name)
    else:
        raise not_found("此代码表")
    return CodeTable(name=name, codes=[Code.model_validate(row) for row in rows])


@router.get("/{name}/{code}", operation_id="readCode")
def read_code(
    name: ListName, code: CodeWord, response: Response, _a: AccountDep, connection: ConnectionDep
) -> Code:
    """One row, with the ETag of its version."""
    for row in codes(connection, name) if name in code_list_names() else ():
        if row["code"] == code:
            response.headers["ETag"] = etag(int(row.get("version") or 0))
            return Code.model_validate(row)
    raise not_found("此代码")


@router.put(
    "/{name}/{code}",
    operation_id="putCode",
    response_model=Code,
    responses={201: {"model": Code, "description": "The code is new."}},
)
def write_code(
    name: ListName,
    code: CodeWord,
    body: CodeIn,
    response: Response,
    account: AdminOfAllDep,
    connection: ConnectionDep,
    seen: OptionalMatchDep,
) -> Code:
    """Add a code of the bureau, or change one; a shipped code is replaced until it is deleted.

    `If-Match` is honoured and not needed.
    """
    given = {**body.model_dump(), "code": code}
    cells = {column: _text(value) for column, value in given.items() if value is not None}
    row, created = put_code(connection, account, name, cells, seen)
    response.status_code = 201 if created else 200
    response.headers["ETag"] = etag(int(row["version"]))
    return Code.model_validate(row)


@router.delete("/{name}/{code}", operation_id="deleteCode", status_code=204)
def delete_code(
    name: ListName,
    code: CodeWord,
    account: AdminOfAllDep,
    connection: ConnectionDep,
    seen: OptionalMatchDep,
) -> None:
    """Delete a code of the bureau that nothing has: 409 `code_in_use` says what has it."""
    remove_code(connection, account, name, code, seen)


def _text(value: JsonValue) -> str:
    """A value of a row as a file would write it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return " ".join(_text(part) for part in value)
    if isinstance(value, dict):
        return json.dumps(value, ensure_ascii=False)
    return str(value)
