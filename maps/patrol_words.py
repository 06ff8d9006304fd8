"""What the map of patrols says of duty, tracks and findings, in Chinese and English."""

from typing import Final

from maps.words import Labels, Pair

DUTY: Final[dict[str, Pair]] = {
    "met": ("已完成", "met"),
    "open": ("进行中", "running"),
    "late": ("逾期后已补", "made up late"),
    "overdue": ("逾期", "overdue"),
    "none": ("无规则", "no rule"),
}
FINDING_STATE: Final[dict[str, Pair]] = {
    "found": ("已发现", "found"),
    "notice": ("已发《工作提示单》", "work notice sent"),
    "supervision": ("已发《督办函》", "supervision letter sent"),
    "rectified": ("已整改", "rectified"),
    "closed": ("已销号", "closed"),
}
LEVEL: Final[dict[str, Pair]] = {
    "province": ("省级", "province"),
    "city": ("市级", "city"),
    "county": ("县级", "county"),
    "town": ("乡级", "town"),
    "village": ("村级", "village"),
    "group": ("组级", "group"),
    "grid": ("护林员网格", "ranger grid"),
}
SHORTFALL: Final[dict[str, Pair]] = {
    "too_short": ("责任区内里程不足", "too short inside the zone"),
    "too_brief": ("责任区内时间不足", "too little time inside the zone"),
    "outside": ("部分在责任区外", "partly outside the zone"),
    "offline": ("设备离线过久", "the device was silent too long"),
    "repeated": ("路线本月已走过", "a route walked this month before"),
}
RESULT: Final[dict[str, Pair]] = {
    "effective": ("有效巡护", "effective"),
    "short": ("未达有效标准", "not effective"),
    "unknown": ("未评定", "not judged"),
}
_FIXED: Final[dict[str, dict[str, Pair]]] = {
    "duty_state": DUTY,
    "finding_state": FINDING_STATE,
    "zone_level": LEVEL,
    "shortfall": SHORTFALL,
}


def patrol_words(name: str, code: str, labels: Labels) -> Pair:
    """What a code means: as the caller says, else as above, else the code itself.

    Examples
    --------
    >>> patrol_words("duty_state", "late", {}), patrol_words("finding_kind", "HZ", {})
    (('逾期后已补', 'made up late'), ('HZ', 'HZ'))
    """
    return labels.get(name, {}).get(code) or _FIXED.get(name, {}).get(code) or (code, code)
