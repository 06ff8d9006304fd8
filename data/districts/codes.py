"""Level, parent and form of the codes of administrative districts (GB/T 2260, GB/T 10114)."""

from __future__ import annotations

import re
import unicodedata
from typing import Final, Literal, TypeAlias

from data.codes import code_list

Level: TypeAlias = Literal["province", "city", "county", "town", "village", "group"]

LEVELS: Final[tuple[Level, ...]] = ("province", "city", "county", "town", "village", "group")
MUNICIPALITIES: Final = frozenset({"11", "12", "31", "50"})
_LONG: Final[dict[int, Level]] = {9: "town", 12: "village", 15: "group"}
_DIRECT: Final = "90"  # 429004 仙桃市: a county that no city is above
_LONGEST: Final = 60
_TRAILING: Final = re.compile(r"\.0+$")


def plain_code(value: object) -> str | None:
    """A code as a string of digits, without the zeros that pad a longer form.

    Parameters
    ----------
    value
        Text or number; tables often keep codes as numbers, or as 12 digits (``220102000000``).

    Returns
    -------
    str or None
        6, 9, 12 or 15 digits; None when the value is no code.

    Examples
    --------
    >>> plain_code(220102.0), plain_code("220102000000"), plain_code("２２０１０２００１ ")
    ('220102', '220102', '220102001')
    >>> plain_code("南关区") is None, plain_code(None) is None, plain_code("22") is None
    (True, True, True)
    """
    digits = _TRAILING.sub("", unicodedata.normalize("NFKC", str(value)[:_LONGEST]).strip())
    if not (digits.isascii() and digits.isdigit()) or len(digits) not in (6, *_LONG):
        return None
    while len(digits) > 6 and digits.endswith("000"):
        digits = digits[:-3]
    return digits


def level_of(code: str) -> Level:
    """Level of a plain code; a city without counties (东莞) is a county of its province here.

    Figures, scopes and plot numbers belong to counties; the parent of the towns of such a city
    (441900003) is the city itself.

    Examples
    --------
    >>> [level_of(code) for code in ("220000", "220100", "220102", "220102001", "500101")]
    ['province', 'city', 'county', 'town', 'county']
    >>> level_of("441900"), level_of("441900003")
    ('county', 'town')
    """
    if len(code) > 6:
        return _LONG[len(code)]
    if code.endswith("0000"):
        return "province"
    return "city" if code.endswith("00") and not is_whole_city(code) else "county"


def is_whole_city(code: str) -> bool:
    """Whether a code is that of a city without counties: the list `whole_city`.

    Examples
    --------
    >>> is_whole_city("441900"), is_whole_city("220100")
    (True, False)
    """
    return code in code_list("whole_city")


def parent_of(code: str) -> str | None:
    """Code of the district above; None for a province.

    Counties of Beijing, Tianjin, Shanghai and Chongqing, and counties that a province governs
    itself (429004), have the province as parent: 500100 is a heading of the list and no district.
    The same holds for cities without counties (441900).

    Examples
    --------
    >>> codes = "220102", "500229", "429004", "441900", "220102001", "220000"
    >>> [parent_of(code) for code in codes]
    ['220100', '500000', '420000', '440000', '220102', None]
    """
    if len(code) > 6:
        return code[:-3]
    level = level_of(code)
    if level == "province":
        return None
    has_no_city = code[:2] in MUNICIPALITIES or code[2:4] == _DIRECT or is_whole_city(code)
    return code[:2] + "0000" if level == "city" or has_no_city else code[:4] + "00"


def is_heading(code: str) -> bool:
    """Whether a code is a mere heading between a province and its counties: 500100, 429000.

    Examples
    --------
    >>> is_heading("500200"), is_heading("429000"), is_heading("220100")
    (True, True, False)
    """
    return level_of(code) == "city" and (code[:2] in MUNICIPALITIES or code[2:4] == _DIRECT)


def is_known_province(code: str) -> bool:
    """Whether the first two digits are those of a province."""
    return code[:2] + "0000" in code_list("province")


def level_named(word: object) -> Level | None:
    """A level by its code or label (county, 县级, 县, 区县 …); None when it is none.

    Examples
    --------
    >>> level_named("县级"), level_named("乡镇"), level_named("county"), level_named("海")
    ('county', 'town', 'county', None)
    """
    text = str(word).strip().casefold().removesuffix("级")
    return next((level for level in LEVELS if text in _WORDS[level]), None)


_WORDS: Final[dict[Level, tuple[str, ...]]] = {
    "province": ("province", "省", "省份", "直辖市", "自治区", "1"),
    "city": ("city", "prefecture", "市", "地", "地市", "地区", "自治州", "盟", "2"),
    "county": ("county", "district", "县", "区", "区县", "县区", "县市区", "县级市", "旗", "3"),
    "town": ("town", "township", "乡", "镇", "乡镇", "街道", "乡镇街道", "4"),
    "village": ("village", "村", "社区", "行政村", "村居", "5"),
    "group": ("group", "组", "村民小组", "6"),
}
