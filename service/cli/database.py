"""``luotu db``: the database itself."""

from typing import Annotated

import typer
from sqlalchemy import Engine

from gis.messages import Message
from service.accounts.db.row_security import spatial_index_serves
from service.backup.kept import newest_backup
from service.cli.context import bring_up_to_date, opened
from service.cli.language import described, label, say, shown, terminal_language, words
from service.coverage.db import verify as verifying
from service.coverage.db.queue import waiting
from service.database.engine import make_engine
from service.database.location import database
from service.database.orphans import orphans, repair_orphans
from service.database.outside import Finding, findings
from service.database.revision import head, refuse_newer, version
from service.database.rights import enters, refuse_stranger
from service.database.service_role import COMMON, common_role_is_there
from service.embedded import Cluster
from service.errors import Problem
from service.settings import Settings, load
from service.tiles.db.compact_squares import tidy
from service.web.timestamps import now

MOST_LINES = 20  # of one district
SLOW_PLACES = Message(
    "空间查询会较慢，请超级用户执行一次下面一句",
    "places are found slowly until a superuser runs this once",
)
FAST_PLACES = "ALTER FUNCTION geometry_overlaps(geometry, geometry) LEAKPROOF;"
_VERDICTS = {"fine": ("正常", "fine"), "better": ("建议", "better"), "missing": ("缺少", "missing")}

app = typer.Typer(
    help=words("数据库：启动、停止、状态、迁移。", "The database."),
    no_args_is_help=True,
)


def _cluster(settings: Settings) -> Cluster:
    if settings.database_url is not None:
        raise Problem(
            409,
            "not_embedded",
            Message(
                "LUOTU_DATABASE_URL 指向外部数据库，请用其自身的工具启停",
                "LUOTU_DATABASE_URL names a server of your own: start and stop it by its own means",
            ),
        )
    return Cluster(settings.home)


@app.command()
@described("启动内嵌 PostGIS 并保持运行。")
def up() -> None:
    """Start the embedded PostGIS and keep it running."""
    endpoint = _cluster(load()).up()
    typer.echo(f"{label('运行中', 'running')}: 127.0.0.1:{endpoint.port}, {endpoint.data_dir}")


@app.command()
@described("停止内嵌 PostGIS。")
def down() -> None:
    """Stop the embedded PostGIS."""
    stopped = _cluster(load()).down()
    typer.echo(label("已停止", "stopped") if stopped else label("未在运行", "was not running"))


@app.command()
@described("数据库状态。")
def status() -> None:
    """What there is, and whether it runs."""
    settings = load()
    if settings.database_url is None:
        state = Cluster(settings.home).status()
        for name in ("running", "pid", "port", "data_dir", "made_at", "postgresql", "postgis"):
            typer.echo(f"{name:11} {getattr(state, name)}")
        if not state.running:
            return
    with database(settings) as place:
        engine = make_engine(place.owner)
        try:
            with engine.connect() as connection:
                refuse_stranger(connection)
                at = version(connection)
        finally:
            engine.dispose()
    typer.echo(f"{'migration':11} {at or 'none'} (newest {head()})")
    if settings.backup_dir is not None:
        newest = newest_backup(settings.backup_dir)
        typer.echo(f"{'backup':11} {newest or 'none'} ({settings.backup_dir})")
    refuse_newer(at)


@app.command()
@described("核对外部数据库还缺什么。")
def check() -> None:
    """What the database lacks, each with what its administrator runs; 1 when something does.

    Nothing is changed. It looks at version, extensions, rights, roles, encoding, connections, TLS,
    collation, clock and size, before the first migrate and at any time after.
    """
    settings = load()
    with database(settings) as place:
        owner = make_engine(place.owner)
        try:
            with owner.connect() as connection:
                found = [*findings(connection, settings, place.role, now().timestamp())]
                # Behind a schema that is shut lies nothing to look at; that it is was found above.
                looks = enters(connection) and version(connection) is not None
            quick = not looks or spatial_index_serves(owner)
        finally:
            owner.dispose()
    if not quick:
        found.append(Finding("better", "index", SLOW_PLACES, FAST_PLACES))
    for finding in found:
        typer.echo(f"{label(*_VERDICTS[finding.verdict])} {finding.what}: {shown(finding.message)}")
        if finding.sql:
            typer.echo(f"  {finding.sql}")
    lacking = sum(finding.verdict == "missing" for finding in found)
    if lacking:
        raise Problem(
            409,
            "database_lacks",
            Message(
                f"缺 {lacking} 项：请数据库管理员执行上面的语句，再运行 luotu db check",
                f"{lacking} things are missing: let an administrator of the server run the "
                "statements above, then `luotu db check` again",
            ),
        )


