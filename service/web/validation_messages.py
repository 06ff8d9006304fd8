"""What pydantic says of a value, in words of both languages for who typed it."""

from collections.abc import Mapping
from typing import Any, Final

from data.districts.code_patterns import COUNTY, DISTRICT, TOWN, VILLAGE
from gis.messages import Message, MessageError

# By pydantic's type of error; names in braces are those of the error's context. It speaks English
# only, and of patterns, types and parsing: who fills in a form is told what is wanted.
_WORDS: Final[dict[str, Message]] = {
    "missing": Message("缺少此项", "this is missing"),
    "extra_forbidden": Message("没有此项，请去掉", "there is no such field: take it out"),
    "string_type": Message("应为文字", "text is wanted"),
    "string_too_short": Message("至少 {min_length} 个字符", "at least {min_length} characters"),
    "string_too_long": Message("最多 {max_length} 个字符", "at most {max_length} characters"),
    "int_type": Message("应为整数", "a whole number is wanted"),
    "int_parsing": Message("应为整数", "a whole number is wanted"),
    "int_parsing_size": Message("整数过大", "the number is too large"),
    "int_from_float": Message("应为整数，不能有小数", "a whole number is wanted, without decimals"),
    "float_type": Message("应为数", "a number is wanted"),
    "float_parsing": Message("应为数", "a number is wanted"),
    "decimal_type": Message("应为数，如 50 或 2.5", "a number is wanted, such as 50 or 2.5"),
    "decimal_parsing": Message("应为数，如 50 或 2.5", "a number is wanted, such as 50 or 2.5"),
    "decimal_max_digits": Message("最多 {max_digits} 位数字", "at most {max_digits} digits"),
    "decimal_max_places": Message(
        "最多 {decimal_places} 位小数", "at most {decimal_places} decimals"
    ),
    "decimal_whole_digits": Message(
        "整数部分最多 {whole_digits} 位", "at most {whole_digits} digits before the point"
    ),
    "finite_number": Message("应为有限数", "a finite number is wanted"),
    "bool_type": Message("应为 true 或 false", "true or false is wanted"),
    "bool_parsing": Message("应为 true 或 false", "true or false is wanted"),
    "greater_than": Message("应大于 {gt}", "must be more than {gt}"),
    "greater_than_equal": Message("不得小于 {ge}", "must not be less than {ge}"),
    "less_than": Message("应小于 {lt}", "must be less than {lt}"),
    "less_than_equal": Message("不得大于 {le}", "must not be more than {le}"),
    "literal_error": Message("应为 {expected}", "must be {expected}"),
    "enum": Message("应为 {expected}", "must be {expected}"),
    "list_type": Message("应为列表", "a list is wanted"),
    "tuple_type": Message("应为列表", "a list is wanted"),
    "dict_type": Message("应为对象", "an object is wanted"),
    "model_type": Message("应为对象", "an object is wanted"),
    "model_attributes_type": Message("应为对象", "an object is wanted"),
    "too_short": Message(
        "至少 {min_length} 项，给出 {actual_length} 项",
        "at least {min_length} are wanted, {actual_length} are given",
    ),
    "too_long": Message(
        "最多 {max_length} 项，给出 {actual_length} 项",
        "at most {max_length} are taken, {actual_length} are given",
    ),
    "none_required": Message("应为 null", "must be null"),
    **dict.fromkeys(
        ("date_type", "date_parsing", "date_from_datetime_parsing"),
        Message("应为日期，如 2026-04-01", "a day is wanted, such as 2026-04-01"),
    ),
    "date_from_datetime_inexact": Message(
        "应为日期，如 2026-04-01，不带时刻", "a day is wanted, such as 2026-04-01, without a time"
    ),
    **dict.fromkeys(
        ("datetime_type", "datetime_parsing", "datetime_from_date_parsing"),
        Message(
            "应为日期时间，如 2026-09-01T08:00:00+08:00",
            "a day and time are wanted, such as 2026-09-01T08:00:00+08:00",
        ),
    ),
    "timezone_aware": Message("日期时间须带时区，如 +08:00", "the time needs its zone, as +08:00"),
    "json_invalid": Message("不是合格的 JSON", "this is no JSON"),
    "union_tag_invalid": Message(
        "{discriminator} 应为 {expected_tags}", "{discriminator} must be {expected_tags}"
    ),
    "union_tag_not_found": Message("缺少 {discriminator}", "{discriminator} is missing"),
}
_SMALL: Final = Message(
    "只用小写字母、数字和下划线，以字母开头",
    "small letters, digits and underscores are wanted, a letter first",
)
# By the pattern that a text does not have.
_SHAPES: Final[dict[str, Message]] = {
    COUNTY: Message(
        "应为县级或以上的行政区代码（6 位数字，如 220102）",
        "the code of a county or above is wanted: 6 digits, such as 220102",
    ),
    DISTRICT: Message(
        "应为行政区代码（6、9、12 或 15 位数字，如 220102）",
        "the code of a district is wanted: 6, 9, 12 or 15 digits, such as 220102",
    ),
    TOWN: Message("应为乡镇代码（9 位数字）", "the code of a town is wanted: 9 digits"),
    VILLAGE: Message("应为村代码（12 位数字）", "the code of a village is wanted: 12 digits"),
    "^[a-z][a-z0-9_]{0,31}$": _SMALL,
    "^[a-z][a-z0-9_]{0,63}$": _SMALL,
    "^[a-z]+$": Message("只用小写字母", "small letters are wanted"),
    "^[A-Z][A-Z0-9_]{0,31}$": Message(
        "只用大写字母、数字和下划线，以字母开头，最多 32 个，如 JBNT",
        "capital letters, digits and underscores are wanted, a letter first, 32 at most: JBNT",
    ),
    "^[A-Za-z0-9._-]{1,16}$": Message(
        "用 1 到 16 个字母、数字、点、下划线或连字符",
        "1 to 16 letters, digits, dots, underscores or hyphens are wanted",
    ),
    "^[0-9a-f]{64}$": Message(
        "应为附件的 SHA-256（64 位十六进制）", "the SHA-256 of a file is wanted: 64 hex digits"
    ),
}


def validation_message(error: Mapping[str, Any]) -> Message:
    """The message of one of pydantic's errors, as ``ValidationError.errors()`` lists them.

    >>> validation_message({"type": "missing", "msg": "Field required"}).zh
    '缺少此项'
    >>> validation_message({"type": "less_than_equal", "msg": "…", "ctx": {"le": 9}}).zh
    '不得大于 9'
    >>> wrong = {"type": "string_pattern_mismatch", "msg": "…", "ctx": {"pattern": COUNTY}}
    >>> validation_message(wrong).en
    'the code of a county or above is wanted: 6 digits, such as 220102'
    """
    context = error.get("ctx") or {}
    cause = context.get("error")
    if isinstance(cause, MessageError):
        return cause.message
    if isinstance(cause, ValueError):
        return Message(f"值不符合要求（{cause}）", str(cause))
    words = _SHAPES.get(context.get("pattern", "")) or _WORDS.get(error["type"])
    if words is None:
        return Message(f"值不符合要求（{error['msg']}）", str(error["msg"]))
    zh, en = words
    return Message(
        zh.format_map(
            {name: str(value).replace(" or ", " 或 ") for name, value in context.items()}
        ),
        en.format_map(context),
    )
