"""``/api/posts``: functions of units and zones and who has them; administrators keep them."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Path, Query, Response
from pydantic import BaseModel, ConfigDict, Field

from gis.messages import Message
from service.accounts.api.deps import AccountDep, AdminDep
from service.errors import Problem, not_found
from service.units.db.posts import PostFilter
from service.units.posts import add_posts, posts, put_post, remove_post
from service.web.day_types import Day
from service.web.deps import ConnectionDep
from service.web.etags import OptionalMatchDep, etag
from service.web.idempotency import OnceRoute
from service.web.text_types import Name, Short

router = APIRouter(prefix="/api/posts", tags=["units"], route_class=OnceRoute)

PostId = Annotated[int, Path(ge=1, le=2**63 - 1)]


class PostIn(BaseModel):
    """A post as an administrator writes it; it is of a unit or of a zone."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"example": {"unit": "LYJ", "function": "联络员", "person": "示例"}},
    )

    unit: Short | None = Field(None, description="单位: code or name.")
    zone: Short | None = Field(None, description="责任区: code.")
    function: Name = Field(description="职务: 林长, 副林长, 监管员, 护林员, 联络员 …")
    person: Name | None = None
    phone: Short | None = None
    valid_from: Day | None = Field(None, description="任职日")
    valid_to: Day | None = Field(None, description="离任日: last day.")


class Post(PostIn):
    """A post as stored; person and phone are null for who may not know them."""

    model_config = ConfigDict(extra="ignore")

    id: int
    unit_name: str | None
    forgotten_at: datetime | None = Field(description="When person and phone were deleted.")
    version: int
    demo: bool


class PostRows(BaseModel):
    """Posts by holder, function and term."""

    rows: list[Post]
    numberMatched: int  # noqa: N815 - OGC's word


@router.get("", operation_id="listPosts")
def list_of_posts(
    account: AccountDep,
    connection: ConnectionDep,
    unit: Annotated[Short | None, Query(description="Code of a unit.")] = None,
    zone: Annotated[Short | None, Query(description="Code of a zone.")] = None,
    on: Annotated[Day | None, Query(description="Held on that day; all terms if empty.")] = None,
) -> PostRows:
    """Posts of units and of the zones of your scope, past terms too.

    Names and phones are for inspectors and administrators of the ground where the unit works, and
    for accounts of the unit.
    """
    rows = posts(connection, account, PostFilter(unit=unit, zone=zone, on=on))
    return PostRows(rows=[Post.model_validate(row) for row in rows], numberMatched=len(rows))


def _answer(connection: ConnectionDep, account: AdminDep, number: int, response: Response) -> Post:
    for row in posts(connection, account, PostFilter(ids=[number])):
        response.headers["ETag"] = etag(row["version"])
        return Post.model_validate(row)
    raise not_found("此岗位")


@router.post("", status_code=201, operation_id="createPost")
def create_post(
    body: PostIn, account: AdminDep, connection: ConnectionDep, response: Response
) -> Post:
    """Write a post: a new term is a new post, so that the ones before stay known."""
    numbers = add_posts(connection, account, [body.model_dump()])
    if not numbers:
        raise Problem(
            409,
            "post_exists",
            Message(
                "此人此任期的这个岗位已有记录，请修改原记录",
                "this post is there already, with this person and term: change that one",
            ),
        )
    response.headers["Location"] = f"/api/posts/{numbers[0]}"
    return _answer(connection, account, numbers[0], response)


@router.put("/{post_id:number}", operation_id="putPost")
def write_post(
    post_id: PostId,
    body: PostIn,
    account: AdminDep,
    connection: ConnectionDep,
    response: Response,
    seen: OptionalMatchDep,
) -> Post:
    """Change a post whole; `If-Match` is honoured and not needed."""
    put_post(connection, account, post_id, body.model_dump(), seen)
    return _answer(connection, account, post_id, response)


@router.delete(
    "/{post_id:number}", operation_id="deletePost", status_code=204, response_class=Response
)
def delete_post(
    post_id: PostId, account: AdminDep, connection: ConnectionDep, seen: OptionalMatchDep
) -> None:
    """Delete a post that was written by mistake; a term that is over gets `valid_to`.

    `If-Match` is honoured and not needed.
    """
    remove_post(connection, account, post_id, seen)
