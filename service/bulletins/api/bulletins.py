"""``/api/bulletins``: figures of a plan frozen as they stood, as Word and Excel."""

from datetime import datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from gis.messages import Language
from service.accounts.api.deps import AccountDep, GisDep
from service.bulletins.db.bulletins import list_bulletins, read_bulletin
from service.bulletins.issue import Order, issue
from service.bulletins.kinds import Kind
from service.bulletins.templates import names_of
from service.bulletins.workbook import as_workbook
from service.errors import not_found
from service.plans.indicators import words_in_use
from service.plans.targets import plan_of
from service.plots.filters import past_moment
from service.progress.book import Reader
from service.web.admission import in_lane
from service.web.deps import ConnectionDep, SettingsDep
from service.web.file_answers import file_answers
from service.web.idempotency import OnceRoute
from service.web.text_types import Name, Short

router = APIRouter(prefix="/api/bulletins", tags=["bulletins"], route_class=OnceRoute)

MEDIA = {
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
BulletinId = Annotated[int, Path(ge=1, le=2**63 - 1)]
MAX_LISTED = 100


class BulletinBody(BaseModel):
    """Which plan a bulletin is issued of."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"example": {"plan": "CC-2023"}})

    plan: Short
    kind: Kind = Field(
        "month",
        description="`quarter`: with ranking and what is late; `activity`: of a month of planting; "
        "`year`; `gap`: with gaps and self-score.",
    )
    title: Name | None = Field(None, description="Empty: plan, kind and number.")
    recipient: Name | None = Field(None, description="To whom it goes.")
    as_of: str | None = Field(
        None, max_length=40, description="A past day (its end) or time; empty: now."
    )


class BulletinOut(BaseModel):
    """A bulletin as issued."""

    id: int
    plan: str
    kind: Kind
    number: int = Field(description="Of the plan and the kind.")
    title: str
    as_of: datetime
    since: datetime | None = Field(description="Moment of the one before: moves begin there.")
    sha256: str = Field(description="Of `content` as JSON: sorted keys, UTF-8, no spaces.")
    made_at: datetime


class BulletinWhole(BulletinOut):
    """With the rows and moves that were frozen."""

    content: dict[str, Any]


class BulletinRows(BaseModel):
    """Bulletins, the newest first."""

    rows: list[BulletinOut]
    next: int | None = Field(description="For `before`: the page that follows.")


@router.post("", status_code=201, response_model=BulletinWhole, operation_id="issueBulletin")
@in_lane("heavy")
def issue_bulletin(
    body: BulletinBody,
    account: GisDep,
    connection: ConnectionDep,
    settings: SettingsDep,
    response: Response,
) -> Any:
    """Freeze the figures of a plan as they stand, with what moved since its last bulletin."""
    plan = plan_of(connection, account, body.plan)
    reader = Reader(connection, account, settings, words_in_use(connection))
    as_of = None if body.as_of is None else past_moment("as_of", body.as_of)
    number = issue(reader, plan, Order(body.kind, body.title, as_of, body.recipient))
    response.headers["Location"] = f"/api/bulletins/{number}"
    return read_bulletin(connection, account, number)


@router.get("", response_model=BulletinRows, operation_id="listBulletins")
def get_bulletins(
    account: AccountDep,
    connection: ConnectionDep,
    plan: Annotated[str | None, Query(max_length=32, description="Code of a plan.")] = None,
    kind: Kind | None = None,
    before: Annotated[int | None, Query(ge=1, le=2**63 - 1, description="From `next`.")] = None,
) -> Any:
    """Bulletins of your own counties."""
    rows = list_bulletins(connection, account, plan, kind=kind, before=before, limit=MAX_LISTED + 1)
    more = len(rows) > MAX_LISTED
    return {"rows": rows[:MAX_LISTED], "next": rows[MAX_LISTED - 1]["id"] if more else None}


@router.get(
    "/templates/{kind}",
    operation_id="getBulletinTemplate",
    response_class=Response,
    responses=file_answers([MEDIA["docx"]]),
)
def get_template(
    kind: Kind,
    _account: AccountDep,
    lang: Annotated[Language, Query(description="Language of the template.")] = "zh",
) -> Response:
    """The shipped Word template of a kind, for a bureau to begin its own with."""
    # Imported here: the libraries for Word would slow down each start of the service.
    from service.bulletins.shipped import shipped_template  # noqa: PLC0415

    name = names_of(kind, lang)[0]
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(shipped_template(kind, lang), media_type=MEDIA["docx"], headers=headers)


@router.get("/{bulletin_id}", response_model=BulletinWhole, operation_id="getBulletin")
def get_bulletin(bulletin_id: BulletinId, account: AccountDep, connection: ConnectionDep) -> Any:
    """A bulletin with the rows and moves that were frozen."""
    found = read_bulletin(connection, account, bulletin_id)
    if found is None:
        raise not_found("此通报")
    return found


@router.get(
    "/{bulletin_id}/file",
    operation_id="getBulletinFile",
    response_class=Response,
    responses=file_answers(MEDIA.values()),
)
@in_lane("heavy")
def get_bulletin_file(
    bulletin_id: BulletinId,
    request: Request,
    account: AccountDep,
    connection: ConnectionDep,
    settings: SettingsDep,
    format: Literal["docx", "xlsx"] = "docx",  # noqa: A002 - the contract's name
    lang: Annotated[Language, Query(description="Language of the file.")] = "zh",
) -> Response:
    """A bulletin as Word (by the bureau's template, if there is one) or Excel."""
    found = read_bulletin(connection, account, bulletin_id)
    if found is None:
        raise not_found("此通报")
    base = (settings.public_url or str(request.base_url)).rstrip("/")
    if format == "docx":
        from service.bulletins.document import as_docx  # noqa: PLC0415 - as above

        content = as_docx(connection, settings, found, base, lang)
    else:
        content = as_workbook(found, base, lang)
    name = f"bulletin-{found['id']}.{format}"
    headers = {
        "Cache-Control": "private, no-store",
        "Content-Disposition": f'attachment; filename="{name}"',
    }
    return Response(content, media_type=MEDIA[format], headers=headers)