@app.command()
@described("迁移到本版本的表结构。")
def migrate(
    new_password: Annotated[
        bool,
        typer.Option("--new-password", help="For the service's own role; then start it again."),
    ] = False,
) -> None:
    """Bring tables, code lists and rights to this version, after a backup to LUOTU_BACKUP_DIR."""
    settings = load()
    with database(settings) as place:
        if new_password and place.role is not None:
            raise Problem(
                409,
                "not_our_role",
                Message(
                    "服务账户不是落图建立的，请用数据库自身的工具改密码",
                    "Luotu did not make the service's role here: change its password by ALTER ROLE",
                ),
            )
        bring_up_to_date(place, settings, always=True, new_password=new_password)
        owner = make_engine(place.owner)
        try:
            quick = spatial_index_serves(owner)
            with owner.connect() as connection:
                old_role = place.role is None and common_role_is_there(connection)
        finally:
            owner.dispose()
    typer.echo(f"{label('已迁移至', 'migrated to')} {head()}")
    if old_role:
        say(
            Message(
                f"账户 {COMMON} 在本库已不再使用；服务器上别的库也不用它时请执行下面一句",
                f"the role {COMMON} serves this database no more; when none on the server uses it",
            )
        )
        typer.echo(f"  DROP ROLE {COMMON};")
    if not quick:
        say(SLOW_PLACES)
        typer.echo(f"  {FAST_PLACES}")


@app.command()
@described("计算待重算的覆盖率切块。")
def drain() -> None:
    """Compute the coverage that writers have marked, now."""
    with opened() as db:
        cells, _ = waiting(db.engine)
        db.settle()
        while tidy(db.engine):
            pass
    typer.echo(f"{label('已计算', 'computed')}: {cells:,} {label('个切块', 'cells')}")


@app.command()
@described("核对覆盖率存数。")
def verify(
    repair: Annotated[bool, typer.Option("--repair", help="Compute anew what differs.")] = False,
) -> None:
    """Compute every kept figure anew and compare; 1 when one differs, or belongs to nothing."""
    with opened() as db:
        db.settle()
        owner = make_engine(db.place.owner)
        try:
            left = _orphans(owner)
            if left and repair:
                repair_orphans(owner)
                db.settle()
                typer.echo(f"{label('已清除', 'taken out')}: {left:,} {label('行', 'rows')}")
                left = _orphans(owner)
            wrong, number = _faults(owner)
            if wrong and repair:
                for boundary in wrong:
                    verifying.forget(owner, boundary)
                db.settle()
                typer.echo(
                    f"{label('已重算', 'computed anew')}: {len(wrong)} "
                    f"{label('个行政区', 'districts')}"
                )
                wrong, number = _faults(owner)
        finally:
            owner.dispose()
    if wrong or left:
        raise Problem(
            500,
            "figures_differ",
            Message(
                f"{sum(map(len, wrong.values())) + left} 处存数与重算不符（见上），"
                "`luotu db verify --repair` 可修复",
                "the kept figures differ from those computed anew, as listed above: `luotu db "
                "verify --repair` mends them",
            ),
        )
    typer.echo(
        f"{label('覆盖率存数无误', 'the kept coverage is right')}: {number} "
        f"{label('个行政区', 'districts')}"
    )


def _orphans(owner: Engine) -> int:
    """Print rows that belong to nothing; answers how many there are."""
    found = orphans(owner)
    for one in found:
        typer.echo(f"{one.table}: {one.rows:,} {label('行', 'rows')} {shown(one.why)}")
    return sum(one.rows for one in found)


def _faults(owner: Engine) -> tuple[dict[int, list[verifying.Fault]], int]:
    """Print the differences; answers them by boundary, and the number of boundaries."""
    boundaries = verifying.boundaries(owner)
    wrong: dict[int, list[verifying.Fault]] = {}
    for boundary, code in boundaries:
        faults = list(verifying.faults(owner, boundary, code))
        for fault in faults[:MOST_LINES]:
            typer.echo(fault.text(terminal_language()))
        if len(faults) > MOST_LINES:
            left = len(faults) - MOST_LINES
            typer.echo(f"  … {code}: {label(f'另有 {left} 处', f'{left} more')}")
        if faults:
            wrong[boundary] = faults
    return wrong, len(boundaries)
