"""The tables of registers and their records as SQLAlchemy knows them."""

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Boolean,
    Column,
    Computed,
    Date,
    DateTime,
    Double,
    ForeignKey,
    ForeignKeyConstraint,
    Identity,
    Integer,
    Table,
    Text,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

from service.database.metadata import NOW, geometry_type, metadata

CLOCK = text("clock_timestamp()")
NO_WORDS = text("'{}'")
FALSE = text("false")

register = Table(
    "register",
    metadata,
    Column("code", Text, primary_key=True),
    Column("label_zh", Text, nullable=False),
    Column("label_en", Text, nullable=False),
    Column("geometry", Text, nullable=False, server_default=text("'any'")),
    Column("numbering", Text),
    Column("public", ARRAY(Text), nullable=False, server_default=NO_WORDS),
    Column("personal", ARRAY(Text), nullable=False, server_default=NO_WORDS),
    Column("retention_days", Integer),
    Column("qr", Boolean, nullable=False, server_default=FALSE),
    Column("zoned", Boolean, nullable=False, server_default=FALSE),
    Column("source", Text, nullable=False, server_default=text("''")),
    Column("shipped", Boolean, nullable=False, server_default=FALSE),
    Column("local", Boolean, nullable=False, server_default=text("true")),
    Column("version", Integer, nullable=False, server_default=text("1")),
    Column("demo", Boolean, nullable=False, server_default=FALSE),
    Column("changed_by", BigInteger, ForeignKey("account.id")),
    Column("changed_at", DateTime(timezone=True), nullable=False, server_default=NOW),
)

register_state = Table(
    "register_state",
    metadata,
    Column("register", Text, ForeignKey("register.code", ondelete="CASCADE"), primary_key=True),
    Column("code", Text, primary_key=True),
    Column("position", Integer, nullable=False),
    Column("label_zh", Text, nullable=False),
    Column("label_en", Text, nullable=False),
    Column("next", ARRAY(Text), nullable=False, server_default=NO_WORDS),
    Column("who", ARRAY(Text), nullable=False, server_default=NO_WORDS),
    Column("days", Integer),
    Column("letter", Text),
    Column("done", Boolean, nullable=False, server_default=FALSE),
    Column("counts", Boolean, nullable=False, server_default=FALSE),
)

register_field = Table(
    "register_field",
    metadata,
    Column("register", Text, ForeignKey("register.code", ondelete="CASCADE"), primary_key=True),
    Column("name", Text, primary_key=True),
    Column("position", Integer, nullable=False),
    Column("type", Text, nullable=False),
    Column("list", Text),
    Column("measured_in", Text),
    Column("needed_from", Text),
    Column("min", Double),
    Column("max", Double),
    Column("label_zh", Text, nullable=False),
    Column("label_en", Text, nullable=False),
)

register_counter = Table(
    "register_counter",
    metadata,
    Column("register", Text, ForeignKey("register.code", ondelete="CASCADE"), primary_key=True),
    Column("county", Text, primary_key=True),
    Column("last", Integer, nullable=False),
)

record = Table(
    "record",
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("register", Text, ForeignKey("register.code"), nullable=False),
    Column("number", Text),
    Column("token", Uuid, nullable=False, server_default=text("gen_random_uuid()")),
    Column("name", Text, nullable=False),
    Column("geom", geometry_type("GEOMETRY")),
    Column(
        "area_m2",
        Double,
        Computed(
            "CASE WHEN st_dimension(geom) = 2 THEN st_area((geom)::geography) END", persisted=True
        ),
    ),
    Column(
        "length_m",
        Double,
        Computed(
            "CASE WHEN st_dimension(geom) = 1 THEN st_length((geom)::geography) END",
            persisted=True,
        ),
    ),
    Column("county", Text),
    Column("town", Text),
    Column("village", Text),
    Column("zone", Text, ForeignKey("zone.code", onupdate="CASCADE", ondelete="SET NULL")),
    Column("unit", Text, ForeignKey("unit.code")),
    Column("plan", Text, ForeignKey("plan.code", onupdate="CASCADE")),
    Column("field_values", JSONB, nullable=False, server_default=NO_WORDS),
    Column("state", Text, nullable=False),
    Column("since", Date, nullable=False, server_default=text("beijing_today()")),
    Column("deadline", Date),
    Column("note", Text),
    Column("forgotten_at", DateTime(timezone=True)),
    Column("version", Integer, nullable=False, server_default=text("1")),
    Column("demo", Boolean, nullable=False, server_default=FALSE),
    Column("created_by", BigInteger, ForeignKey("account.id")),
    Column("changed_by", BigInteger, ForeignKey("account.id")),
    Column("changed_at", DateTime(timezone=True), nullable=False, server_default=NOW),
    ForeignKeyConstraint(
        ["register", "state"],
        ["register_state.register", "register_state.code"],
        name="record_state_fkey",
    ),
)

record_step = Table(
    "record_step",
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("record_id", BigInteger, ForeignKey("record.id", ondelete="CASCADE"), nullable=False),
    Column("state", Text, nullable=False),
    Column("on_day", Date, nullable=False),
    Column("deadline", Date),
    Column("letter_no", Text),
    Column("field_values", JSONB, nullable=False, server_default=NO_WORDS),
    Column("note", Text),
    Column("account_id", BigInteger, ForeignKey("account.id")),
    Column("actor", Text, nullable=False),
    Column("at", DateTime(timezone=True), nullable=False, server_default=CLOCK),
)

record_link = Table(
    "record_link",
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("record_id", BigInteger, ForeignKey("record.id", ondelete="CASCADE"), nullable=False),
    Column("plot_id", BigInteger, ForeignKey("plot.id", ondelete="CASCADE")),
    Column("other_id", BigInteger, ForeignKey("record.id", ondelete="CASCADE")),
    Column("zone", Text, ForeignKey("zone.code", onupdate="CASCADE", ondelete="CASCADE")),
    Column("patrol_id", BigInteger, ForeignKey("patrol.id", ondelete="CASCADE")),
    Column("target_id", BigInteger),
    Column("changed_by", BigInteger, ForeignKey("account.id")),
    Column("changed_at", DateTime(timezone=True), nullable=False, server_default=NOW),
    Column("demo", Boolean, nullable=False, server_default=FALSE),
)

record_history = Table(
    "record_history",
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("record_id", BigInteger, nullable=False),
    Column("register", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("operation", Text, nullable=False),
    Column("at", DateTime(timezone=True), nullable=False, server_default=CLOCK),
    Column("account_id", BigInteger),
    Column("actor", Text, nullable=False),
    Column("reason", Text),
    Column("county", Text),
    Column("unit", Text),
    Column("content", JSONB, nullable=False),
    Column("geom", geometry_type("GEOMETRY")),
    Column("demo", Boolean, nullable=False, server_default=FALSE),
)
