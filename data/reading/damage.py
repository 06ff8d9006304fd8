"""The refusal of a file that cannot be read to its end."""

from __future__ import annotations

import re
from typing import Final

from data.errors import FileRefused
from data.reading.reasons import in_chinese
from gis.messages import Message

__all__ = ["EXPORT_AGAIN", "damaged"]

_PATH: Final = re.compile(r"'?/[^\s':,]+'?")
EXPORT_AGAIN: Final = Message("请重新导出后提交", "export it again and send it")


def damaged(error: Exception) -> FileRefused:
    """The refusal of a file that a parser or GDAL cannot read (``file_damaged``)."""
    reason = _PATH.sub("…", str(error))[:160]  # never a folder of the server
    what = Message(
        f"文件损坏或不完整（{in_chinese(error)}）", f"the file is damaged or cut off ({reason})"
    )
    return FileRefused("file_damaged", what, EXPORT_AGAIN)
