"""Files of layers that wait to be read in the background, and the work on one of them."""

from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from sqlalchemy import Engine

from data.errors import FileRefused
from data.import_result import Imported, ImportRefused
from data.layers import layers as files_of_layers
from data.reading.limits import Limits
from data.scratch import Scratch, TemporaryDiskFull
from gis.messages import Message
from service.accounts.db.accounts import end_credential
from service.accounts.work import working_account
from service.errors import Problem
from service.layers.db.import_layer import fail_unfinished, set_import
from service.layers.importing import import_layer
from service.web.kept_refusals import kept, refusal
from service.web.work_queue import WorkQueue

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
    secret: str
    """Stands for whoever sent it, until it is stored."""
    code: str
    folder: Scratch
    path: Path
    valid_from: date
    options: dict[str, str | None] = field(default_factory=dict)
    """layer, crs and encoding, as `data.reading.features.read_features` takes them."""
    fields: dict[str, str] = field(default_factory=dict)


class LayerQueue(WorkQueue[LayerFile]):
    """Files that wait: taken one after the other by one thread."""

    def __init__(self, limits: Limits) -> None:
        super().__init__()
        self._limits = limits

    def work(self, engine: Engine, wait_s: float) -> bool:
        """Read and store the next file; False when none came within ``wait_s`` seconds."""
        file = self.take(wait_s)
        if file is None:
            return False
        try:
            self._import(engine, file)
        finally:
            file.folder.remove()
            with engine.begin() as connection:
                end_credential(connection, file.secret)
        return True

    def _import(self, engine: Engine, file: LayerFile) -> None:
        try:
            table = files_of_layers.read_layer(
                file.path, file.fields, **file.options, limits=self._limits
            )
            with engine.begin() as connection:
                set_import(
                    connection, file.import_id, state="committing", features=len(table.frame)
                )
            with engine.begin() as connection:
                done = import_layer(
                    connection,
                    working_account(connection, file.secret, "gis"),
                    file.code,
                    table,
                    file.path.name,
                    valid_from=file.valid_from,
                )
                _live(connection, file.import_id, done)
        except (FileRefused, ImportRefused, Problem) as refused:
            self._end(engine, file, "refused", refusal(refused))
        except TemporaryDiskFull as full:
            self._end(engine, file, "failed", kept(full.message, "temporary_disk_full"))
        except Exception:
            self._end(engine, file, "failed", kept(_FAILED, "failed"))
            raise

    def _end(self, engine: Engine, file: LayerFile, state: str, error: dict[str, Any]) -> None:
        with engine.begin() as connection:
            set_import(connection, file.import_id, state=state, error=error)


def give_up_unfinished(engine: Engine) -> None:
    """Tell of imports that were cut off when the service ended that they failed."""
    with engine.begin() as connection:
        fail_unfinished(connection, kept(_RESTARTED, "restarted"))


def _live(connection: Any, import_id: int, done: Imported) -> None:
    set_import(
        connection,
        import_id,
        state="live",
        version_id=done.ids[0],
        notes=[message._asdict() for message in done.notes],
    )
