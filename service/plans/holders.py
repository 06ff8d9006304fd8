"""Who a target is set to: a district, a reporting area or a unit, with the counties of it."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from sqlalchemy import Connection

from gis.messages import Message
from service.accounts.db.accounts import Account
from service.areas.db.areas import AreaFilter, list_areas
from service.districts.db.districts import DistrictTree, tree
from service.plans.db.targets import area_counties
from service.units.naming import unit_words, wrong_unit

__all__ = ["HOLDERS", "Fault", "Holders", "counties_of"]

HOLDERS = ("district", "area", "unit")


class Fault(NamedTuple):
    """What is wrong with a field."""

    field: str
    code: str
    message: Message

    def as_entry(self, **place: Any) -> dict[str, Any]:
        """For ``errors`` of a problem."""
        return {"field": self.field, "code": self.code, "message": self.message, **place}


def counties_of(districts: DistrictTree, code: str) -> list[str]:
    """Counties of a district: those below it, itself, or the one that it lies in."""
    node = districts.get(code)
    while node is not None and node.level not in ("province", "city", "county"):
        node = districts.get(node.parent or "")
    if node is None:
        return []
    if node.level == "county":
        return [node.code]
    return [county.code for county in districts.at("county", node.code)]


class Holders:
    """Districts, areas and units of one moment, for many targets."""

    def __init__(self, connection: Connection, account: Account) -> None:
        self._connection, self._account = connection, account
        self.districts = tree(connection)
        self.units = unit_words(connection)
        self._areas: dict[str, list[str]] = {}

    def above(self, code: str) -> list[str]:
        """Districts above one, nearest first."""
        codes: list[str] = []
        node = self.districts.get(code)
        while node is not None and node.parent:
            codes.append(node.parent)
            node = self.districts.get(node.parent)
        return codes

    def below(self, code: str) -> list[str]:
        """All districts below one."""
        return [node.code for node in self.districts.below(code)]

    def settle(
        self, given: Mapping[str, Any], before: Mapping[str, Any] | None = None
    ) -> tuple[dict[str, Any], list[Fault]]:
        """Holder, lead and taking part as codes with ``counties``, and what is wrong with them.

        ``before`` is the stored target: units that have ended since may stay in it.
        """
        settled: dict[str, Any] = {name: given.get(name) or None for name in HOLDERS}
        faults = []
        named = [name for name in HOLDERS if settled[name] is not None]
        if len(named) != 1:
            message = Message(
                "任务属于一个行政区、一个统计片区或一个单位：district、area、unit 只填一个",
                "a target is of one district, one area or one unit: give one of district, area, "
                "unit",
            )
            faults.append(Fault("district", "one_holder", message))
        counties: list[str] = []
        if named == ["district"]:
            counties, fault = self._district(settled["district"])
            faults += fault
        elif named == ["area"]:
            counties, fault = self._area(settled["area"])
            faults += fault
        past = set((before or {}).get("owners") or ())
        settled["lead"] = given.get("lead") or None
        settled["with_units"] = list(dict.fromkeys(given.get("with_units") or ()))
        for name in ("unit", "lead"):
            if settled[name] is not None:
                settled[name], fault = self._unit(name, settled[name], past)
                faults += fault
        taking_part = []
        for word in settled["with_units"]:
            code, fault = self._unit("with_units", word, past)
            taking_part.append(code)
            faults += fault
        settled["with_units"] = taking_part
        if named == ["unit"] and not faults:
            place = self.units[settled["unit"]]["district"]
            counties = counties_of(self.districts, place) if place else []
            if not self.within(counties) and settled["unit"] not in self._account.units:
                message = Message(
                    f"单位 {settled['unit']} 不在您的管辖范围，请由上级下达",
                    f"the unit {settled['unit']} is not of your districts: let the level above set "
                    "its tasks",
                )
                faults.append(Fault("unit", "outside_scope", message))
        settled["counties"] = counties
        return settled, faults

    def within(self, counties: list[str]) -> bool:
        """Whether the account sees all of these counties; of none only whoever sees the tree."""
        if self._account.counties is None:
            return True
        return bool(counties) and all(self._account.covers(county) for county in counties)

    def _district(self, code: str) -> tuple[list[str], list[Fault]]:
        counties = counties_of(self.districts, code) if code in self.districts else []
        if counties and self.within(counties):
            return counties, []
        message = Message(
            f"没有行政区 {code[:20]}，或不全在您的管辖范围，可用行政区见 /api/districts",
            f"there is no district {code[:20]} whole in your scope: /api/districts lists them",
        )
        return [], [Fault("district", "unknown_district", message)]

    def _area(self, code: str) -> tuple[list[str], list[Fault]]:
        if code not in self._areas:
            known = list_areas(self._connection, AreaFilter(codes=[code]))
            self._areas[code] = area_counties(self._connection, code) if known else []
        if self._areas[code] and self.within(self._areas[code]):
            return self._areas[code], []
        message = Message(
            f"没有统计片区 {code[:40]}，或不全在您的管辖范围，可用片区见 /api/areas",
            f"there is no area {code[:40]} whole in your scope: /api/areas lists them",
        )
        return [], [Fault("area", "unknown_area", message)]

    def _unit(self, field: str, word: str, past: set[str]) -> tuple[str, list[Fault]]:
        wrong = wrong_unit(self.units, word, past)
        if wrong is not None:
            return word, [Fault(field, *wrong)]
        return self.units[word]["code"], []
