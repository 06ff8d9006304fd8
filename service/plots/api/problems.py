"""What errors about plots are answered with."""

from typing import Final

from gis.messages import Message
from service.errors import Problem
from service.plots.db.ground_lock import GroundBusy
from service.plots.number_taken import NumberTaken
from service.web.problem_json import ErrorTable


def number_taken(error: NumberTaken) -> Problem:
    """409 that names the field."""
    return Problem(409, "plot_no_taken", error.message, errors=[{"field": "properties.plot_no"}])


def ground_busy(_error: GroundBusy) -> Problem:
    """503: to be sent again when the other writer is done."""
    return Problem(
        503,
        "ground_busy",
        Message(
            "此处正有人保存或导入，什么都没有保存，请稍后重试",
            "somebody else is writing the same ground, nothing was stored: send it again in "
            "a moment",
        ),
        headers={"Retry-After": "2"},
    )


ERRORS: Final[ErrorTable] = {NumberTaken: number_taken, GroundBusy: ground_busy}
