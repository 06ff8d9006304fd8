"""What workers are given to do: they import this module, and nothing else of the suite."""

import os
import signal
import threading
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from data.lake.counting import CellCounts
    from data.lake.planning import Task


def slowly(task: "Task") -> "CellCounts":
    """Count, so that there is a middle."""
    from data.lake.counting import count_cells  # noqa: PLC0415 - workers that only die do not

    time.sleep(0.5)
    return count_cells(task)


def never(_task: int) -> None:
    """Wait for what does not come."""
    threading.Event().wait(600)


def die(_task: int) -> None:
    """Take the worker down."""
    os.kill(os.getpid(), signal.SIGKILL)
