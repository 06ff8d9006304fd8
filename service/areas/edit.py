"""Changes of reporting areas: one, or those of a file, whole or not at all."""

import re
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final, NamedTuple

import numpy as np
from shapely import MultiPolygon
from sqlalchemy import Connection

from data.years import far_days
from gis.errors import Position
from gis.measure import area_m2
from gis.messages import Message
from gis.overlaps import overlaps
from gis.verdicts.ground import common_ground
from gis.verdicts.limits import LIMITS
from service.accounts.db.accounts import Account
from service.accounts.db.audit import note
from service.areas.db.areas import (
    AreaFilter,
    area_frame,
    delete_area,
    list_areas,
    lock_areas,
    shares_in_counties,
    spelled_codes,
    store_area,
    targets_of,
)
from service.codes.db.codes import codes
from service.codes.db.local_codes import hold_codes
from service.errors import Problem, not_found
from service.units.naming import unit_words, wrong_unit
from service.web.etags import Versions
from service.web.optimistic_lock import stale

_CODE: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,31}")
# As for plots: a write is refused when more lies outside the writer's scope.
OUTSIDE_SHARE: Final = 0.01
OUTSIDE_M2: Final = 100.0


class NewArea(NamedTuple):
    """An area to be written: code, name, kind, unit, valid_from, valid_to, and its ground."""

    values: Mapping[str, Any]
    geometry: MultiPolygon


class AreaFault(NamedTuple):
    """What is wrong with an area of a request or file."""

    row: int
    field: str
    code: str
    message: Message
    at: Position | None = None

    def as_entry(self) -> dict[str, Any]:
        """For ``errors`` of a problem."""
        entry = {"row": self.row, "field": self.field, "code": self.code, "message": self.message}
        return entry if self.at is None else {**entry, "at": list(self.at)}


def put_areas(
    connection: Connection,
    account: Account,
    new: Sequence[NewArea],
    seen: Versions | None = None,
    *,
    demo: bool = False,
) -> None:
    """Write areas, each in the place of one of its code.

    ``geometry`` is valid and on the grid.

    Raises
    ------
    Problem
        422 with each wrong row (counted from 1), field and place: ``not_a_code``, ``missing``,
        ``repeated``, ``unknown_area_kind``, ``unknown_unit``, ``ended_unit``, ``out_of_range``,
        ``area_exists``, ``area_overlap``, ``outside_scope``; 412 ``stale``.
    """
    lock_areas(connection)
    hold_codes(connection, "area_kind")
    kinds = {
        word.casefold(): row["code"]
        for row in codes(connection, "area_kind")
        for word in (row["label_en"], row["label_zh"], row["code"])
    }
    units = unit_words(connection)
    rows: list[NewArea] = []
    faults: list[AreaFault] = []
    there: set[str] = set()
    before = {
        row["code"]: row
        for row in list_areas(connection, AreaFilter(codes=[a.values["code"] or "" for a in new]))
    }
    spelled = spelled_codes(connection)
    for number, given in enumerate(new, start=1):
        values = dict(given.values)
        values["kind"] = kinds.get((values.get("kind") or "").casefold())
        unit = values.get("unit") or None
        faults += _faults(number, values, given.values.get("kind"))
        if values["code"] in there:
            words = Message(f"代码 {values['code']} 重复", f"the code {values['code']} is repeated")
            faults.append(AreaFault(number, "code", "repeated", words))
        there.add(values["code"])
        twin = spelled.setdefault((values["code"] or "").casefold(), values["code"])
        if twin != values["code"] and values["code"] not in before:
            words = Message(
                f"已有片区 {twin}（代码不分大小写），请换一个代码，或修改已有的片区",
                f"there is an area {twin} already, whatever letters are capital: take another "
                "code, or change that area",
            )
            faults.append(AreaFault(number, "code", "area_exists", words))
        if unit is not None:
            past = before.get(values["code"], {}).get("unit")
            wrong = wrong_unit(units, unit, () if past is None else (past,))
            if wrong is None:
                unit = units[unit]["code"]
            else:
                faults.append(AreaFault(number, "unit", *wrong))
        rows.append(NewArea({**values, "unit": unit}, given.geometry))
    faults = faults or _overlapping(connection, rows)
    if faults:
        raise refused(faults)
    numbers = {row.values["code"]: number for number, row in enumerate(rows, start=1)}
    # Of another's area nothing is taken away, wherever the new ground lies.
    _refuse_outside(connection, account, {code: numbers[code] for code in before})
    for row in rows:
        version = before.get(row.values["code"], {}).get("version", 0)
        _refuse_stale(version, seen)
        store_area(connection, account, row.values, row.geometry, demo=demo)
    _refuse_outside(connection, account, numbers)
    note(connection, account, "areas", {"codes": list(numbers)})


def _refuse_stale(version: int, seen: Versions | None) -> None:
    if seen is not None and version not in seen:
        raise stale(
            version,
            Message(
                f"片区已改为第 {version} 版，您的修改未保存，请重新读取后再改",
                f"the area is at version {version} by now: read it again and redo your change",
            ),
        )


def refused(faults: Sequence[AreaFault]) -> Problem:
    """The refusal of areas; its words are those of the first fault."""
    first = faults[0]
    return Problem(422, first.code, first.message, errors=[fault.as_entry() for fault in faults])


