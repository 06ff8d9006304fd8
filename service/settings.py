"""Everything a deployment may set, read once from ``LUOTU_*`` variables."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Literal, Self
from urllib.parse import urlsplit

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    SecretStr,
    ValidationError,
    field_validator,
    model_validator,
)

from gis.messages import Message, MessageError
from service.basemap_setting import BASEMAPS, Basemap

PREFIX = "LUOTU_"
MAP_PLOT_LIMIT = 2_000_000
PATROL_LIMIT = 200_000


class SettingsError(MessageError, RuntimeError):
    """A ``LUOTU_*`` variable is unknown or its value is wrong: the start stops here."""


class Settings(BaseModel):
    """Wrong values stop the service at its start, not at the first request.

    Made of what is given and of defaults; `load` reads the ``LUOTU_*`` variables.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    home: Path = Field(Path(".luotu"), description="Folder of the embedded PostGIS and its logs.")
    database_url: SecretStr | None = Field(
        None, description="PostGIS 3.3 or later to use instead of the embedded one (its owner)."
    )
    service_database_url: SecretStr | None = Field(
        None, description="The same database as a plain role; made by `luotu db migrate` if empty."
    )
    host: str = Field("127.0.0.1", description="Address that the service listens on.")
    port: int = Field(8000, ge=1, le=65535, description="Port that the service listens on.")
    public_url: str | None = Field(
        None, description="Address that people type, when a proxy stands before the service."
    )
    out: Path = Field(Path("out"), description="Folder of the files that `luotu run` writes.")
    pool_size: int = Field(
        10,
        ge=1,
        le=100,
        description="Requests served at once, a database connection each; half as many more for "
        "tiles of plots.",
    )
    statement_timeout_s: float = Field(
        30.0, gt=0, le=3600, description="Seconds that one database statement may take."
    )
    lock_timeout_s: float = Field(
        5.0,
        gt=0,
        le=10,
        description="Seconds that a request waits for rows or tables that another transaction "
        "holds; then 503.",
    )
    page_limit: int = Field(100, ge=1, description="Features in a list when no limit is asked.")
    page_limit_max: int = Field(1_000, ge=1, description="Features that one list may hold.")
    plots_limit_max: int = Field(10_000, ge=1, description="Plots that one list may hold.")
    map_plot_limit: int = Field(
        MAP_PLOT_LIMIT, ge=1, description="Plots that one map reads; a map that meets it says so."
    )
    patrol_limit: int = Field(
        PATROL_LIMIT,
        ge=1,
        description="Zones, tracks or findings in one file (else refused) or map (else told).",
    )
    export_limit: int = Field(
        200_000, ge=1, description="Plots in one file of `/api/exports/plots`."
    )
    body_limit_bytes: int = Field(
        10_000_000, ge=1_000, description="Bytes that the body of a request may have."
    )
    bodies_limit_bytes: int = Field(
        100_000_000,
        ge=1_000,
        description="Bytes that the bodies of all requests may have at one moment; then 503.",
    )
    client_timeout_s: float = Field(
        60.0, gt=0, le=3600, description="Seconds that the head or the body of a request may take."
    )
    sign_in_tries: int = Field(
        10, ge=1, description="Failed sign-ins of one account in a quarter of an hour; then 429."
    )
    sign_in_tries_address: int = Field(
        100, ge=1, description="Failed sign-ins from one address in a quarter of an hour."
    )
    vertex_limit: int = Field(
        100_000, ge=4, description="Vertices that one plot may have, drawn or imported."
    )
    neighbour_limit: int = Field(
        2_000, ge=1, description="Plots that one drawing may meet; more are not compared with it."
    )
    upload_limit_bytes: int = Field(
        2_000_000_000, ge=1_000, description="Bytes that an imported file may have."
    )
    file_limit_bytes: int = Field(
        20_000_000, ge=1, description="Bytes that a photo or paper of a plot or record may have."
    )
    import_limit: int = Field(
        1_000_000,
        ge=1,
        description="Features that one import may hold; of layers, zones, districts and areas, "
        "which are read whole, 300 000 at most.",
    )
    import_days: int = Field(
        30,
        ge=1,
        le=3_650,
        description="Days after which the rows of an import go; one that is not live is left.",
    )
    coverage_exact_cells: int = Field(
        50,
        ge=0,
        description="Cells that a read of the coverage computes itself; more are told as pending.",
    )
    coverage_bulk_cells: int = Field(
        2_000,
        ge=1,
        description="Marked cells from which on another process computes the coverage at once.",
    )
    track_fix_limit: int = Field(200_000, ge=2, description="Fixes that one patrol track may have.")
    track_retention_days: int = Field(
        1_095,
        ge=1,
        le=36_500,
        description="Days after which names and tracks of patrols are deleted; figures stay.",
    )
    post_retention_days: int = Field(
        1_095,
        ge=1,
        le=36_500,
        description="Days after the end of a post from which name and phone are deleted.",
    )
    reminder_urls: SecretStr | None = Field(
        None,
        description="Addresses that are reminded of open duties at 08:00 every day, parted by "
        "blanks, in apprise's form: `mailto://…`, `wecombot://…`, `json://host/path`.",
    )
    backup_dir: Path | None = Field(
        None, description="Folder that gets a backup every night, in a folder of its own each."
    )
    backup_hour: int = Field(
        2, ge=0, le=23, description="Hour of the day in Beijing at which the nightly backup begins."
    )
    backup_days: int = Field(
        14, ge=1, le=3_650, description="Days that each nightly backup is kept."
    )
    backup_months: int = Field(
        12, ge=0, le=600, description="Months of which the first backup is kept longer."
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        "info",
        description="What is written to the log at least: `debug`, `info`, `warning` or `error`; "
        "above `info` no request is.",
    )
    session_hours: float = Field(12.0, gt=0, le=24 * 30, description="Hours that a sign-in lasts.")
    link_hours: float = Field(
        24.0, gt=0, le=24 * 30, description="Hours that a one-time sign-in link can be used."
    )
    token_days: float = Field(
        365.0, gt=0, le=3650, description="Days that an API token lasts when none are asked."
    )
    job_days: float = Field(
        7.0, gt=0, le=3650, description="Days that the file of a finished job is kept."
    )
    map_days: int = Field(
        90, ge=1, le=3650, description="Days that a map on its way out is good; stamped into it."
    )
    map_store_bytes: int = Field(
        500_000_000,
        ge=0,
        description="Bytes of drawn maps that `LUOTU_HOME/maps` keeps until data change; 0: none.",
    )
    basemaps: str = Field(
        "[]",
        description="Base maps, a JSON list of `label kind url layer key datum grid …`, see below.",
    )
    four_eyes: bool = Field(
        True, description="Nobody approves what they submitted (off: for a one-person office)."
    )
    review_levels: str = Field(
        "county",
        description="Levels that approve one after the other, as `county,city,province`; a level "
        "that a place lacks is passed over. One alone is one approval, by whoever may.",
    )
    outside_share: float = Field(
        0.01, ge=0, le=1, description="Share of a plot that may lie outside its writer's districts."
    )
    outside_m2: float = Field(
        100.0, ge=0, description="Square metres that may lie outside, whatever the share."
    )

    def reminder_addresses(self) -> list[str]:
        """The addresses of ``reminder_urls``."""
        return [] if self.reminder_urls is None else self.reminder_urls.get_secret_value().split()

    @property
    def configured_basemaps(self) -> list[Basemap]:
        """The base maps of ``basemaps``, in its order."""
        return BASEMAPS.validate_json(self.basemaps)

    @property
    def levels_of_review(self) -> tuple[str, ...]:
        """The levels of ``review_levels``, the lowest first."""
        return tuple(name.strip() for name in self.review_levels.split(",") if name.strip())

    @field_validator("database_url", "service_database_url")
    @classmethod
    def _address_of_postgresql(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None:
            written = value.get_secret_value()
            try:
                parts = urlsplit(written)
                kind, _ = parts.scheme.partition("+")[0], parts.port
            except ValueError:  # the port is no number
                kind = ""
            if kind not in ("postgresql", "postgres") or "://" not in written:
                raise ValueError(
                    "write postgresql://ACCOUNT:PASSWORD@HOST:PORT/DATABASE, with %40 %3A %2F %25 "
                    "for @ : / % in a password; leave the variable out for the embedded PostGIS"
                )
        return value

    @field_validator("review_levels")
    @classmethod
    def _levels_in_order(cls, value: str) -> str:
        named = [name.strip() for name in value.split(",") if name.strip()]
        if not named or named != [name for name in ("county", "city", "province") if name in named]:
            raise ValueError("name county, city and province in this order, each once at most")
        return value

    @field_validator("basemaps")
    @classmethod
    def _list_of_basemaps(cls, value: str) -> str:
        BASEMAPS.validate_json(value)
        return value

    @model_validator(mode="after")
    def _limits_agree(self) -> Self:
        if self.page_limit > self.page_limit_max:
            raise ValueError("page_limit is larger than page_limit_max")
        if self.page_limit_max > self.plots_limit_max:
            raise ValueError("page_limit_max is larger than plots_limit_max")
        if self.body_limit_bytes > self.bodies_limit_bytes:
            raise ValueError("body_limit_bytes is larger than bodies_limit_bytes")
        if self.service_database_url is not None and self.database_url is None:
            raise ValueError("service_database_url needs database_url beside it")
        return self


def load(environ: Mapping[str, str] | None = None) -> Settings:
    """Settings of this process.

    Raises
    ------
    SettingsError
        A variable with our prefix is not a setting (a typing error, perhaps),
        or a value is out of its bounds. The value itself is never shown: it may be a password.
    """
    given = os.environ if environ is None else environ
    known = {PREFIX + name.upper() for name in Settings.model_fields}
    strange = sorted(name for name in given if name.startswith(PREFIX) and name not in known)
    if strange:
        raise SettingsError(
            Message(
                f"没有这样的设置：{', '.join(strange)}；全部设置见 README.md",
                f"no such setting: {', '.join(strange)}; README.md lists the settings that exist",
            )
        )
    values = {
        name: given[PREFIX + name.upper()]
        for name in Settings.model_fields
        if PREFIX + name.upper() in given
    }
    try:
        return Settings.model_validate(values)
    except ValidationError as error:
        words = "; ".join(
            f"{PREFIX}{'_'.join(map(str, detail['loc'])).upper()}: {detail['msg']}".replace(
                f"{PREFIX}:", PREFIX.rstrip("_") + ":"
            )
            for detail in error.errors(include_input=False, include_url=False)
        )
        raise SettingsError(
            Message(
                f"设置有误：{words}",
                f"wrong setting: {words}",
            )
        ) from None
