"""The years of plots, periods and moments: one range for files, service and database."""

from typing import Final

__all__ = ["FIRST_YEAR", "LAST_YEAR"]

# The CHECK of `plot_version.year` has the same bounds, and so has the workspace (plot/years.ts).
FIRST_YEAR: Final = 1949
LAST_YEAR: Final = 2100
