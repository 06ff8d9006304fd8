"""The refusal of a shape that is written wrongly, in both languages."""

from __future__ import annotations

from typing import Final

from data.errors import FileRefused
from gis.messages import Message

__all__ = ["damaged_shape"]

_SHOWN_LETTERS: Final = 80
_MEND: Final = Message("请改正后提交", "mend it and send it again")
_IN_CHINESE: Final = (
    ("curves", "曲线不能读取，请先转为折线"),
    ("closed", "环没有闭合"),
    ("is no number", "坐标不是数字"),
    ("neither two ordinates nor three", "每个坐标应为两个或三个数"),
    ("unknown type", "不认识的几何类型"),
    ("at least", "顶点太少"),
    ("Invalid number of points", "顶点太少"),
    ("rings", "环太多"),
)


def damaged_shape(error: Exception, row: int) -> FileRefused:
    """The refusal (``geometry_damaged``) of the shape of a row, counted from 1.

    Examples
    --------
    >>> damaged_shape(ValueError("a ring is not closed"), 2).message.zh
    '（第 2 个要素）：几何写法有错（环没有闭合）；请改正后提交。'
    """
    words = str(error)
    zh = next((zh for part, zh in _IN_CHINESE if part in words), "写法不完整或有误")
    shown = words[:_SHOWN_LETTERS]
    what = Message(f"几何写法有错（{zh}）", f"its geometry is damaged ({shown})")
    return FileRefused("geometry_damaged", what, _MEND, feature=row)
