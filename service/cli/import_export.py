"""``luotu import`` and ``luotu export`` with the commands of every module that adds to them."""

import service.cli.codes
import service.cli.exports
import service.cli.imports
import service.cli.ledger
import service.cli.patrols
import service.cli.plans
import service.cli.progress
import service.cli.registers
import service.cli.units  # noqa: F401 - each import adds its commands
from service.cli.groups import exporting, importing

__all__ = ["exporting", "importing"]
