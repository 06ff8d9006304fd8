"""``/metrics``: counts and durations for Prometheus."""

from fastapi import APIRouter, Request, Response
from fastapi.responses import PlainTextResponse
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from service.deps import AdminDep

router = APIRouter(tags=["health"])


@router.get("/metrics", operation_id="readMetrics", response_class=PlainTextResponse)
def read_metrics(request: Request, _who: AdminDep) -> Response:
    """Requests by route, method and status; no plot, name or address is among them.

    For administrators.
    """
    return Response(generate_latest(request.app.state.metrics), media_type=CONTENT_TYPE_LATEST)