def _faults(number: int, values: Mapping[str, Any], kind: Any) -> list[AreaFault]:
    faults = []
    if not _CODE.fullmatch(values.get("code") or ""):
        words = Message(
            "片区代码应为 1–32 个字母、数字、点、下划线或连字符",
            "an area's code is 1 to 32 letters, digits, dots, underscores or hyphens",
        )
        faults.append(AreaFault(number, "code", "not_a_code", words))
    if not (values.get("name") or "").strip():
        words = Message("name 为空，请补上", "name is empty: fill it in")
        faults.append(AreaFault(number, "name", "missing", words))
    if values["kind"] is None:
        words = Message(
            f"没有片区类别“{kind or ''}”，可用类别见 /api/codes/area_kind",
            f"there is no kind of area {kind or ''!r}: /api/codes/area_kind lists them",
        )
        faults.append(AreaFault(number, "kind", "unknown_area_kind", words))
    faults += [AreaFault(number, name, "out_of_range", words) for name, words in far_days(values)]
    begins, ends = values.get("valid_from"), values.get("valid_to")
    if begins is not None and ends is not None and ends < begins:
        words = Message("valid_to 早于 valid_from", "valid_to lies before valid_from")
        faults.append(AreaFault(number, "valid_to", "out_of_range", words))
    return faults


def _overlapping(connection: Connection, rows: Sequence[NewArea]) -> list[AreaFault]:
    """Areas that share more ground with another of their kind than neighbours do by slivers."""
    written = {row.values["code"] for row in rows}
    kinds = sorted({row.values["kind"] for row in rows})
    others = area_frame(connection, AreaFilter(kinds=kinds))
    others = others[~others["code"].isin(written)]
    shapes = np.array([*(row.geometry for row in rows), *others.geometry.to_numpy()], dtype=object)
    values = [*(row.values for row in rows), *others.drop(columns="geometry").to_dict("records")]
    pairs = overlaps(shapes, checked=True)
    faults = []
    for left, right, shared_m2 in zip(pairs["left"], pairs["right"], pairs["area_m2"], strict=True):
        one, other = sorted((int(left), int(right)), reverse=True)
        # The later row is the one to mend; of a stored area and a new one the new.
        if one >= len(rows):
            one, other = other, one
        if one >= len(rows) or shared_m2 <= LIMITS.overlap_m2:
            continue
        if values[one]["kind"] != values[other]["kind"] or not _at_once(values[one], values[other]):
            continue
        shared = common_ground(shapes[one], shapes[other], LIMITS)
        if shared is None or shared.code == "overlap_within_tolerance":
            continue
        code, name = values[other]["code"], values[other]["name"]
        words = Message(
            f"与同类片区“{name}”（{code}）重叠 {shared.area_m2:.2f} m²；同类片区不得重叠，请裁开，"
            "或写前者的停用日",
            f"shares {shared.area_m2:.2f} m² with the area {name!r} ({code}) of the same kind: cut "
            "them apart, or end the other one first (valid_to)",
        )
        faults.append(AreaFault(one + 1, "geometry", "area_overlap", words, shared.at))
    return sorted(faults)


def _at_once(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Whether there is a day on which both have figures."""
    begin = max(_day(one["valid_from"]) or date.min, _day(other["valid_from"]) or date.min)
    end = min(_day(one["valid_to"]) or date.max, _day(other["valid_to"]) or date.max)
    return begin <= end


def _day(value: Any) -> date | None:
    return value if isinstance(value, date) else None


def _refuse_outside(connection: Connection, account: Account, rows: Mapping[str, int]) -> None:
    """Refuse areas, as they are stored, that lie outside the writer's scope; ``rows`` by code."""
    if account.counties is None or not rows:
        return
    codes = list(rows)
    shares = shares_in_counties(connection, codes, account.counties)
    frame = area_frame(connection, AreaFilter(codes=codes)).set_index("code")
    faults = []
    for code, number in rows.items():
        shape = frame.geometry[code]
        outside = 1 - shares.get(code, 0.0)
        if outside > OUTSIDE_SHARE and outside * area_m2(shape) > OUTSIDE_M2:
            point = shape.representative_point()
            words = Message(
                f"片区 {code} 有 {outside:.1%} 在您的管辖范围之外，请由上级录入",
                f"{outside:.1%} of area {code} lies outside your districts: let the level above "
                "write it",
            )
            at = (point.x, point.y)
            faults.append(AreaFault(number, "geometry", "outside_scope", words, at))
    if faults:
        raise refused(faults)


def remove_area(connection: Connection, account: Account, code: str, seen: Versions | None) -> None:
    """Delete an area.

    Raises
    ------
    Problem
        404; 409 ``area_in_use`` with the count; 412 ``stale``; 422 ``outside_scope``.
    """
    lock_areas(connection)
    before = list_areas(connection, AreaFilter(codes=[code]))
    if not before:
        raise not_found("此片区")
    _refuse_stale(before[0]["version"], seen)
    _refuse_outside(connection, account, {code: 1})
    count = targets_of(connection, code)
    if count:
        raise Problem(
            409,
            "area_in_use",
            Message(
                f"片区 {code} 有 {count} 项任务，不能删除；可以写停用日 valid_to",
                f"area {code} cannot be deleted, {count} targets name it: give it a valid_to",
            ),
            errors=[{"field": "code", "code": "area_in_use", "targets": count}],
        )
    delete_area(connection, code)
    note(connection, account, "area_deleted", {"code": code})
