"""Why a library could not read something, in Chinese: its own words are English."""

from __future__ import annotations

import json
import re
from typing import Final

__all__ = ["in_chinese", "without_folders"]

_PATH: Final = re.compile(r"'?/[^\s':,]+'?")

_PHRASES: Final = (
    ("do not form a closed linestring", "环没有闭合，或坐标不是数"),
    ("Invalid number of points", "顶点太少"),
    ("nknown WKB type", "不认识的几何类型"),
    ("nexpected EOF", "数据不完整"),
    ("buffer is smaller", "数据不完整"),
    ("not a zip file", "不是 zip 文件"),
    ("Bad CRC-32", "校验和不符"),
    ("Bad magic number", "条目的位置不对"),
    ("nexpected end of data", "引号没有成对"),
    ("expected after", "引号没有成对，或引号后还有文字"),
    ("larger than field limit", "一格的文字过长"),
    ("not a database", "不是数据库"),
    ("malformed", "数据库已损坏"),
    ("no such table", "缺少必需的表"),
    ("more than", "环太多"),
    ("no element found", "没有结束"),
    ("mismatched tag", "标签没有成对"),
    ("not well-formed", "语法有误"),
    ("undefined entity", "含未定义的实体"),
)


def without_folders(words: str) -> str:
    """The first 160 characters of what a library says, without a folder of the server.

    Examples
    --------
    >>> without_folders("cannot open /var/lib/落图/a.shp")
    'cannot open …'
    """
    return _PATH.sub("…", words)[:160]


def in_chinese(error: Exception) -> str:
    """What the words of a library mean; ``内容有误`` where they are not known.

    Examples
    --------
    >>> in_chinese(ValueError("Points of LinearRing do not form a closed linestring"))
    '环没有闭合，或坐标不是数'
    >>> try:
    ...     json.loads("[1,")
    ... except ValueError as error:
    ...     in_chinese(error)
    '第 1 行第 4 个字符处'
    """
    if isinstance(error, RecursionError):
        return "嵌套过深"
    if isinstance(error, json.JSONDecodeError):
        return f"第 {error.lineno} 行第 {error.colno} 个字符处"
    words = str(error)
    if words and not words.isascii():
        return without_folders(words)
    return next((zh for part, zh in _PHRASES if part in words), "内容有误")
