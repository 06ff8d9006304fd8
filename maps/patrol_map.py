"""The map of patrols: zones and who is responsible, walked tracks, findings."""

import re
from calendar import monthrange
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Final

from geopandas import GeoDataFrame

from maps import districts_block
from maps.caption import Caption
from maps.composition import Bounds, bounds_of, parents, precision_m
from maps.findings_block import Findings, findings_block, prepared_findings
from maps.html import Json, shown
from maps.lines import deepest_line_zoom
from maps.page import Page, assemble
from maps.shapes import deepest_zoom
from maps.tracks_block import Tracks, days_of, prepared_tracks, tracks_block
from maps.words import Labels, Pair
from maps.zones_block import zone_levels, zone_themes, zones_block

__all__ = ["Caption", "build"]

_ZONE_LETTERS: Final = 1_500_000
_TRACK_LETTERS: Final = 6_000_000
_PERIOD: Final = re.compile(r"^(\d{4})(?:-(?:H([12])|Q([1-4])|(\d{2})))?$")
_MONTHS: Final = 12


def build(  # noqa: PLR0913 - three layers and what stands around them
    zones: GeoDataFrame,
    tracks: GeoDataFrame | None,
    findings: GeoDataFrame | None,
    *,
    caption: Caption,
    period: str,
    names: bool = False,
    labels: Labels | None = None,
    links: Mapping[str, tuple[str, str]] | None = None,
    first_notes: Sequence[Pair] = (),
    around: Bounds | None = None,
) -> Page:
    """Draw patrols.

    Parameters
    ----------
    zones
        ``code``, ``geometry`` and where known ``name level parent parent_name state visits_due
        visits_done days_due effective_days overdue_days length_km walked_share longest_gap_days
        last_visit open_findings office chief chief_title ranger``; lon and lat in degrees of
        CGCS2000. `state` is ``met open late overdue``; any other has no rule and is hatched.
    tracks
        ``zone started_at geometry`` (LineString or MultiLineString) and where known ``ended_at
        minutes length_km effective apart ranger``. None: the reader sees shares only, and the
        page says so; empty: nobody walked, and the page says that.
    findings
        Points with ``zone kind state found_at deadline overdue note``; None or empty: none.
    caption
        What stands around the map.
    period
        ``2026``, ``2026-H1``, ``2026-Q3`` or ``2026-09``: what the slider runs over.
    names
        Whether chiefs, rangers and notes enter the file at all.
    labels
        Words for codes: ``duty_state``, ``finding_kind``, ``finding_state``, ``zone_level``,
        ``shortfall`` → code → (Chinese, English).
    links
        The same map of other periods: ``before after month quarter half year`` → (period, address).
        For pages that are served; a file that is passed on leads nowhere.
    first_notes
        Said before everything else, (Chinese, English) each: how the period was chosen.
    around
        West, south, east, north in degrees of what is seen where nothing is drawn; None: China.

    Raises
    ------
    MapError
        ``not_degrees``, ``parts_missing``.

    Notes
    -----
    Days are those of Beijing. Tracks are thinned for the eye, to a third of a pixel of the
    deepest zoom; no figure comes from them.

    Examples
    --------
    >>> from shapely import box
    >>> grid = GeoDataFrame({"code": ["N-1"], "state": ["overdue"], "ranger": ["某人"]},
    ...                     geometry=[box(114.9, 25.8, 115.0, 25.9)], crs="OGC:CRS84")
    >>> page = build(grid, None, None, caption=Caption(title="巡护", source="示例"),
    ...              period="2026-Q3")
    >>> "某人" in page.html
    False
    """
    ground = districts_block.prepared(zones)
    walked = prepared_tracks(tracks) if tracks is not None and len(tracks) else None
    findings_drawn = prepared_findings(findings) if findings is not None and len(findings) else None
    zoom = deepest_zoom(ground.lonlat, _ZONE_LETTERS)
    if walked is not None:
        zoom = min(zoom, deepest_line_zoom(walked.lonlat, _TRACK_LETTERS))
    drawn = [ground.lonlat] + ([walked.lonlat] if walked else [])
    bounds = bounds_of(*drawn, elsewhere=around)
    first, last = _days(period, walked, findings_drawn)
    words = labels or {}
    places = {shown(code): at for at, code in enumerate(ground.frame["code"])}
    levels = zone_levels(ground.frame, words)
    notes = _notes(
        (*first_notes, *_zones_told(ground)),
        walked,
        findings_drawn,
        names=names,
        shares_only=tracks is None,
    )
    data: dict[str, Json] = {
        "language": caption.language,
        "about": "patrol",
        "caption": {**caption.as_json(), "period": shown(period)},
        "links": {way: [shown(words), there] for way, (words, there) in (links or {}).items()},
        "zoom": zoom,
        "bounds": [[bounds[1], bounds[0]], [bounds[3], bounds[2]]],
        "precision_m": precision_m(zoom, bounds),
        "notes": [list(note) for note in notes],
        "districts": zones_block(ground, zoom, names=names),
        "levels": levels,
        "level": _deepest(levels),
        "parents": parents(ground.frame),
        "themes": zone_themes(ground.frame, words),
        "plots": None,
        "beside": False,
        "days": {"first": first.isoformat(), "count": (last - first).days + 1},
        "tracks": tracks_block(walked, zoom, places, first=first, names=names, labels=words)
        if walked
        else None,
        "findings": findings_block(findings_drawn, places, first=first, names=names, labels=words)
        if findings_drawn
        else None,
    }
    return assemble(data, title=caption.headline, bounds=bounds, zoom=zoom)


