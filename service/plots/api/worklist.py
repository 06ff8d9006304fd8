"""``/api/me/work``: what waits for me."""

from datetime import datetime

from fastapi import APIRouter
from pydantic import BaseModel

from service.accounts.api.deps import AccountDep
from service.plots.db import worklist
from service.web.deps import ConnectionDep, SettingsDep
from service.web.thread_route import ThreadRoute

router = APIRouter(prefix="/api", tags=["work"], route_class=ThreadRoute)


class WorkPlot(BaseModel):
    """A plot that waits for somebody."""

    id: int
    name: str | None
    plot_no: str
    district: str
    year: int
    review: str
    return_reason: str | None
    area_m2: float
    changed_at: datetime


class WorkList(BaseModel):
    """The oldest of a list, and how many there are in all."""

    count: int
    plots: list[WorkPlot]


class Work(BaseModel):
    """Everything that waits for me."""

    drafts: WorkList
    returned: WorkList
    waiting: WorkList | None = None


@router.get("/me/work", operation_id="readWork")
def read_work(account: AccountDep, connection: ConnectionDep, settings: SettingsDep) -> Work:
    """My drafts, what was returned to me, and (for inspectors) what waits to be approved."""
    lists = worklist.work(
        connection, account, limit=settings.page_limit, levels=settings.levels_of_review
    )
    return Work.model_validate(lists)
