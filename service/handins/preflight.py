"""What a province would refuse in a hand-in, each fault with its plot and its place."""

import math
from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any, Final

import geopandas
import shapely
from sqlalchemy import Connection

from data.codes import code_list
from data.headings import headings
from data.schemas import Encoding
from data.schemas import schema as schema_of
from data.writing.table_columns import fill, unknown_fields
from data.writing.tables import Table
from gis.errors import GeometryError
from gis.messages import Message
from gis.verdicts.among import overlaps_among
from service.accounts.db.accounts import Account
from service.handins.faults import DONE, OVERLAP_M2, Fault, Severity
from service.handins.other_ground import shared_with_others
from service.layers.checks import on_layers

# What the national notice of 2021 wants of a plot; of what is planned as far as it can be known.
NEEDED: Final = ("plot_no", "category", "programme", "method", "species", "density_per_ha")
NEEDED_WHEN_DONE: Final = ("planted_on", "evidence")
LISTS: Final = ("kind", "category", "programme", "theme", "work_type", "method")
SMALLEST_M2: Final = 400.0  # the least that a plot may be (GB/T 15776-2023)
DECLARED_SHARE: Final = 0.01
DECLARED_M2: Final = 200 / 3  # 0.1 mu


class Preflight:
    """The checks of one hand-in.

    Parameters
    ----------
    frame
        The approved plots, `service.plots.frames.plots_frame` with the columns of their last check.
    waiting
        Plots of the district and year that are not approved.
    """

    def __init__(
        self,
        connection: Connection,
        account: Account,
        frame: geopandas.GeoDataFrame,
        waiting: geopandas.GeoDataFrame,
    ) -> None:
        self._connection = connection
        self._account = account
        self._frame = frame
        self._waiting = waiting
        self._ids = [int(number) for number in frame["id"]]
        self._rows: list[Mapping[str, Any]] = frame.drop(columns="geometry").to_dict("records")

    def faults(self, *, encoding: Encoding) -> list[Fault]:
        """All faults, blocking ones first."""
        found = [
            *self._empty(),
            *self._not_approved(),
            *self._missing(),
            *self._codes(),
            *self._numbers(),
            *self._overlaps(),
            *self._others(),
            *self._layers(),
            *self._areas(),
            *self._acceptances(),
            *self._fields(encoding),
        ]
        return sorted(found, key=lambda fault: ("block", "warn", "info").index(fault.severity))

    def _of(self, row: int, code: str, severity: Severity, message: Message) -> Fault:
        place = _place(self._frame.geometry.iloc[row])
        number = self._rows[row]["plot_no"]
        return Fault(code, severity, message, self._ids[row], place, number)

    def _empty(self) -> Iterator[Fault]:
        if not self._ids:
            yield Fault(
                "no_plots",
                "block",
                Message("没有已审核的图斑", "there is no approved plot"),
            )

    def _not_approved(self) -> Iterator[Fault]:
        labels = code_list("review")
        columns = [self._waiting[name] for name in ("id", "plot_no", "review", "geometry")]
        for number, plot_no, review, shape in zip(*columns, strict=True):
            yield Fault(
                "not_approved",
                "warn",
                Message(
                    f"图斑未审核（{labels.label(review)}），不在上报包内",
                    f"the plot is not approved ({review}) and is left out",
                ),
                int(number),
                _place(shape),
                plot_no,
            )

    def _missing(self) -> Iterator[Fault]:
        for n, row in enumerate(self._rows):
            needed = NEEDED + (NEEDED_WHEN_DONE if row["stage"] in DONE else ())
            absent = [name for name in needed if _is_empty(row[name])]
            if absent:
                listed = "、".join(_label(name) for name in absent)
                yield self._of(
                    n,
                    "missing_field",
                    "block",
                    Message(f"必填项为空：{listed}", f"empty, but needed: {', '.join(absent)}"),
                )

    def _codes(self) -> Iterator[Fault]:
        for name in LISTS:
            known = code_list(name)
            for n, row in enumerate(self._rows):
                code = row[name]
                if code is not None and code not in known:
                    yield self._of(
                        n,
                        "unknown_code",
                        "block",
                        Message(
                            f"{name} 的 {code} 不在代码表中", f"{code} is not in the list {name}"
                        ),
                    )

    def _numbers(self) -> Iterator[Fault]:
        """Numbers that a reader who folds case and blanks takes for the same."""
        rows: defaultdict[tuple[str, str], list[int]] = defaultdict(list)
        for n, row in enumerate(self._rows):
            if row["plot_no"]:
                rows[row["district"], "".join(row["plot_no"].split()).casefold()].append(n)
        for (district, number), same in rows.items():
            for n in same if len(same) > 1 else ():
                yield self._of(
                    n,
                    "number_twice",
                    "block",
                    Message(
                        f"图斑号 {number} 在 {district} 出现 {len(same)} 次",
                        f"the number {number} stands {len(same)} times in {district}",
                    ),
                )

    def _overlaps(self) -> Iterator[Fault]:
        done = [n for n, row in enumerate(self._rows) if row["stage"] in DONE]
        try:
            shared = overlaps_among(self._frame.geometry.to_numpy()[done])
        except GeometryError as error:
            yield Fault("overlap_not_checked", "warn", error.message)
            return
        for pair in shared:
            rows = done[pair.left], done[pair.right]
            numbers = [self._rows[row]["plot_no"] for row in rows]
            area_m2 = pair.problem.area_m2 or 0.0
            if area_m2 > OVERLAP_M2:
                yield Fault(
                    "overlap",
                    "block",
                    Message(
                        f"与图斑 {numbers[1]} 重叠 {area_m2:.2f} m²",
                        f"shares {area_m2:.2f} m² with plot {numbers[1]}",
                    ),
                    self._ids[rows[0]],
                    pair.problem.at,
                    numbers[0],
                )

    def _others(self) -> Iterator[Fault]:
        shapes = list(self._frame.geometry)
        yield from shared_with_others(self._connection, self._account, self._rows, shapes)

    def _layers(self) -> Iterator[Fault]:
        stages = [row["stage"] for row in self._rows]
        kinds = [row["kind"] for row in self._rows]
        verdicts = on_layers(self._connection, list(self._frame.geometry), stages, kinds)
        for n, of_plot in enumerate(verdicts):
            for entry in of_plot:
                verdict = entry.verdict
                yield Fault(
                    verdict.code,
                    verdict.severity,
                    verdict.message,
                    self._ids[n],
                    verdict.at,
                    self._rows[n]["plot_no"],
                )

    def _areas(self) -> Iterator[Fault]:
        for n, row in enumerate(self._rows):
            area, declared = row["area_m2"], row["declared_m2"]
            if area < SMALLEST_M2:
                yield self._of(
                    n,
                    "too_small",
                    "warn",
                    Message(f"面积 {area:.2f} m² 不足 400 m²", f"{area:.2f} m² are below 400 m²"),
                )
            off = 0.0 if math.isnan(declared) else abs(declared - area)
            if off > max(DECLARED_SHARE * area, DECLARED_M2):
                yield self._of(
                    n,
                    "declared_differs",
                    "warn",
                    Message(
                        f"填报面积 {declared:.2f} m² 与图形面积 {area:.2f} m² 相差 {off:.2f} m²",
                        f"{declared:.2f} m² are declared, the shape has {area:.2f} m²",
                    ),
                )
        yield from self._rounded_sum()

    def _rounded_sum(self) -> Iterator[Fault]:
        """What readers get who add up the two decimals of the file."""
        exact = sum(row["area_m2"] for row in self._rows)
        rounded = sum(round(row["area_m2"], 2) for row in self._rows)
        if round(exact, 2) != round(rounded, 2):
            yield Fault(
                "rounded_sum",
                "info",
                Message(
                    f"逐个取两位小数后合计 {rounded:.2f} m²，精确合计 {exact:.2f} m²；汇总表用前者",
                    f"rounded one by one the areas add up to {rounded:.2f} m², exactly to "
                    f"{exact:.2f} m²; the summary has the former",
                ),
            )

    def _acceptances(self) -> Iterator[Fault]:
        for n, row in enumerate(self._rows):
            if row["stage"] == "planted":
                yield self._of(
                    n,
                    "not_accepted",
                    "warn",
                    Message("已造林但未验收合格", "planted, but not accepted yet"),
                )

    def _fields(self, encoding: Encoding) -> Iterator[Fault]:
        table = schema_of("zaolin")
        plots = Table.of(self._frame)
        filled = fill(plots, table, encoding)
        for misfit in (
            *unknown_fields(plots, table),
            *table.check_columns(filled.columns, encoding),
        ):
            zh, en = misfit.message
            yield self._of(
                (misfit.row or 1) - 1,
                "does_not_fit",
                "block",
                Message(f"{misfit.field}：{zh.rstrip('。')}", f"{misfit.field}: {en.rstrip('.')}"),
            )


def _label(name: str) -> str:
    """What a property is called in Chinese: its first usual heading."""
    words = (word for word, ours in headings("plot").items() if ours == name)
    return next((word for word in words if not word.isascii()), name)


def _is_empty(value: object) -> bool:
    absent = isinstance(value, float) and math.isnan(value)
    return absent or value is None or value in ("", [], {})


def _place(shape: Any) -> tuple[float, float]:
    point = shapely.point_on_surface(shape)
    return float(point.x), float(point.y)
