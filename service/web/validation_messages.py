"""What pydantic says of a value, in both languages; it speaks English only."""

from collections.abc import Mapping
from typing import Any, Final

from gis.messages import Message, MessageError

# By pydantic's type of error; names in braces are those of the error's context.
_CHINESE: Final[dict[str, str]] = {
    "missing": "缺少此项",
    "extra_forbidden": "没有此项，请去掉",
    "string_type": "应为文字",
    "string_too_short": "至少 {min_length} 个字符",
    "string_too_long": "最多 {max_length} 个字符",
    "string_pattern_mismatch": "应符合格式 {pattern}",
    "int_type": "应为整数",
    "int_parsing": "应为整数",
    "int_parsing_size": "整数过大",
    "int_from_float": "应为整数，不能有小数",
    "float_type": "应为数",
    "float_parsing": "应为数",
    "decimal_type": "应为数，如 50 或 2.5",
    "decimal_parsing": "应为数，如 50 或 2.5",
    "decimal_max_digits": "最多 {max_digits} 位数字",
    "decimal_max_places": "最多 {decimal_places} 位小数",
    "decimal_whole_digits": "整数部分最多 {whole_digits} 位",
    "finite_number": "应为有限数",
    "bool_type": "应为 true 或 false",
    "bool_parsing": "应为 true 或 false",
    "greater_than": "应大于 {gt}",
    "greater_than_equal": "不得小于 {ge}",
    "less_than": "应小于 {lt}",
    "less_than_equal": "不得大于 {le}",
    "literal_error": "应为 {expected}",
    "enum": "应为 {expected}",
    "list_type": "应为列表",
    "tuple_type": "应为列表",
    "dict_type": "应为对象",
    "model_type": "应为对象",
    "model_attributes_type": "应为对象",
    "too_short": "至少 {min_length} 项，给出 {actual_length} 项",
    "too_long": "最多 {max_length} 项，给出 {actual_length} 项",
    "none_required": "应为 null",
    "date_type": "应为日期 YYYY-MM-DD",
    "date_parsing": "应为日期 YYYY-MM-DD",
    "date_from_datetime_parsing": "应为日期 YYYY-MM-DD",
    "date_from_datetime_inexact": "应为日期 YYYY-MM-DD，不带时刻",
    "datetime_type": "应为日期时间，如 2026-09-01T08:00:00+08:00",
    "datetime_parsing": "应为日期时间，如 2026-09-01T08:00:00+08:00",
    "datetime_from_date_parsing": "应为日期时间，如 2026-09-01T08:00:00+08:00",
    "timezone_aware": "日期时间须带时区，如 +08:00",
    "json_invalid": "不是合格的 JSON",
    "union_tag_invalid": "{discriminator} 应为 {expected_tags}",
    "union_tag_not_found": "缺少 {discriminator}",
}


def validation_message(error: Mapping[str, Any]) -> Message:
    """The message of one of pydantic's errors, as ``ValidationError.errors()`` lists them.

    >>> validation_message({"type": "missing", "msg": "Field required"}).zh
    '缺少此项'
    >>> validation_message({"type": "less_than_equal", "msg": "…", "ctx": {"le": 9}}).zh
    '不得大于 9'
    """
    context = error.get("ctx") or {}
    cause = context.get("error")
    if isinstance(cause, MessageError):
        return cause.message
    english = str(cause) if isinstance(cause, ValueError) else str(error["msg"])
    chinese = _CHINESE.get(error["type"])
    if chinese is None:
        return Message(f"值不符合要求（{english}）", english)
    return Message(
        chinese.format_map({name: _shown(value) for name, value in context.items()}), english
    )


def _shown(value: object) -> str:
    return str(value).replace(" or ", " 或 ")
