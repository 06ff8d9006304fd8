"""What is said of a folder that is no lake, half of one, or being written."""

from __future__ import annotations

from pathlib import Path

from data.errors import FileRefused
from gis.messages import Message


def no_lake(folder: Path) -> FileRefused:
    """The folder holds no lake."""
    return FileRefused(
        "no_lake",
        Message("不是落图数据湖", "is no lake of Luotu"),
        Message(
            "请指定 luotu lake write 写出的文件夹", "name the folder that `luotu lake write` wrote"
        ),
        file=str(folder),
    )


def not_empty(folder: Path) -> FileRefused:
    """The folder holds something else, which a lake must not mix with."""
    return FileRefused(
        "folder_not_empty",
        Message("已有别的内容，未写入任何文件", "holds something else, nothing was written"),
        Message("请指定新的文件夹", "name a new folder"),
        file=str(folder),
    )


def half_lake(folder: Path) -> FileRefused:
    """The first writing was broken off."""
    return FileRefused(
        "lake_incomplete",
        Message("数据湖只写了一半", "holds half a lake: its writing was broken off"),
        Message("请再运行一次 luotu lake write", "run `luotu lake write` again"),
        file=str(folder),
    )


def being_written(folder: Path, who: str) -> FileRefused:
    """Another process writes it."""
    return FileRefused(
        "lake_being_written",
        Message(f"数据湖正在写入（{who}）", f"is being written ({who})"),
        Message("请等它写完再试", "wait until it is done, then try again"),
        file=str(folder),
    )


def newer_lake(folder: Path, form: str) -> FileRefused:
    """A later version of Luotu wrote it."""
    return FileRefused(
        "newer_lake",
        Message(
            f"由更新版本的落图写出（{form}）", f"was written by a later version of Luotu ({form})"
        ),
        Message(
            "请升级本机的落图，或重新写到新文件夹",
            "update Luotu here, or write a lake anew elsewhere",
        ),
        file=str(folder),
    )


def damaged(path: Path, why: Message) -> FileRefused:
    """A file of the lake is not as it was written."""
    return FileRefused(
        "lake_damaged",
        Message(f"数据湖文件与写出时不符：{why.zh}", f"is not as it was written: {why.en}"),
        Message(
            "如刚被重写请重新运行；否则请重新写数据湖",
            "run the command again if the lake was written meanwhile, else write it anew",
        ),
        file=str(path),
    )
