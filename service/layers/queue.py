"""Files of layers that wait to be read in the background, and the work on one of them."""

import queue
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Engine

from data.errors import FileRefused
from data.import_result import Imported, ImportRefused, Rejection
from data.layers.layers import read_layer
from data.reading.limits import Limits
from data.scratch import Scratch, TemporaryDiskFull
from gis.messages import Message, MessageError
from service.accounts.db.accounts import Account
from service.errors import Problem
from service.layers.db.import_layer import fail_unfinished, set_import
from service.layers.importing import import_layer

MAX_WAITING: Final = 20
# Faults of a file that are kept with its import, and told.
MAX_ERRORS: Final = 200

_RESTARTED = Message(
    "服务在导入时重新启动，未作任何改动；请重新提交文件",
    "the service was started again while the file was read, and nothing was changed: send the "
    "file again",
)
_FAILED = Message(
    "服务内部出错，未作任何改动；请稍后重新提交，仍不行请联系管理员",
    "the service failed, and nothing was changed: send the file again later, and tell an "
    "administrator when that fails too",
)


@dataclass(frozen=True)
class LayerFile:
    """A file that was sent, in a folder of its own."""

    import_id: int
    account: Account
    code: str
    folder: Scratch
    path: Path
    valid_from: date
    options: dict[str, str | None] = field(default_factory=dict)
    """layer, crs and encoding, as `data.reading.features.read_features` takes them."""
    fields: dict[str, str] = field(default_factory=dict)


class LayerQueue:
    """Files that wait: taken one after the other by one thread."""

    def __init__(self, limits: Limits) -> None:
        self._files: queue.Queue[LayerFile] = queue.Queue(MAX_WAITING)
        self._limits = limits

    def refuse_when_full(self) -> None:
        """Refuse a file while too many wait.

        Raises
        ------
        Problem
            503 ``busy`` with ``Retry-After``.
        """
        if self._files.full():
            words = Message(
                f"已有 {MAX_WAITING} 个文件在等待导入，请稍后再试",
                f"{MAX_WAITING} files wait to be imported: try again later",
            )
            raise Problem(503, "busy", words, headers={"Retry-After": "30"})

    def put(self, file: LayerFile) -> None:
        """Let a file wait; its import was noted and committed before."""
        self._files.put(file)

    def work(self, engine: Engine, wait_s: float) -> bool:
        """Read and store the next file; False when none came within ``wait_s`` seconds."""
        try:
            file = self._files.get(timeout=wait_s)
        except queue.Empty:
            return False
        try:
            self._import(engine, file)
        finally:
            file.folder.remove()
        return True

    def _import(self, engine: Engine, file: LayerFile) -> None:
        try:
            table = read_layer(file.path, file.fields, **file.options, limits=self._limits)
            with engine.begin() as connection:
                set_import(
                    connection, file.import_id, state="committing", features=len(table.frame)
                )
            with engine.begin() as connection:
                done = import_layer(
                    connection,
                    file.account,
                    file.code,
                    table,
                    file.path.name,
                    valid_from=file.valid_from,
                )
                _live(connection, file.import_id, done)
        except (FileRefused, ImportRefused, Problem) as refused:
            self._end(engine, file, "refused", refusal(refused))
        except TemporaryDiskFull as full:
            self._end(engine, file, "failed", _told(full.message, "temporary_disk_full"))
        except Exception:
            self._end(engine, file, "failed", _told(_FAILED, "failed"))
            raise

    def _end(self, engine: Engine, file: LayerFile, state: str, error: dict[str, Any]) -> None:
        with engine.begin() as connection:
            set_import(connection, file.import_id, state=state, error=error)


def give_up_unfinished(engine: Engine) -> None:
    """Tell of imports that were cut off when the service ended that they failed."""
    with engine.begin() as connection:
        fail_unfinished(connection, _told(_RESTARTED, "restarted"))


def _live(connection: Any, import_id: int, done: Imported) -> None:
    set_import(
        connection,
        import_id,
        state="live",
        version_id=done.ids[0],
        notes=[message._asdict() for message in done.notes],
    )


def refusal(refused: FileRefused | ImportRefused | Problem) -> dict[str, Any]:
    """Why a file was refused, as it is kept with its import: in both languages."""
    if isinstance(refused, ImportRefused):
        return _told(refused.message, "refused", refused.rejections)
    if isinstance(refused, FileRefused):
        fault = Rejection(refused.feature, refused.code, refused.message, refused.at)
        return _told(refused.message, refused.code, [fault])
    assert isinstance(refused, MessageError)
    return _told(refused.message, refused.code)


def _told(message: Message, code: str, rejections: Sequence[Rejection] = ()) -> dict[str, Any]:
    return {
        "code": code,
        "detail": message._asdict(),
        "errors": [
            {
                "row": rejection.row,
                "code": rejection.code,
                "message": rejection.message._asdict(),
                "at": rejection.at,
            }
            for rejection in rejections[:MAX_ERRORS]
        ],
        "left_out": max(0, len(rejections) - MAX_ERRORS),
    }
