"""What a migrated database is filled with: lists that come with each version of the product."""

from typing import Final

from service.codes.db.codes import load_code_lists
from service.database.migrate import Loader
from service.patrol.rules.db.rules import load_patrol_rules
from service.registers.definitions import load_registers

LOADERS: Final[tuple[Loader, ...]] = (load_code_lists, load_patrol_rules, load_registers)
