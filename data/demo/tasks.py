"""Tasks of the demo: what five papers of 2020 to 2024 ask for, as plans and targets (示例任务)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Final, NamedTuple

__all__ = ["DEMO_PLANS", "DemoFigure", "DemoPlan", "DemoTarget"]


class DemoTarget(NamedTuple):
    """A target of a paper, in the words of a task table."""

    indicator: str
    district: str
    asked: str
    """As in a cell of a task table: 50万亩, 2-3条; empty for a milestone."""
    due: date | None = None
    clause: str | None = None


class DemoFigure(NamedTuple):
    """What the paper says was done."""

    indicator: str
    district: str
    on_day: date
    value: Decimal
    measured_in: str
    qualifier: str = "exact"


class DemoPlan(NamedTuple):
    """A paper with its targets."""

    code: str
    label: str
    kind: str
    first: date
    after: date
    counts_by: str
    district: str
    issuer: str
    document_no: str | None
    targets: tuple[DemoTarget, ...]
    figures: tuple[DemoFigure, ...] = ()
    parent: str | None = None


_JILIN, _CHANGCHUN, _CHONGQING = "220000", "220100", "500000"
_LIANGPING, _HEPING, _ZHANGGONG = "500155", "441624", "360702"
_END_2023, _END_2024, _END_2021 = date(2023, 12, 31), date(2024, 12, 31), date(2021, 12, 31)
_HEPING_PAPER: Final = "和府办〔2020〕28号"


def _phase(code: str, label: str, first: date, after: date) -> DemoPlan:
    return DemoPlan(
        code,
        f"示例任务 · 和平县创建国家森林城市：{label}",
        "phase",
        first,
        after,
        "planted_on",
        _HEPING,
        "和平县人民政府办公室",
        _HEPING_PAPER,
        (),
        parent="DEMO-HP-2020",
    )


DEMO_PLANS: Final[tuple[DemoPlan, ...]] = (
    DemoPlan(
        "DEMO-JL-2023-04",
        "示例任务 · 吉林省2023年造林绿化活动月",
        "campaign",
        date(2023, 4, 1),
        date(2023, 5, 1),
        "planted_on",
        _JILIN,
        "吉林省绿化委员会",
        None,
        (
            DemoTarget("restoration.area", _JILIN, "200万亩", date(2023, 4, 30)),
            DemoTarget("villages.greened", _JILIN, "1000个", date(2023, 4, 30)),
            DemoTarget("county_seats.green_area", _JILIN, "8800亩", date(2023, 4, 30)),
        ),
    ),
    DemoPlan(
        "DEMO-CQ-2021",
        "示例任务 · 重庆市绿化委员会2021年工作要点",
        "year",
        date(2021, 1, 1),
        date(2022, 1, 1),
        "task_year",
        _CHONGQING,
        "重庆市绿化委员会",
        None,
        (
            DemoTarget("afforestation.area", _CHONGQING, "500万亩", _END_2021),
            DemoTarget("planting.stems", _CHONGQING, "4000万株以上", _END_2021),
            DemoTarget("forest_cities.created", _CHONGQING, "2个", _END_2021),
            DemoTarget("villages.demonstration", _CHONGQING, "100个", _END_2021),
            DemoTarget("villages.rechecked", _CHONGQING, "500个", _END_2021),
            DemoTarget("urban_green.net_area", _CHONGQING, "1500万平方米", _END_2021),
            DemoTarget("fire_stations.built", _CHONGQING, "100座", _END_2021),
            DemoTarget("redemption.area", _CHONGQING, "6000亩", _END_2021),
            DemoTarget("pests.strip_area", _LIANGPING, "2万亩", _END_2021),
        ),
    ),
    DemoPlan(
        "DEMO-HP-2020",
        "示例任务 · 和平县创建国家森林城市",
        "standard",
        date(2020, 7, 1),
        date(2028, 10, 1),
        "planted_on",
        _HEPING,
        "和平县人民政府办公室",
        _HEPING_PAPER,
        (DemoTarget("forest_cities.created", _HEPING, "1个", date(2022, 12, 31)),),
    ),
    _phase("DEMO-HP-2020-1", "创建阶段", date(2020, 7, 1), date(2021, 10, 1)),
    _phase("DEMO-HP-2020-2", "自评自查", date(2021, 10, 1), date(2022, 4, 1)),
    _phase("DEMO-HP-2020-3", "申请", date(2022, 4, 1), date(2022, 7, 1)),
    _phase("DEMO-HP-2020-4", "迎检验收", date(2022, 7, 1), date(2022, 10, 1)),
    _phase("DEMO-HP-2020-5", "巩固提高", date(2022, 10, 1), date(2028, 10, 1)),
    DemoPlan(
        "DEMO-CC-2023",
        "示例任务 · 长春市2023年度任务",
        "year",
        date(2023, 1, 1),
        date(2024, 1, 1),
        "task_year",
        _CHANGCHUN,
        "长春市林业和园林局",
        None,
        (
            DemoTarget("reported.greening", _CHANGCHUN, "50万亩", _END_2023),
            DemoTarget("villages.greened", _CHANGCHUN, "367个", _END_2023),
            DemoTarget("streets.built", _CHANGCHUN, "48条", _END_2023),
            DemoTarget("green_plots.built", _CHANGCHUN, "121块", _END_2023),
            DemoTarget("greenways.length", _CHANGCHUN, "100公里", _END_2023),
            DemoTarget("pocket_parks.count", _CHANGCHUN, "51处", _END_2023),
            DemoTarget("voluntary.planted_area", _CHANGCHUN, "76万平方米", _END_2023),
            DemoTarget("suspects.checked_share", _CHANGCHUN, "100%", _END_2023),
            DemoTarget("fires.years_without", _CHANGCHUN, "43年", _END_2023),
        ),
        (
            DemoFigure("reported.greening", _CHANGCHUN, _END_2023, Decimal("51.3"), "万亩"),
            DemoFigure("villages.greened", _CHANGCHUN, _END_2023, Decimal(1373), "个"),
            DemoFigure(
                "voluntary.planted_area", _CHANGCHUN, _END_2023, Decimal(76), "万平方米", "over"
            ),
            DemoFigure("fires.years_without", _CHANGCHUN, _END_2023, Decimal(43), "年"),
        ),
    ),
    DemoPlan(
        "DEMO-CC-2024",
        "示例任务 · 长春市2024年度任务",
        "year",
        date(2024, 1, 1),
        date(2025, 1, 1),
        "task_year",
        _CHANGCHUN,
        "长春市林业和园林局",
        None,
        (
            DemoTarget("reported.greening", _CHANGCHUN, "50万亩", _END_2024),
            DemoTarget("villages.beautified", _CHANGCHUN, "120个", _END_2024),
            DemoTarget("villages.improved", _CHANGCHUN, "240个", _END_2024),
            DemoTarget("villages.fine", _CHANGCHUN, "10个", _END_2024),
            DemoTarget("greenways.length", _CHANGCHUN, "≥50公里", _END_2024),
            DemoTarget("streets.built", _CHANGCHUN, "2-3条", _END_2024),
            DemoTarget("pocket_parks.count", _CHANGCHUN, "≥40处", _END_2024),
            DemoTarget("parks.opened", _CHANGCHUN, "", _END_2024, "咏春、百草、同心湖公园年末投用"),
        ),
    ),
    DemoPlan(
        "DEMO-ZG-2021",
        "示例任务 · 章贡区2021年林长制提升年",
        "year",
        date(2021, 1, 1),
        date(2022, 1, 1),
        "task_year",
        _ZHANGGONG,
        "章贡区林长办",
        None,
        (
            DemoTarget("patrol.visits", _ZHANGGONG, "≥4次", _END_2021, "区级林长每季度不少于1次"),
            DemoTarget("chief_orders.issued", _ZHANGGONG, "2次", _END_2021, "每半年1次"),
            DemoTarget("demo_bases.built", _ZHANGGONG, "4个", _END_2021, "四类基地各1个"),
        ),
    ),
)
