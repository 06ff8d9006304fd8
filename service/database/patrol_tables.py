"""The tables of zones, patrols, findings and rules, as the migrations make them."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Computed,
    Date,
    DateTime,
    Double,
    ForeignKey,
    Identity,
    Integer,
    LargeBinary,
    Table,
    Text,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from service.database.metadata import NOW, geometry_type, metadata

FALSE = text("false")
NONE_OF_THEM = text("'{}'")

zone = Table(
    "zone",
    metadata,
    Column("id", BigInteger, Identity(always=False), primary_key=True),
    Column("code", Text, nullable=False, unique=True),
    Column("level", Text, nullable=False),
    Column("parent", Text, ForeignKey("zone.code", onupdate="CASCADE")),
    Column("district", Text, ForeignKey("district.code"), nullable=False),
    Column("counties", ARRAY(Text), nullable=False),
    Column("version", Integer, nullable=False, server_default=text("1")),
    Column("demo", Boolean, nullable=False, server_default=FALSE),
    Column("changed_by", BigInteger, ForeignKey("account.id")),
    Column("changed_at", DateTime(timezone=True), nullable=False, server_default=NOW),
)

zone_version = Table(
    "zone_version",
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("zone_id", BigInteger, ForeignKey("zone.id", ondelete="CASCADE"), nullable=False),
    Column("valid_from", Date, nullable=False),
    Column("valid_to", Date),
    Column("name", Text, nullable=False),
    Column("geom", geometry_type("MULTIPOLYGON"), nullable=False),
    Column(
        "area_m2", Double, Computed("st_area((geom)::geography)", persisted=True), nullable=False
    ),
    Column("chief", Text),
    Column("chief_title", Text),
    Column("ranger", Text),
    Column("office", Text),
    Column("board", Text),
)

patrol = Table(
    "patrol",
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("zone_id", BigInteger, ForeignKey("zone.id", ondelete="SET NULL")),
    Column("ranger", Text),
    Column("county", Text, nullable=False),
    Column("started_at", DateTime(timezone=True)),
    Column("ended_at", DateTime(timezone=True)),
    Column("source", Text),
    Column("source_hash", LargeBinary, nullable=False, unique=True),
    Column("track", geometry_type("LINESTRING")),
    Column("seconds", ARRAY(Double)),
    Column("geom", geometry_type("MULTILINESTRING")),
    Column("length_m", Double, nullable=False),
    Column("duration_s", Double),
    Column("silent_s", Double, nullable=False, server_default=text("0")),
    Column("paused_s", Double, nullable=False, server_default=text("0")),
    Column("pauses", Integer, nullable=False, server_default=text("0")),
    Column("jumps", Integer, nullable=False, server_default=text("0")),
    Column("reordered", Integer, nullable=False, server_default=text("0")),
    Column("apart", ARRAY(Text), nullable=False, server_default=NONE_OF_THEM),
    Column("zone_by", Text),
    Column("timeless", Integer, nullable=False, server_default=text("0")),
    Column("version", Integer, nullable=False, server_default=text("1")),
    Column("changed_by", BigInteger, ForeignKey("account.id")),
    Column("changed_at", DateTime(timezone=True), nullable=False, server_default=NOW),
    Column("forgotten_at", DateTime(timezone=True)),
    Column("demo", Boolean, nullable=False, server_default=FALSE),
    Column("created_by", BigInteger, ForeignKey("account.id")),
    Column("created_at", DateTime(timezone=True), nullable=False, server_default=NOW),
)

patrol_zone = Table(
    "patrol_zone",
    metadata,
    Column("patrol_id", BigInteger, ForeignKey("patrol.id", ondelete="CASCADE"), primary_key=True),
    Column("zone_id", BigInteger, ForeignKey("zone.id", ondelete="CASCADE"), primary_key=True),
    Column("own", Boolean, nullable=False),
    Column("day", Date, nullable=False),
    Column("county", Text, nullable=False),
    Column("counties", ARRAY(Text), nullable=False),
    Column("length_m", Double, nullable=False),
    Column("inside_s", Double, nullable=False),
    Column("walked_m2", Double, nullable=False),
    Column("ground", geometry_type("MULTIPOLYGON")),
    Column("repeated", Double),
    Column("zone_share", Double),
    Column("shortfalls", ARRAY(Text), nullable=False, server_default=NONE_OF_THEM),
)

zone_walked = Table(
    "zone_walked",
    metadata,
    Column("zone_id", BigInteger, ForeignKey("zone.id", ondelete="CASCADE"), primary_key=True),
    Column("period", Text, primary_key=True),
    Column("county", Text, primary_key=True),
    Column("counties", ARRAY(Text), nullable=False),
    Column("after", Date, nullable=False),
    Column("merged_m2", Double),
    Column("ground", geometry_type("MULTIPOLYGON")),
)

patrol_rule = Table(
    "patrol_rule",
    metadata,
    Column("code", Text, primary_key=True),
    Column("label_zh", Text, nullable=False),
    Column("label_en", Text, nullable=False),
    Column("level", Text, nullable=False),
    Column("place", Text, nullable=False, server_default=text("''")),
    Column("unit", Text),
    Column("visits", Integer),
    Column("day_from", Integer, nullable=False, server_default=text("1")),
    Column("day_to", Integer, nullable=False, server_default=text("31")),
    Column("days", ARRAY(Integer)),
    Column("every_third", Boolean, nullable=False, server_default=FALSE),
    Column("min_length_m", Double, nullable=False, server_default=text("0")),
    Column("min_minutes", Double, nullable=False, server_default=text("0")),
    Column("max_repeated", Double, nullable=False, server_default=text("1")),
    Column("max_silent_min", Double),
    Column("swath_m", Double, nullable=False),
    Column("max_speed_m_s", Double, nullable=False),
    Column("max_gap_s", Double, nullable=False),
    Column("source", Text, nullable=False),
    Column("local", Boolean, nullable=False, server_default=FALSE),
)

patrol_log = Table(
    "patrol_log",
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("what", Text, nullable=False),
    Column("row_id", BigInteger, nullable=False),
    Column("operation", Text, nullable=False),
    Column(
        "at",
        DateTime(timezone=True),
        nullable=False,
        server_default=text("clock_timestamp()"),
    ),
    Column("account_id", BigInteger),
    Column("actor", Text, nullable=False),
    Column("reason", Text),
    Column("before", JSONB),
    Column("after", JSONB),
    Column("geom", geometry_type("GEOMETRY")),
    Column("demo", Boolean, nullable=False, server_default=FALSE),
)
