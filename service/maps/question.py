"""What a map of plots is to show."""

from dataclasses import dataclass
from datetime import date, datetime

from service.plots.db.plots import VersionName
from service.settings import MAP_PLOT_LIMIT


@dataclass(frozen=True)
class MapQuestion:
    """What a map is to show; ``since`` adds the change from that moment, ``expires`` is stamped in.

    ``counties`` are those of ``district``. ``version`` is of the plots on the map of afforestation;
    figures are always those of approved ones. ``plot_limit`` bounds the plots that are read; a map
    that meets it says so.
    """

    district: str | None = None
    counties: tuple[str, ...] | None = None
    since: datetime | None = None
    expires: date | None = None
    version: VersionName = "approved"
    plot_limit: int = MAP_PLOT_LIMIT
    download: str = ""
    """Address of the same map as a file, for its button."""
