"""The refusal of a file that cannot be read to its end."""

from __future__ import annotations

from typing import Final

from data.errors import FileRefused
from data.reading.reasons import in_chinese, without_folders
from gis.messages import Message

__all__ = ["EXPORT_AGAIN", "damaged"]

EXPORT_AGAIN: Final = Message("请重新导出后提交", "export it again and send it")


def damaged(error: Exception) -> FileRefused:
    """The refusal of a file that a parser or GDAL cannot read (``file_damaged``)."""
    reason = without_folders(str(error))
    what = Message(
        f"文件损坏或不完整（{in_chinese(error)}）", f"the file is damaged or cut off ({reason})"
    )
    return FileRefused("file_damaged", what, EXPORT_AGAIN)
