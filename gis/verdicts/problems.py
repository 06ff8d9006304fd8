"""What can be wrong with a plot: every code, its severity, its name."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final, Literal, NamedTuple, TypeAlias

from gis.errors import GeometryError, Position
from gis.messages import Message

__all__ = ["PROBLEMS", "Problem", "ProblemKind", "Severity", "problem", "problem_codes", "refusal"]

Severity: TypeAlias = Literal["block", "warn", "info"]


class ProblemKind(NamedTuple):
    """One code of the list that is served at ``/api/codes/problems``."""

    code: str
    severity: Severity
    label: Message


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong with one plot, in words and with its place."""

    code: str
    """Stable; one of :data:`PROBLEMS`."""
    severity: Severity
    """``block`` is refused, ``warn`` is accepted when acknowledged, ``info`` is only shown."""
    message: Message
    at: Position | None = None
    """``(longitude, latitude)`` of the spot in degrees; None where there is none."""
    area_m2: float | None = None
    """Ground concerned, m² on the ellipsoid; None where no area is meant."""
    other: str | None = None
    """The other plot or layer concerned."""

    def as_json(self) -> dict[str, Any]:
        """A dictionary of plain values; ``at`` is a list."""
        return {
            "code": self.code,
            "severity": self.severity,
            "message_zh": self.message.zh,
            "message_en": self.message.en,
            "at": None if self.at is None else list(self.at),
            "area_m2": self.area_m2,
            "other": self.other,
        }


def _kinds(severity: Severity, labels: dict[str, tuple[str, str]]) -> dict[str, ProblemKind]:
    return {code: ProblemKind(code, severity, Message(*label)) for code, label in labels.items()}


