"""What a backup says of itself: when it was made, of what, and the checksum of each file."""

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Final, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, SecretStr, ValidationError

from gis.messages import Message
from service.errors import Problem
from service.settings import Settings

NAME: Final = "manifest.json"
# What `pg_dump` writes, in this folder of the backup.
DATABASE: Final = "database"


class Content(BaseModel):
    """A file of the backup."""

    model_config = ConfigDict(frozen=True)

    bytes: int
    sha256: str


class Manifest(BaseModel):
    """The text of ``manifest.json``."""

    model_config = ConfigDict(frozen=True)

    format: Literal["luotu-backup-1"] = "luotu-backup-1"
    made_at: AwareDatetime
    migration: str
    postgresql: str
    postgis: str
    rows: Mapping[str, int]
    files: Mapping[str, Content]
    settings: Mapping[str, str]

    @property
    def bytes(self) -> int:
        """Size of all files but the manifest."""
        return sum(content.bytes for content in self.files.values())


def contents(folder: Path) -> dict[str, Content]:
    """Size and checksum of each file below a folder but the manifest, by its path there."""
    return {
        path.relative_to(folder).as_posix(): Content(
            bytes=path.stat().st_size, sha256=checksum(path)
        )
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path != folder / NAME
    }


def checksum(path: Path) -> str:
    """SHA-256 of a file, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def open_settings(settings: Settings) -> dict[str, str]:
    """Settings that differ from their defaults, without the secret ones.

    >>> open_settings(Settings(port=8100, database_url="postgresql://me:secret@db/luotu"))
    {'port': '8100'}
    """
    return {
        name: str(value)
        for name, value in settings
        if not isinstance(value, SecretStr) and value != type(settings).model_fields[name].default
    }


def read_manifest(folder: Path) -> Manifest:
    """The manifest of a backup.

    Raises
    ------
    Problem
        ``no_backup``: the folder holds none; ``backup_incomplete``: it is not to be read.
    """
    path = folder / NAME
    if not path.is_file():
        raise Problem(
            409,
            "no_backup",
            Message(
                f"{folder} 中没有落图备份（缺 {NAME}）：请指定 luotu backup 写出的文件夹",
                f"{folder} holds no backup of Luotu ({NAME} is missing): name the folder that "
                "`luotu backup` wrote",
            ),
        )
    try:
        return Manifest.model_validate_json(path.read_bytes())
    except ValidationError:
        raise _incomplete(
            folder,
            Message(f"{NAME} 无法读取", f"{NAME} cannot be read"),
        ) from None


def require_whole(folder: Path, manifest: Manifest) -> None:
    """Raise `Problem` ``backup_incomplete`` unless each file is there as it was written."""
    for name, told in manifest.files.items():
        path = folder / name
        if not path.is_file():
            raise _incomplete(folder, Message(f"缺少文件 {name}", f"the file {name} is missing"))
        size = path.stat().st_size
        if size != told.bytes:
            raise _incomplete(
                folder,
                Message(
                    f"文件 {name} 为 {size:,} 字节，应为 {told.bytes:,}",
                    f"the file {name} has {size:,} bytes, {told.bytes:,} were written",
                ),
            )
        if checksum(path) != told.sha256:
            raise _incomplete(
                folder,
                Message(
                    f"文件 {name} 的校验和不符",
                    f"the file {name} is not what was written: its checksum differs",
                ),
            )


def _incomplete(folder: Path, why: Message) -> Problem:
    return Problem(
        409,
        "backup_incomplete",
        Message(
            f"备份 {folder} 不完整：{why.zh}；未作任何改动，请换用另一份备份",
            f"the backup {folder} is not whole: {why.en}; nothing was changed, use another one",
        ),
    )