def _deepest(levels: list[Json]) -> str:
    last = levels[-1] if levels else None
    return str(last["id"]) if isinstance(last, dict) else ""


def _days(period: str, walked: Tracks | None, findings_drawn: Findings | None) -> tuple[date, date]:
    """First and last day of the slider: the period, and whatever lies outside it."""
    days = []
    if match := _PERIOD.match(period):
        year, half, quarter, month = (int(part) if part else 0 for part in match.groups())
        end = 6 * half or 3 * quarter or month or _MONTHS
        months = 6 if half else 3 if quarter else 1 if month else _MONTHS
        begin = end - months + 1
        if 1 <= begin <= end <= _MONTHS and year:
            days = [date(year, begin, 1), date(year, end, monthrange(year, end)[1])]
    if walked is not None:
        days += days_of(walked.frame["started_at"])
    if findings_drawn is not None and "found_at" in findings_drawn.frame.columns:
        days += days_of(findings_drawn.frame["found_at"])
    return (min(days), max(days)) if days else (date(2000, 1, 1), date(2000, 1, 1))


def _zones_told(ground: districts_block.Districts) -> tuple[Pair, ...]:
    """What is to be said of the zones; where there are none, how to get some comes first."""
    if len(ground.frame):
        return tuple(ground.notes)
    none = (
        "所选范围内还没有责任区：请用 luotu import zones 文件 导入，再打开本图",
        "There are no zones here yet: import them by luotu import zones FILE, then open this "
        "map again",
    )
    return (none, *ground.notes)


def _notes(
    first_notes: tuple[Pair, ...],
    walked: Tracks | None,
    findings_drawn: Findings | None,
    *,
    names: bool,
    shares_only: bool,
) -> list[Pair]:
    notes = [
        *first_notes,
        *(walked.notes if walked else ()),
        *(findings_drawn.notes if findings_drawn else ()),
    ]
    if walked is None and not shares_only:
        notes.append(("这一时段没有巡护轨迹", "Nobody recorded a patrol in this period"))
    elif walked is None:
        notes.append(
            (
                "轨迹属个人信息，本图不含轨迹，只有汇总",
                "Tracks are personal data: this map holds none, only figures",
            )
        )
    if not names:
        notes.append(("本图不含人员姓名", "This map names no person"))
    return notes
