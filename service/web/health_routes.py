"""``/healthz``, ``/readyz``: is the process there, and can it work?

Both are answered by the event loop itself within half a second, however busy the service is.
"""

from fastapi import APIRouter, Request
from pydantic import BaseModel

from service.database.reserved_connection import NoAnswerError, ReservedLine
from service.database.revision import IS_MIGRATED
from service.web.admission import in_lane
from service.web.problem_json import UNAVAILABLE
from service.web.thread_route import ThreadRoute

router = APIRouter(tags=["health"], route_class=ThreadRoute)


class Health(BaseModel):
    """One word."""

    status: str


@router.get("/healthz", operation_id="readHealth")
@in_lane(None)
async def read_health() -> Health:
    """The process answers."""
    return Health(status="ok")


@router.get("/readyz", operation_id="readReadiness")
@in_lane(None)
async def read_readiness(request: Request) -> Health:
    """The database answers, too, and has the tables; 503 while it does not."""
    line: ReservedLine = request.app.state.readiness_line
    try:
        row = await line.ask(IS_MIGRATED)
    except NoAnswerError:
        raise UNAVAILABLE from None
    if not row.migrated:
        raise UNAVAILABLE
    return Health(status="ready")
