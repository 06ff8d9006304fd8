"""``/maps``: folium pages, scoped to whoever asks."""

from typing import Annotated, Any

from fastapi import APIRouter, Query
from fastapi.responses import HTMLResponse

from service import maps
from service.api.districts import CODE
from service.deps import AccountDep, ConnectionDep
from service.filters import counties_below

router = APIRouter(prefix="/maps", tags=["maps"])


@router.get("/coverage", operation_id="coverageMap", response_class=HTMLResponse)
def coverage_map(
    who: AccountDep,
    connection: ConnectionDep,
    district: Annotated[str | None, Query(pattern=CODE, description="Only this district.")] = None,
    download: bool = False,
) -> Any:
    """Coverage by county with the plots above it; ``download=1`` gives it as a file."""
    counties = None if district is None else counties_below(connection, district, who)
    made = maps.coverage_page(connection, who, district=district, counties=counties)
    headers = {"Cache-Control": "private, no-store", "Content-Security-Policy": made.page.csp}
    if download:
        headers["Content-Disposition"] = 'attachment; filename="coverage.html"'
    return HTMLResponse(made.page.html, headers=headers)
