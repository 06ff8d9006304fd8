"""A migrated database for a command, as the plain role, and the account that stands for it."""

import getpass
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import OperationalError

from gis.messages import Message
from service.accounts.db.accounts import Account, command_line_account
from service.accounts.db.row_security import see_whole_tree, whole_tree_key
from service.backup.nightly import back_up_tonight
from service.cli.language import say
from service.codes.in_use import codes_in_use
from service.database.engine import make_engine
from service.database.location import DatabaseLocation, database
from service.database.revision import head, refuse_newer, version
from service.database.rights import refuse_stranger, refuse_wide_role
from service.database.service_role import kept_role
from service.database.sql_library import in_force
from service.errors import Problem
from service.settings import Settings, load


@dataclass(frozen=True)
class Opened:
    """What commands work with."""

    settings: Settings
    place: DatabaseLocation
    engine: Engine

    def settle(self) -> None:
        """Compute the coverage that writers have marked, now."""
        # It imports pandas, which takes longer than most commands.
        from service.run.coverage_worker import settle  # noqa: PLC0415

        owner = make_engine(self.place.owner)
        try:
            settle(self.engine, owner=owner, bulk_cells=self.settings.coverage_bulk_cells)
        finally:
            owner.dispose()

    @contextmanager
    def transaction(self, *, keep: bool = True) -> Iterator[tuple[Connection, Account]]:
        """One transaction in the name of the user of this terminal.

        With ``keep=False`` it is rolled back at its end: a dry run.
        """
        with self.engine.connect() as connection, connection.begin() as transaction:
            yield connection, command_line_account(connection, user_name())
            if not keep:
                transaction.rollback()


def user_name() -> str:
    """The system's name of the user; root where it has none."""
    try:
        name = getpass.getuser()
    except (OSError, KeyError):
        name = "root"
    return (
        "".join(character for character in name if character.isalnum() or character in "-_.")[:32]
        or "root"
    )


@contextmanager
def opened(settings: Settings | None = None, *, make: bool = False) -> Iterator[Opened]:
    """The database of the settings; an embedded one is started as needed.

    Only ``make`` creates a missing embedded database, migrates one of an older version, or creates
    a missing service role in an external one: other commands must not change what a running
    service uses. Within it, files are read and written with the bureau's own words.
    """
    settings = settings or load()
    with database(settings, make=make) as place:
        bring_up_to_date(place, settings, make=make)
        engine = make_engine(place.service)
        see_whole_tree(engine, _key(place))
        try:
            with _let_in(place):
                engine.connect().close()
            with engine.connect() as connection:
                words = codes_in_use(connection)
            with words:
                yield Opened(settings, place, engine)
        finally:
            engine.dispose()


@contextmanager
def _let_in(place: DatabaseLocation) -> Iterator[None]:
    """Say what helps where the server does not let the service's role in, though it did the owner.

    Raises
    ------
    Problem
        ``service_shut_out``.
    """
    try:
        yield
    except OperationalError as error:
        if place.embedded:
            raise
        reason = str(error.orig).strip().splitlines()[0]
        zh, en = (
            (
                "若口令已被改动，请运行 luotu db migrate --new-password",
                "was its password changed, `luotu db migrate --new-password` gives another",
            )
            if place.role is None
            else ("请核对 LUOTU_SERVICE_DATABASE_URL", "look at LUOTU_SERVICE_DATABASE_URL")
        )
        raise Problem(
            409,
            "service_shut_out",
            Message(
                f"服务账户连不上数据库（{reason}）：luotu db migrate 会列出缺少的权限；{zh}",
                f"the service's role gets no connection ({reason}): `luotu db migrate` names what "
                f"it lacks; {en}",
            ),
        ) from None


def _key(place: DatabaseLocation) -> bytes:
    owner = make_engine(place.owner)
    try:
        return whole_tree_key(owner)
    finally:
        owner.dispose()


def bring_up_to_date(
    place: DatabaseLocation,
    settings: Settings,
    *,
    make: bool = False,
    always: bool = False,
    new_password: bool = False,
) -> None:
    """Migrate the embedded database when it is empty; refuse one of another version.

    ``make`` migrates an older embedded one too, and creates a missing service role; ``always``
    migrates any. What an older version kept is backed up first, into `Settings.backup_dir`.

    Raises
    ------
    Problem
        ``not_migrated``, ``newer_database``, and as `back_up_tonight`: nothing was migrated then.
    """
    owner = make_engine(place.owner)
    try:
        with owner.connect() as connection:
            refuse_stranger(connection)
            if not always:
                _refuse_wide_service(connection, place)
            number = version(connection)
            current = number == head() and in_force(connection)
        refuse_newer(number)
        ours = place.embedded and not current and (make or number is None)
        if always or ours or (make and current and place.lacks_role()):
            # Alembic costs a second to import, and most commands never migrate.
            from service.database.migrate import migrate  # noqa: PLC0415
            from service.run.loaders import LOADERS  # noqa: PLC0415

            if number not in {None, head()}:
                _back_up(place, settings)
            migrate(owner, role=place.role, new_password=new_password, loaders=LOADERS)
        elif not current:
            raise Problem(
                409,
                "not_migrated",
                Message(
                    "数据库结构不是本版本的，请先运行 luotu db migrate",
                    "the database is not at this version: run `luotu db migrate` first",
                ),
            )
    finally:
        owner.dispose()


def _back_up(place: DatabaseLocation, settings: Settings) -> None:
    if settings.backup_dir is None:
        say(
            Message(
                "未设 LUOTU_BACKUP_DIR，迁移前没有备份",
                "LUOTU_BACKUP_DIR is not set: no backup was made before the migration",
            ),
            err=True,
        )
        return
    folder, _ = back_up_tonight(place, settings)
    say(
        Message(f"迁移前已备份到 {folder}", f"backed up to {folder} before the migration"), err=True
    )


def _refuse_wide_service(connection: Connection, place: DatabaseLocation) -> None:
    kept = kept_role(connection) if place.role is None else None
    name = place.role or (kept.name if kept else None)
    if name is not None:
        refuse_wide_role(connection, name)