PROBLEMS: Final[dict[str, ProblemKind]] = {
    **_kinds(
        "block",
        {
            "missing": ("没有几何", "No geometry"),
            "empty": ("几何为空", "Empty geometry"),
            "not_polygon": ("不是面", "Not a polygon"),
            "not_geojson": ("GeoJSON 结构不对", "Malformed GeoJSON"),
            "not_finite": ("坐标不是有限数", "A coordinate is not a finite number"),
            "out_of_range": ("坐标不是经纬度", "Not longitude and latitude"),
            "too_wide": ("东西跨度过大", "Half a globe wide"),
            "ring_not_closed": ("边界未闭合", "Ring not closed"),
            "too_few_points": ("环的顶点不足", "Too few positions in a ring"),
            "self_intersection": ("边界自相交", "Self-intersection"),
            "ring_self_intersection": ("边界与自身相接", "A ring touches itself"),
            "hole_outside": ("内环在外环之外", "Hole outside its shell"),
            "nested_holes": ("内环重叠或相套", "Holes overlap or nest"),
            "overlapping_parts": ("部分之间重叠", "Parts overlap"),
            "parts_share_edge": ("部分之间共边", "Parts share an edge"),
            "interior_disconnected": ("内部被内环割断", "Interior is cut by its holes"),
            "duplicate_rings": ("有重复的环", "Duplicate rings"),
            "too_tangled": ("边线穿插过密", "Edges lie across each other too densely"),
            "too_many_crossings": ("自相交过多", "Too many self-intersections"),
            "too_many_edges": ("边线相遇过多", "Too many edges meet"),
            "invalid": ("几何无效", "Invalid geometry"),
            "outside_district": ("超出所属行政区", "Outside its district"),
            "on_control_line": ("占用控制线", "On a control line"),
            "not_a_plan": ("不是计划图斑", "Not a planned plot"),
            "far_from_plan": ("不在计划图斑上", "Away from its planned plot"),
            # Of the cells and rows of a file.
            "outside_districts": ("不在任何行政区内", "In no known district"),
            "number_twice": ("图斑号重复", "A number that stands twice"),
            "number_taken": ("图斑号已被占用", "A number that is taken"),
            "unknown_plan": ("没有所指的计划图斑", "No such planned plot"),
            "unreadable_value": ("单元格无法读取", "A cell that cannot be read"),
            "month_only": ("只有年月，没有日", "A month without a day"),
            "not_a_date": ("不是日期", "Not a date"),
            "not_a_number": ("不是数字", "Not a number"),
            "not_a_year": ("不是年份", "Not a year"),
            "planted_in_future": ("造林时间在将来", "Planted in the future"),
            "not_a_code": ("代码格式不对", "Not a code"),
            "unknown_code": ("代码表中没有", "Not in the code list"),
            "retired_code": ("代码已停用", "A retired code"),
            "unknown_unit": ("没有此单位", "No such unit"),
            "ended_unit": ("单位已停用", "A unit that has ended"),
            "species_shares": ("树种成数不对", "Wrong shares of species"),
            "digits_lost": ("长数字已失真", "A long number that lost digits"),
            "too_long": ("文字过长", "Too long a text"),
            "not_evidence": ("佐证材料写法不对", "Malformed evidence"),
            "not_plan_ids": ("计划图斑写法不对", "Malformed plans"),
        },
    ),
    **_kinds(
        "warn",
        {
            "spike": ("尖刺", "Spike"),
            "sliver": ("狭长碎面", "Sliver"),
            "too_small": ("面积过小", "Too small"),
            "too_large": ("面积过大", "Too large"),
            "kind_size": ("面积与类型不符", "No size of its kind"),
            "crosses_district": ("跨越行政区界", "Crosses the border of its district"),
            "declared_area_off": ("申报面积与量算不符", "Declared area is off"),
            "overlap": ("与其他图斑重叠", "Overlaps another plot"),
            "same_ground": ("与其他图斑重复", "The same ground as another plot"),
            "another_datum": ("坐标有偏移", "Shifted coordinates of web maps"),
            "credited_ground": ("地块已计入其他图斑", "Ground that counts for another plot"),
        },
    ),
    **_kinds(
        "info",
        {
            "duplicate_vertex": ("重复顶点", "Duplicate vertex"),
            "overlap_within_tolerance": ("容差内的重叠", "Overlap within tolerance"),
            "belt_width": ("占耕地绿化带过宽", "Wider than a belt on farmland"),
            "place_filled": ("乡镇、村按位置填写", "Town and village by where it lies"),
        },
    ),
}
"""Every code; ``on_control_line`` takes the severity of its layer."""


def problem_codes() -> list[dict[str, str]]:
    """The list of codes as plain data, in the order of severity.

    Examples
    --------
    >>> problem_codes()[0]
    {'code': 'missing', 'severity': 'block', 'label_zh': '没有几何', 'label_en': 'No geometry'}
    """
    return [
        {
            "code": kind.code,
            "severity": kind.severity,
            "label_zh": kind.label.zh,
            "label_en": kind.label.en,
        }
        for kind in PROBLEMS.values()
    ]


def problem(
    code: str,
    message: Message,
    *,
    at: Position | None = None,
    area_m2: float | None = None,
    other: str | None = None,
) -> Problem:
    """A problem with the severity that its code has.

    Examples
    --------
    >>> problem("spike", Message("有尖刺。", "There is a spike.")).severity
    'warn'
    """
    return Problem(code, PROBLEMS[code].severity, message, at, area_m2, other)


def refusal(error: GeometryError) -> Problem:
    """An error of geometry as a problem.

    Examples
    --------
    >>> message = Message("几何为空。", "The geometry is empty.")
    >>> refusal(GeometryError(message, code="empty")).message.en
    'The geometry is empty.'
    """
    code = _ALIASES.get(error.code, error.code)
    return problem(code if code in PROBLEMS else "invalid", error.message, at=error.at)


# GEOS distinguishes nested shells from shells that cross; the remedy is the same.
_ALIASES: Final = {"nested_shells": "overlapping_parts"}
