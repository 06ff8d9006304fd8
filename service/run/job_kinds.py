"""Which function does a job of which kind."""

from collections.abc import Mapping
from typing import Final

from service.handins.jobs import hand_in
from service.jobs.exports import export
from service.jobs.kinds import Kind

KINDS: Final[Mapping[str, Kind]] = {"export": export, "handin": hand_in}
