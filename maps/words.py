"""The fixed vocabulary of the contract in Chinese and English: stages, reviews, levels, columns."""

from collections.abc import Mapping
from typing import Final, NamedTuple, TypeAlias

# [Chinese, English], as the page's script reads it.
Pair: TypeAlias = tuple[str, str]
# property -> code -> words: what code lists say, handed in by the caller.
Labels: TypeAlias = Mapping[str, Mapping[str, Pair]]

STAGE: Final[dict[str, Pair]] = {
    "planned": ("计划", "planned"),
    "planted": ("已造林", "planted"),
    "accepted": ("验收合格", "accepted"),
    "existing": ("现有", "existing"),
    "cancelled": ("取消", "cancelled"),
}
REVIEW: Final[dict[str, Pair]] = {
    "draft": ("草稿", "draft"),
    "submitted": ("待审核", "submitted"),
    "approved": ("已通过", "approved"),
    "returned": ("已退回", "returned"),
}
GREEN_CLASS: Final[dict[str, Pair]] = {
    "forest": ("林业绿化", "forest"),
    "urban": ("城镇绿化", "urban"),
    "grass": ("种草改良", "grass"),
    "wetland": ("湿地", "wetland"),
    "sand": ("沙化治理", "sand control"),
    "karst": ("石漠化治理", "karst control"),
}
LEVEL: Final[dict[str, Pair]] = {
    "area": ("统计片区", "reporting area"),
    "province": ("省", "province"),
    "city": ("市", "city"),
    "county": ("区县", "county"),
    "town": ("乡镇", "town"),
    "village": ("村", "village"),
    "group": ("组", "group"),
}
_FIXED: Final[dict[str, dict[str, Pair]]] = {
    "stage": STAGE,
    "review": REVIEW,
    "green_class": GREEN_CLASS,
}


class Property(NamedTuple):
    """A property of a plot as its sheet shows it."""

    id: str
    label: Pair


PROPERTIES: Final = (
    Property("name", ("名称", "Name")),
    Property("plot_no", ("图斑号", "Plot no.")),
    Property("stage", ("阶段", "Stage")),
    Property("review", ("审核", "Review")),
    Property("kind", ("造林类型", "Kind")),
    Property("green_class", ("绿地大类", "Green class")),
    Property("year", ("任务年度", "Task year")),
    Property("programme", ("工程", "Programme")),
    Property("theme", ("主题林", "Theme")),
    Property("work_type", ("建设性质", "Type of work")),
    Property("category", ("项目类别", "Project category")),
    Property("method", ("造林方式", "Method")),
    Property("species", ("树种", "Species")),
    Property("density_per_ha", ("密度（株/公顷）", "Density (per ha)")),
    Property("planted_on", ("栽植日期", "Planted on")),
    Property("area_m2", ("面积", "Area")),
    Property("declared_m2", ("申报面积", "Declared area")),
    Property("district", ("区县", "County")),
    Property("town", ("乡镇代码", "Town code")),
    Property("village", ("村代码", "Village code")),
    Property("compartment_no", ("林班", "Compartment")),
    Property("subcompartment_no", ("小班", "Subcompartment")),
    Property("land_ownership", ("土地权属", "Land ownership")),
    Property("tree_ownership", ("林木权属", "Tree ownership")),
    Property("evidence", ("佐证材料", "Evidence")),
    Property("plan_ids", ("落实的计划图斑", "Plans carried out")),
    Property("note", ("备注", "Note")),
    Property("extra", ("其他上报字段", "Further official fields")),
)


def properties(*names: str) -> tuple[Property, ...]:
    """Those of ``PROPERTIES``, in its order."""
    return tuple(prop for prop in PROPERTIES if prop.id in names)


def words_of(name: str, code: str, labels: Labels) -> Pair:
    """What a code means; the code itself where no list knows it.

    Examples
    --------
    >>> words_of("stage", "planned", {}), words_of("kind", "101", {})
    (('计划', 'planned'), ('101', '101'))
    """
    given = labels.get(name, {}).get(code)
    return given or _FIXED.get(name, {}).get(code) or (code, code)
