"""``/api/plots/check``: verdicts on a drawing, nothing stored."""

from fastapi import APIRouter

from service.accounts.api.deps import ReviewerDep
from service.plots import repair
from service.plots import validate as checking
from service.plots.api.check_schemas import Checked, CheckFeature
from service.plots.create import known_kind
from service.web.admission import in_lane
from service.web.deps import ConnectionDep, SettingsDep
from service.web.thread_route import ThreadRoute

router = APIRouter(prefix="/api/plots", tags=["plots"], route_class=ThreadRoute)


@router.post("/check", operation_id="checkPlot")
@in_lane("drawing")
def check_plot(
    drawn: CheckFeature, account: ReviewerDep, connection: ConnectionDep, settings: SettingsDep
) -> Checked:
    """Everything that is wrong with a drawing, each with its spot; the same as on every write."""
    validation = checking.validate_geojson(
        connection,
        account,
        drawn.geometry,
        known_kind(connection, drawn.properties.model_dump()),
        settings,
        plot_id=drawn.id,
    )
    return Checked.model_validate(
        {
            "valid": validation.valid,
            "adds_m2": validation.adds_m2,
            "area_m2": validation.area_m2,
            "mended_m2": None
            if validation.area_m2 is not None
            else repair.repaired_m2(drawn.geometry),
            "problems": [reported.as_json() for reported in validation.reported],
        }
    )
