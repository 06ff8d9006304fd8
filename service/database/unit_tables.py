"""The tables of reporting areas and of the log of units and areas, as SQLAlchemy knows them."""

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
    Table,
    Text,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

from service.database.metadata import NOW, geometry_type, metadata

area = Table(
    "area",
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("code", Text, nullable=False, unique=True),
    Column("name", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("unit", Text, ForeignKey("unit.code")),
    Column("valid_from", Date),
    Column("valid_to", Date),
    Column("geom", geometry_type("MULTIPOLYGON"), nullable=False),
    Column(
        "area_m2", Double, Computed("st_area((geom)::geography)", persisted=True), nullable=False
    ),
    Column("version", Integer, nullable=False, server_default=text("1")),
    Column("demo", Boolean, nullable=False, server_default=text("false")),
    Column("changed_by", BigInteger, ForeignKey("account.id")),
    Column("changed_at", DateTime(timezone=True), nullable=False, server_default=NOW),
)

office_change = Table(
    "office_change",
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("at", DateTime(timezone=True), nullable=False, server_default=text("clock_timestamp()")),
    Column("what", Text, nullable=False),
    Column("code", Text, nullable=False),
    Column("operation", Text, nullable=False),
    Column("account_id", BigInteger),
    Column("actor", Text, nullable=False),
    Column("reason", Text),
    Column("before", JSONB),
    Column("after", JSONB),
    Column("demo", Boolean, nullable=False, server_default=text("false")),
)

unit_member = Table(
    "unit_member",
    metadata,
    Column("unit", Text, ForeignKey("unit.code", ondelete="CASCADE"), primary_key=True),
    Column("body", Text, ForeignKey("unit.code"), primary_key=True),
    Column("role", Text, nullable=False),
    Column("changed_by", BigInteger, ForeignKey("account.id")),
    Column("changed_at", DateTime(timezone=True), nullable=False, server_default=NOW),
    Column("demo", Boolean, nullable=False, server_default=text("false")),
)

post = Table(
    "post",
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("unit", Text, ForeignKey("unit.code")),
    Column("zone", Text, ForeignKey("zone.code", onupdate="CASCADE", ondelete="CASCADE")),
    Column("function", Text, nullable=False),
    Column("person", Text),
    Column("phone", Text),
    Column("valid_from", Date),
    Column("valid_to", Date),
    Column("forgotten_at", DateTime(timezone=True)),
    Column("version", Integer, nullable=False, server_default=text("1")),
    Column("demo", Boolean, nullable=False, server_default=text("false")),
    Column("changed_by", BigInteger, ForeignKey("account.id")),
    Column("changed_at", DateTime(timezone=True), nullable=False, server_default=NOW),
)
