"""A plot that does not say its town and village gets those where it lies."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection

from gis.messages import Message
from gis.verdicts import Problem as Verdict
from gis.verdicts.problems import problem
from service.districts.db.districts import DistrictTree
from service.plots.db.places import Place, places_of

__all__ = ["forget_place", "missing_place", "place_filled"]


def missing_place(attributes: Mapping[str, Any], place: Place) -> dict[str, str]:
    """What of ``town`` and ``village`` a plot does not say and its place tells.

    Examples
    --------
    >>> place = Place("220102001", "220102001003")
    >>> missing_place({"town": None, "village": None}, place)
    {'town': '220102001', 'village': '220102001003'}
    >>> missing_place({"town": "220102002", "village": None}, place)
    {}
    """
    told = {}
    town, village = attributes.get("town"), attributes.get("village")
    if town is None:
        town = place.town if village is None else village[:9]
        if town is not None:
            told["town"] = town
    if village is None and place.village is not None and place.village[:9] == town:
        told["village"] = place.village
    return told


def place_filled(districts: DistrictTree, filled: Mapping[str, str]) -> Verdict:
    """The remark that a town or village was written in."""
    words = "、".join(_named(districts, code) for code in filled.values())
    return problem(
        "place_filled",
        Message(
            f"未填乡镇或村，按图形位置填为 {words}；不对请改。",
            f"no town or village is given, {words} is written by where the shape lies: change it "
            "if it is wrong.",
        ),
    )


def _named(districts: DistrictTree, code: str) -> str:
    return f"{districts[code].name}（{code}）" if code in districts else code


def forget_place(
    connection: Connection, before: Mapping[str, Any], geometry: Any, attributes: Mapping[str, Any]
) -> dict[str, Any]:
    """The attributes of a plot that is redrawn, without a town and village that were written in.

    They were when they are those of the former shape, and the change leaves them as they are.

    Parameters
    ----------
    before
        The stored version: ``town``, ``village``, ``district``.
    geometry
        Its shape, in degrees of CGCS2000.
    """
    unchanged = all(attributes.get(name) == before[name] for name in ("town", "village"))
    if not unchanged or before["town"] is None:
        return dict(attributes)
    (place,) = places_of(connection, [geometry], [before["district"]])
    return dict(attributes) | {
        name: None for name in ("town", "village") if before[name] == getattr(place, name)
    }
