"""Atomic writing of text files."""

from pathlib import Path

from data.scratch import Scratch
from gis.messages import Message
from service.errors import Problem


def write_whole(path: Path, text: str, *, encoding: str = "utf-8") -> None:
    """Write a text file beside its place and move it there: no reader ever sees half of it.

    Raises
    ------
    OSError
        No right to write, disk full; nothing is left behind.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        with Scratch(beside=path.parent) as scratch:
            half = scratch / "half"
            half.write_text(text, encoding=encoding, newline="")
            half.replace(path)
    except OSError as error:
        raise OSError(error.errno, error.strerror, str(path)) from error


def require_folder(folder: Path) -> None:
    """Fail early when files cannot be written there, before minutes are spent on the demo.

    Raises
    ------
    Problem
        ``out_unwritable``: the folder cannot be made, or not be written into.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with Scratch(beside=folder):
            pass
    except OSError as error:
        raise Problem(
            409,
            "out_unwritable",
            Message(
                f"不能写入目录 {folder.absolute()}（{error.strerror}）：请用 LUOTU_OUT=目录 "
                "指定可写的目录（数据库的目录用 LUOTU_HOME），或换一个工作目录",
                f"the folder {folder.absolute()} cannot be written ({error.strerror}): name "
                "another by LUOTU_OUT=FOLDER (and that of the database by LUOTU_HOME), or work "
                "in another folder",
            ),
        ) from None
