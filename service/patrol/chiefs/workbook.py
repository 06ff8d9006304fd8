"""The lists of forest chiefs as a workbook: a sheet each, and what the figures are."""

from collections.abc import Mapping
from typing import Any

from data.writing.xlsx import Sheet, as_book
from service.accounts.db.accounts import Account
from service.patrol.chiefs.schemas import ChiefLists

ZONE = {"zone": "责任区 zone"}
OF = {"of": "代码 code", "of_label": "分项 of"}
HEADS: dict[str, dict[str, str]] = {
    "rows": {
        **ZONE,
        "name": "名称 name",
        "level": "级别 level",
        "parent": "上级 parent",
        "district": "行政区 district",
        "chief": "林长 chief",
        "chief_title": "职务 title",
        "office": "林长办 office",
        "board": "公示牌 board",
        "vacant": "空缺 vacant",
        "area_m2": "面积 m² area, m²",
        "state": "巡林状态 state of duty",
        "zones_below": "下级责任区 zones below",
        "open_findings": "未结问题 open findings",
        "overdue_findings": "逾期问题 overdue findings",
    },
    "tasks": {
        **ZONE,
        "item": "任务 task",
        **OF,
        "unit": "单位 unit",
        "due": "目标 due",
        "done": "完成 done",
        "share": "完成率 share",
        "overdue": "逾期或漏 overdue",
    },
    "resources": {
        **ZONE,
        "item": "资源 resource",
        **OF,
        "area_m2": "面积 m² area, m²",
        "share": "占责任区 share of zone",
        "count": "数量 count",
    },
    "problems": {
        **ZONE,
        "at_zone": "所在责任区 found in",
        "finding": "编号 number",
        "kind": "类型代码 code",
        "kind_label": "类型 kind",
        "found_on": "发现日期 found on",
        "state": "状态代码 code",
        "state_label": "状态 state",
        "since": "办理日期 since",
        "deadline": "整改期限 deadline",
        "overdue_days": "逾期天数 days overdue",
        "letter_no": "文号 letter",
        "note": "说明 note",
        "lon": "经度 lon",
        "lat": "纬度 lat",
    },
}
TITLES = {"rows": "林长", "tasks": "目标任务清单", "resources": "资源清单", "problems": "问题清单"}
WORDS: Mapping[str, Mapping[str, str]] = {
    "item": {
        "visits": "巡林",
        "zones_below": "下级责任区",
        "planting": "造林绿化",
        "findings": "问题整改",
        "zone": "责任区",
        "green": "绿化面积",
        "green_class": "其中：大类",
        "kind": "其中：类型",
        "rangers": "护林员",
    },
    "unit": {"visits": "次", "days": "天", "zones": "个", "m2": "m²", "findings": "件"},
    "vacant": {"True": "是", "False": ""},
}


def as_workbook(
    lists: ChiefLists, account: Account, words: Mapping[str, Mapping[str, str]]
) -> bytes:
    """All four tables; ``words`` are those of `zone_level` and `duty_state` by code."""
    spoken = {**WORDS, "level": words["zone_level"], "state": words["duty_state"]}
    sheets = [
        Sheet(
            TITLES[name],
            heads,
            [_said(row, spoken) for row in lists.table(name)],
            shares=("share",),
        )
        for name, heads in HEADS.items()
    ]
    return as_book(sheets, notes(lists, account))


def _said(row: Mapping[str, Any], words: Mapping[str, Mapping[str, str]]) -> dict[str, Any]:
    return {
        name: words[name].get(str(value), value) if name in words else value
        for name, value in row.items()
    }


def notes(lists: ChiefLists, account: Account) -> list[str]:
    """What the figures of the workbook are, and what they are not."""
    period = lists.period
    return [
        f"时段 period: {period.name}（{period.first} – {period.last}）",
        f"截至 as of: {lists.as_of}",
        f"导出人 by: {account.name}",
        "林长对本责任区及其下级责任区负责：下级发现的问题列入其清单。"
        "A chief answers for the zones below: what is found there stands in the list.",
        "下级责任区按个计：一个超额完成不能抵另一个未完成。"
        "Zones below are counted one by one: none makes up for another.",
        f"造林绿化：目标为 {period.first.year} 年计划图斑，完成为同年已造林、验收合格图斑，"
        "均为审核通过者在责任区内合并后的面积，同一块地只计一次。"
        f"Planting: plots planned for {period.first.year} beside that year's planted and accepted "
        "ones, approved, merged within the zone.",
        "资源：审核通过的已造林、验收合格、现有图斑；各类型之和可能大于总数。"
        "本系统没有蓄积量、公益林、自然保护地、古树名木数据，请另附。"
        "Resources: approved plots; kinds may add up to more than the whole. Growing stock, "
        "protected land and ancient trees are not kept here.",
        "问题：时段内发现或未结者，状态截至上列日期。"
        "Findings: found or open in the period, in their state of that day.",
    ]
