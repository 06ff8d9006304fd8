"""``/healthz``, ``/readyz``: is the process there, and can it work?"""

from fastapi import APIRouter, Request
from pydantic import BaseModel
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from service.problems import UNAVAILABLE

router = APIRouter(tags=["health"])


class Health(BaseModel):
    """One word."""

    status: str


@router.get("/healthz", operation_id="readHealth")
def read_health() -> Health:
    """The process answers."""
    return Health(status="ok")


@router.get("/readyz", operation_id="readReadiness")
def read_readiness(request: Request) -> Health:
    """The database answers, too; 503 while it does not."""
    try:
        with request.app.state.engine.connect() as connection:
            connection.execute(text("SELECT 1 FROM plot LIMIT 1"))
    except SQLAlchemyError:
        raise UNAVAILABLE from None
    return Health(status="ready")
