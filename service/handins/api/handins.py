"""``/api/handins``: the checked package of a district and a year, made in the background."""

from typing import Annotated, Any

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from data.districts.code_patterns import DISTRICT
from data.schemas import Encoding
from data.writing.dispatch import Form
from data.years import FIRST_YEAR, LAST_YEAR
from service.accounts.api.deps import GisDep
from service.handins.whole_district import whole_district
from service.jobs.api.job_schemas import JobOut
from service.jobs.api.jobs import accepted
from service.jobs.asking import ask
from service.plots.export import refuse_plot_form
from service.web.deps import ConnectionDep
from service.web.idempotency import OnceRoute

router = APIRouter(prefix="/api/handins", tags=["jobs"], route_class=OnceRoute)


class HandInIn(BaseModel):
    """What is handed in."""

    model_config = ConfigDict(extra="forbid")

    district: Annotated[str, Field(pattern=DISTRICT)]
    year: Annotated[int, Field(ge=FIRST_YEAR, le=LAST_YEAR)]
    encoding: Encoding = "UTF-8"
    crs: Annotated[str | None, Field(max_length=64)] = None


@router.post("", status_code=202, response_model=JobOut, operation_id="startHandIn")
def start_hand_in(body: HandInIn, account: GisDep, connection: ConnectionDep) -> Any:
    """Check the approved plots of a district and year as a province would, and pack them.

    All counties of the district have to be yours: the package bears its name.

    The job's `result` has `preflight`: `code`, `severity`, `plot_id`, `at`, `message`. Where one
    of them is `block`, there is no file: mend those plots, then ask again. Else the zip holds the
    official shapefile with its dictionary, a summary, a map for each county, checksums and a
    manifest.
    """
    refuse_plot_form(Form("shp", "zaolin", body.encoding, body.crs))
    whole_district(connection, body.district, account)
    return accepted(ask(connection, account, "handin", body.model_dump(mode="json")))
