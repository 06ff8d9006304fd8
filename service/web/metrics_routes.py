"""``/metrics``: counts and durations for Prometheus."""

from fastapi import APIRouter, Request, Response
from fastapi.responses import PlainTextResponse
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from service.accounts.db.accounts import Account, account_on_line
from service.database.reserved_connection import NoAnswerError, ReservedLine
from service.web.admission import in_lane
from service.web.deps import require_role, secret_of, welcome
from service.web.problem_json import UNAVAILABLE

router = APIRouter(tags=["health"])


@router.get("/metrics", operation_id="readMetrics", response_class=PlainTextResponse)
@in_lane(None)
async def read_metrics(request: Request) -> Response:
    """Requests by route, method and status, for administrators; no plot or name is among them."""
    require_role(await _signed_in_apart(request), "admin")
    return Response(
        generate_latest(request.app.state.metrics),
        media_type=CONTENT_TYPE_LATEST,
    )


async def _signed_in_apart(request: Request) -> Account:
    """Whoever signed in, as the database says on a connection of its own; it waits for nobody."""
    line: ReservedLine = request.app.state.metrics_line
    brought = secret_of(request)
    try:
        found = None if brought is None else await account_on_line(line, *brought)
    except NoAnswerError:
        raise UNAVAILABLE from None
    return welcome(request, found)
