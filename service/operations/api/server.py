"""``/api/server``: how the installation is, for its administrators."""

from importlib.metadata import version
from typing import Literal

from fastapi import APIRouter, Request
from pydantic import BaseModel, Field

from service.accounts.api.deps import AdminDep
from service.backup.kept import newest_backup
from service.database.revision import version as migration
from service.operations.db.database_state import database_state
from service.operations.folders import disk_of, folders
from service.operations.signs import (
    Sign,
    of_backups,
    of_database,
    of_disk,
    of_program,
    of_requests,
)
from service.web.admission import Gate
from service.web.deps import ConnectionDep, SettingsDep
from service.web.language import LocalisedText
from service.web.thread_route import ThreadRoute
from service.web.timestamps import now

router = APIRouter(tags=["health"], route_class=ThreadRoute)


class ServerSign(BaseModel):
    """One thing that an administrator looks at."""

    name: str = Field(description="Stable: `disk_home`, `backup`, `jobs` …")
    grade: Literal["fine", "look", "act"] = Field(
        description="`look`: not urgent; `act`: people are stopped by it, or soon will be."
    )
    label: LocalisedText
    state: LocalisedText


class ServerSigns(BaseModel):
    """All of them, the gravest first."""

    rows: list[ServerSign]


@router.get("/api/server", operation_id="readServer")
def read_server(
    request: Request, _account: AdminDep, connection: ConnectionDep, settings: SettingsDep
) -> ServerSigns:
    """Version, database, clocks, jobs, requests, disks and backups, without any plot or name."""
    moment = now()
    gate: Gate = request.app.state.gate
    folder = settings.backup_dir
    newest = None if folder is None else newest_backup(folder)
    signs: list[Sign] = [
        of_program(version("luotu"), migration(connection)),
        *of_database(database_state(connection), moment),
        of_requests(gate.free, gate.waiting),
        *(of_disk(name, disk_of(place)) for name, place in folders(settings).items()),
        of_backups(folder is not None, newest, moment),
    ]
    order = {"act": 0, "look": 1, "fine": 2}
    signs.sort(key=lambda sign: order[sign.grade])
    return ServerSigns(
        rows=[ServerSign.model_validate(one._asdict()) for one in signs],
    )
