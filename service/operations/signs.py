"""What an administrator is told of the installation, each thing with how grave it is."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final, Literal, NamedTuple

from gis.messages import Message
from service.operations.db.database_state import DatabaseState
from service.operations.folders import Disk

Grade = Literal["fine", "look", "act"]
"""``act``: people will be stopped by it soon, or are; ``look``: not yet."""

SCARCE: Final = 0.2
FULL: Final = 0.1
OLD_BACKUP: Final = timedelta(hours=36)
LONG_WAIT: Final = timedelta(minutes=10)
CLOCKS_APART: Final = timedelta(seconds=5)
MANY_WAITING: Final = 20

_FOLDERS: Final = {
    "home": Message("数据与缓存", "data and caches"),
    "out": Message("输出文件", "files written"),
    "backups": Message("备份", "backups"),
    "temporary": Message("临时文件", "temporary files"),
}


class Sign(NamedTuple):
    """One thing: a stable name, its grade, what it is called, and how it is."""

    name: str
    grade: Grade
    label: Message
    state: Message


def of_program(version: str, migration: str | None) -> Sign:
    """The version that runs, and the migration that its database stands at."""
    return Sign(
        "version",
        "fine",
        Message("版本", "Version"),
        Message(f"{version}，迁移 {migration}", f"{version}, migration {migration}"),
    )


def of_database(state: DatabaseState, moment: datetime) -> Iterator[Sign]:
    """Size and sessions, its clock beside that of the service, and the jobs that wait in it."""
    size, gis = f"{state.bytes / 1e6:,.0f} MB", state.postgis
    yield Sign(
        "database",
        "fine",
        Message("数据库", "Database"),
        Message(
            f"PostgreSQL {state.postgresql}，PostGIS {gis}，{size}，{state.sessions} 个会话",
            f"PostgreSQL {state.postgresql}, PostGIS {gis}, {size}, {state.sessions} sessions",
        ),
    )
    apart = abs(state.clock - moment)
    seconds = apart.total_seconds()
    yield Sign(
        "clock",
        "fine" if apart <= CLOCKS_APART else "look",
        Message("时钟", "Clocks"),
        Message("与数据库一致", "as the database's")
        if apart <= CLOCKS_APART
        else Message(
            f"与数据库相差 {seconds:,.0f} 秒：请同步时钟（NTP）",
            f"{seconds:,.0f} s apart from the database's: let both follow NTP",
        ),
    )
    waited = timedelta() if state.queued_since is None else state.clock - state.queued_since
    minutes = waited.total_seconds() / 60
    late = waited > LONG_WAIT
    yield Sign(
        "jobs",
        "look" if late else "fine",
        Message("后台任务", "Jobs"),
        Message(
            f"{state.running} 个进行，{state.queued} 个等待"
            + (f"，最久 {minutes:,.0f} 分钟：请增加 luotu worker" if late else ""),
            f"{state.running} under way, {state.queued} waiting"
            + (f" for {minutes:,.0f} minutes: start another `luotu worker`" if late else ""),
        ),
    )


def of_requests(free: int, waiting: int) -> Sign:
    """Slots for requests that nobody has, and requests that wait for one."""
    return Sign(
        "requests",
        "look" if waiting > MANY_WAITING else "fine",
        Message("请求", "Requests"),
        Message(f"{free} 个空位，{waiting} 个等待", f"{free} slots free, {waiting} waiting"),
    )


def of_disk(name: str, disk: Disk | None) -> Sign:
    """How much of the disk of a folder is free; ``name`` is one of `folders.folders`."""
    called = _FOLDERS[name]
    label = Message(f"磁盘：{called.zh}", f"Disk: {called.en}")
    if disk is None:
        return Sign(f"disk_{name}", "look", label, Message("无法查询", "it cannot be asked"))
    share = disk.free / disk.size
    grade: Grade = "act" if share < FULL else "look" if share < SCARCE else "fine"
    free, size = disk.free / 1e9, disk.size / 1e9
    return Sign(
        f"disk_{name}",
        grade,
        label,
        Message(
            f"剩余 {free:,.1f} GB，共 {size:,.1f} GB（{share:.0%}）",
            f"{free:,.1f} GB of {size:,.1f} GB free ({share:.0%})",
        ),
    )


def of_backups(configured: bool, newest: datetime | None, moment: datetime) -> Sign:
    """The age of the newest nightly backup; ``configured``: a folder of backups is set."""
    label = Message("备份", "Backup")
    if not configured:
        return Sign(
            "backup",
            "look",
            label,
            Message(
                "未设置 LUOTU_BACKUP_DIR，没有每晚备份",
                "LUOTU_BACKUP_DIR is not set: there is no nightly backup",
            ),
        )
    if newest is None:
        return Sign("backup", "look", label, Message("还没有备份", "there is none yet"))
    hours = (moment - newest).total_seconds() / 3600
    old = moment - newest > OLD_BACKUP
    return Sign(
        "backup",
        "act" if old else "fine",
        label,
        Message(
            f"{hours:,.0f} 小时前" + ("：请查看日志中的 not_backed_up" if old else ""),
            f"{hours:,.0f} hours ago" + (": look for not_backed_up in the log" if old else ""),
        ),
    )
