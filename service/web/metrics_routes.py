"""``/metrics``: counts and durations for Prometheus.

``service/app.py`` lets administrators in only.
"""

from fastapi import APIRouter, Request, Response
from fastapi.responses import PlainTextResponse
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from service.web.admission import in_lane
from service.web.thread_route import ThreadRoute

router = APIRouter(tags=["health"], route_class=ThreadRoute)


@router.get("/metrics", operation_id="readMetrics", response_class=PlainTextResponse)
@in_lane(None)
async def read_metrics(request: Request) -> Response:
    """Requests by route, method and status, for administrators; no plot or name is among them."""
    return Response(
        generate_latest(request.app.state.metrics),
        media_type=CONTENT_TYPE_LATEST,
    )
