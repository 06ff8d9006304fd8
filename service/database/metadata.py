"""The tables as SQLAlchemy knows them; the migrations make them, a test holds both equal."""

from geoalchemy2 import Geometry
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
    LargeBinary,
    MetaData,
    SmallInteger,
    Table,
    Text,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

from gis.crs import CGCS2000

metadata = MetaData(
    naming_convention={
        "pk": "%(table_name)s_pkey",
        "fk": "%(table_name)s_%(column_0_name)s_fkey",
        "uq": "%(table_name)s_%(column_0_name)s_key",
        "ck": "%(table_name)s_%(constraint_name)s_check",
        "ix": "%(table_name)s_%(column_0_name)s_idx",
    }
)

NOW = text("now()")


def geometry_type(kind: str) -> Geometry:
    """A column of shapes in CGCS2000 degrees."""
    # The named index is made by the migration, so GeoAlchemy2 is told to make none of its own.
    return Geometry(kind, srid=CGCS2000, spatial_index=False)


code = Table(
    "code",
    metadata,
    Column("list", Text, primary_key=True),
    Column("code", Text, primary_key=True),
    Column("label_zh", Text, nullable=False),
    Column("label_en", Text, nullable=False),
    Column("properties", JSONB, nullable=False, server_default=text("'{}'")),
    Column("source", Text, nullable=False),
    Column("position", Integer, nullable=False, server_default=text("0")),
)

kind = Table(
    "kind",
    metadata,
    Column("code", Text, primary_key=True),
    Column("label_zh", Text, nullable=False),
    Column("label_en", Text, nullable=False),
    Column("green_class", Text, nullable=False),
    Column("source", Text, nullable=False),
    Column("position", Integer, nullable=False, server_default=text("0")),
    Column("properties", JSONB, nullable=False, server_default=text("'{}'")),
)

district = Table(
    "district",
    metadata,
    Column("code", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("level", Text, nullable=False),
    Column("parent", Text, ForeignKey("district.code", deferrable=True, initially="DEFERRED")),
    Column("demo", Boolean, nullable=False, server_default=text("false")),
)

district_state = Table(
    "district_state",
    metadata,
    Column("id", Boolean, primary_key=True, server_default=text("true")),
    Column("version", Uuid, nullable=False, server_default=text("gen_random_uuid()")),
    Column(
        "changed_by",
        BigInteger,
        nullable=False,
        server_default=text("pg_current_xact_id()::text::bigint"),
    ),
)

district_boundary = Table(
    "district_boundary",
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("code", Text, ForeignKey("district.code", ondelete="CASCADE"), nullable=False),
    Column("geom", geometry_type("MULTIPOLYGON"), nullable=False),
    Column(
        "area_m2", Double, Computed("st_area((geom)::geography)", persisted=True), nullable=False
    ),
    Column("source", Text, nullable=False),
    Column("complete", Boolean, nullable=False, server_default=text("true")),
    Column("valid_from", Date, nullable=False, server_default=text("beijing_today()")),
    Column("valid_to", Date),
)

district_cell = Table(
    "district_cell",
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column(
        "boundary_id",
        BigInteger,
        ForeignKey("district_boundary.id", ondelete="CASCADE"),
        nullable=False,
    ),
    Column("code", Text, nullable=False),
    Column("geom", geometry_type("POLYGON"), nullable=False),
)

coverage_piece = Table(
    "coverage_piece",
    metadata,
    Column("cell_id", BigInteger, primary_key=True),
    Column("plot_id", BigInteger, primary_key=True),
    Column("boundary_id", BigInteger, nullable=False),
    Column("area_m2", Double, nullable=False),
    Column("factor", Double, nullable=False, server_default=text("1")),
    Column("outside_m2", Double, nullable=False, server_default=text("0")),
    Column("refused_m2", Double, nullable=False, server_default=text("0")),
    Column("whole", Boolean, nullable=False),
    Column("counted", Boolean, nullable=False),
    Column("overlapping_plot_ids", ARRAY(BigInteger)),
    Column("overlap_m2", ARRAY(Double)),
    Column("overlap_refused_m2", ARRAY(Double)),
    Column("cluster_id", Integer),
    Column("cluster_m2", Double),
    Column("cluster_refused_m2", Double),
    Column("cluster_plots", Integer),
)

coverage_cell = Table(
    "coverage_cell",
    metadata,
    Column("cell_id", BigInteger, primary_key=True),
    Column("boundary_id", BigInteger, nullable=False),
    Column("grouping", Text, primary_key=True),
    Column("grp", Text, primary_key=True),
    Column("green_m2", Double, nullable=False),
    Column("sum_m2", Double, nullable=False),
    Column("refused_m2", Double, nullable=False, server_default=text("0")),
    Column("outside_m2", Double, nullable=False, server_default=text("0")),
    Column("plot_count", BigInteger, nullable=False),
)

coverage_district = Table(
    "coverage_district",
    metadata,
    Column("boundary_id", BigInteger, primary_key=True),
    Column("grouping", Text, primary_key=True),
    Column("grp", Text, primary_key=True),
    Column("code", Text, nullable=False),
    Column("level", Text, nullable=False),
    Column("green_m2", Double, nullable=False),
    Column("sum_m2", Double, nullable=False),
    Column("refused_m2", Double, nullable=False, server_default=text("0")),
    Column("outside_m2", Double, nullable=False, server_default=text("0")),
    Column("plot_count", BigInteger, nullable=False),
    Column("stamp", Uuid, nullable=False, server_default=text("gen_random_uuid()")),
)

coverage_outside = Table(
    "coverage_outside",
    metadata,
    Column("plot_id", BigInteger, primary_key=True, autoincrement=False),
    Column("district", Text, nullable=False),
    Column("area_m2", Double),
)

coverage_layer_day = Table(
    "coverage_layer_day",
    metadata,
    Column("day", Date, primary_key=True, autoincrement=False),
)

coverage_dirty = Table(
    "coverage_dirty",
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("boundary_id", BigInteger, nullable=False),
    Column("cell_id", BigInteger, nullable=False),
    Column(
        "since",
        DateTime(timezone=True),
        nullable=False,
        server_default=text("clock_timestamp()"),
    ),
)

district_shape = Table(
    "district_shape",
    metadata,
    Column(
        "boundary_id",
        BigInteger,
        ForeignKey("district_boundary.id", ondelete="CASCADE"),
        primary_key=True,
    ),
    Column("scale", SmallInteger, primary_key=True),
    Column("geom", geometry_type("GEOMETRY"), nullable=False),
)

account = Table(
    "account",
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("name", Text, nullable=False, unique=True),
    Column("role", Text, nullable=False),
    Column("password_hash", Text),
    Column("demo", Boolean, nullable=False, server_default=text("false")),
    Column("created_at", DateTime(timezone=True), nullable=False, server_default=NOW),
    Column("disabled_at", DateTime(timezone=True)),
)

unit = Table(
    "unit",
    metadata,
    Column("code", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("parent", Text, ForeignKey("unit.code", deferrable=True, initially="DEFERRED")),
    Column("district", Text, ForeignKey("district.code")),
    Column("valid_from", Date),
    Column("valid_to", Date),
    Column("version", Integer, nullable=False, server_default=text("1")),
    Column("demo", Boolean, nullable=False, server_default=text("false")),
    Column("changed_by", BigInteger, ForeignKey("account.id")),
    Column("changed_at", DateTime(timezone=True), nullable=False, server_default=NOW),
)

account_unit = Table(
    "account_unit",
    metadata,
    Column(
        "account_id", BigInteger, ForeignKey("account.id", ondelete="CASCADE"), primary_key=True
    ),
    Column("unit", Text, ForeignKey("unit.code"), primary_key=True),
)

account_scope = Table(
    "account_scope",
    metadata,
    Column(
        "account_id", BigInteger, ForeignKey("account.id", ondelete="CASCADE"), primary_key=True
    ),
    Column("district", Text, ForeignKey("district.code"), primary_key=True),
)

credential = Table(
    "credential",
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("account_id", BigInteger, ForeignKey("account.id", ondelete="CASCADE"), nullable=False),
    Column("kind", Text, nullable=False),
    Column("hash", LargeBinary, nullable=False, unique=True),
    Column("created_at", DateTime(timezone=True), nullable=False, server_default=NOW),
    Column("expires_at", DateTime(timezone=True), nullable=False),
    Column("ended_at", DateTime(timezone=True)),
    Column("begun", Text),
)

idempotency_key = Table(
    "idempotency_key",
    metadata,
    Column(
        "account_id", BigInteger, ForeignKey("account.id", ondelete="CASCADE"), primary_key=True
    ),
    Column("key", Text, primary_key=True),
    Column("request", LargeBinary, nullable=False),
    Column("status", Integer, nullable=False),
    Column("headers", JSONB, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Column("scope", ARRAY(Text), nullable=False, server_default=text("current_scope()")),
    Column("created_at", DateTime(timezone=True), nullable=False, server_default=NOW),
)

sign_in_failure = Table(
    "sign_in_failure",
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("at", DateTime(timezone=True), nullable=False, server_default=text("clock_timestamp()")),
    Column("name", LargeBinary, nullable=False),
    Column("address", Text, nullable=False),
)

sql_library = Table(
    "sql_library",
    metadata,
    Column("name", Text, primary_key=True),
    Column("sha256", Text, nullable=False),
    Column("functions", ARRAY(Text), nullable=False),
    Column(
        "replaced_at",
        DateTime(timezone=True),
        nullable=False,
        server_default=text("clock_timestamp()"),
    ),
)

audit = Table(
    "audit",
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("at", DateTime(timezone=True), nullable=False, server_default=text("clock_timestamp()")),
    Column("account_id", BigInteger, ForeignKey("account.id")),
    Column("action", Text, nullable=False),
    Column("detail", JSONB, nullable=False, server_default=text("'{}'")),
)

plot = Table(
    "plot",
    metadata,
    Column("id", BigInteger, Identity(always=False), primary_key=True),
    Column("last_version", Integer, nullable=False, server_default=text("0")),
    Column("demo", Boolean, nullable=False, server_default=text("false")),
    Column("created_by", BigInteger, ForeignKey("account.id")),
    Column("created_at", DateTime(timezone=True), nullable=False, server_default=NOW),
)

plot_number = Table(
    "plot_number",
    metadata,
    Column("district", Text, primary_key=True),
    Column("year", Integer, primary_key=True),
    Column("plot_no", Text, primary_key=True),
    Column("plot_id", BigInteger, ForeignKey("plot.id", ondelete="CASCADE"), nullable=False),
)

plot_counter = Table(
    "plot_counter",
    metadata,
    Column("district", Text, primary_key=True),
    Column("year", Integer, primary_key=True),
    Column("last_no", BigInteger, nullable=False),
)

plot_version = Table(
    "plot_version",
    metadata,
    Column("plot_id", BigInteger, ForeignKey("plot.id", ondelete="CASCADE"), primary_key=True),
    Column("slot", Text, primary_key=True),
    Column("version", Integer, nullable=False),
    Column("geom", geometry_type("MULTIPOLYGON"), nullable=False),
    Column("area_m2", Double, nullable=False),
    Column("district", Text, ForeignKey("district.code"), nullable=False),
    Column("stage", Text, nullable=False),
    Column("kind", Text, ForeignKey("kind.code", onupdate="CASCADE"), nullable=False),
    Column("year", Integer, nullable=False),
    Column("plot_no", Text, nullable=False),
    Column("name", Text),
    Column("category", Text),
    Column("programme", Text),
    Column("theme", Text),
    Column("work_type", Text),
    Column("unit", Text, ForeignKey("unit.code")),
    Column("method", Text),
    Column("species", JSONB, nullable=False, server_default=text("'[]'")),
    Column("density_per_ha", Double),
    Column("planted_on", Date),
    Column("evidence", JSONB, nullable=False, server_default=text("'[]'")),
    Column("compartment_no", Text),
    Column("subcompartment_no", Text),
    Column("town", Text),
    Column("village", Text),
    Column("land_ownership", Text),
    Column("tree_ownership", Text),
    Column("declared_m2", Double),
    Column("plan_ids", ARRAY(BigInteger), nullable=False, server_default=text("'{}'")),
    Column("note", Text),
    Column("extra", JSONB, nullable=False, server_default=text("'{}'")),
    Column("review", Text, nullable=False),
    Column("return_reason", Text),
    Column("submitted_by", BigInteger, ForeignKey("account.id")),
    Column("changed_by", BigInteger, ForeignKey("account.id")),
    Column("changed_at", DateTime(timezone=True), nullable=False, server_default=NOW),
    ForeignKeyConstraint(
        ["district", "year", "plot_no", "plot_id"],
        ["plot_number.district", "plot_number.year", "plot_number.plot_no", "plot_number.plot_id"],
        name="plot_version_number_fkey",
    ),
)

plot_history = Table(
    "plot_history",
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("operation", Text, nullable=False),
    Column("valid_from", DateTime(timezone=True), nullable=False),
    Column("valid_to", DateTime(timezone=True)),
    Column("account_id", BigInteger),
    Column("actor", Text, nullable=False),
    Column("db_user", Text, nullable=False),
    Column("reason", Text),
    Column("transaction", BigInteger, nullable=False),
    Column("demo", Boolean, nullable=False),
    # Copies of stored values, without generated columns and without references to other tables.
    *(
        Column(column.name, column.type, nullable=column.nullable)
        for column in plot_version.columns
    ),
)

plot_square = Table(
    "plot_square",
    metadata,
    Column("block", Integer, nullable=False),
    Column("square", Integer, nullable=False),
    Column("district", Text, nullable=False),
    Column("shown", Text, nullable=False),
    Column("stage", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("year", Integer, nullable=False),
    Column("review", Text, nullable=False),
    Column("programme", Text),
    Column("plots", Integer, nullable=False),
    Column("area_cm2", BigInteger, nullable=False),
)

plot_square_sum = Table(
    "plot_square_sum",
    metadata,
    Column("block", Integer, nullable=False),
    Column("square", Integer, nullable=False),
    Column("district", Text, nullable=False),
    Column("shown", Text, nullable=False),
    Column("stage", Text, nullable=False),
    Column("plots", BigInteger, nullable=False),
    Column("area_cm2", BigInteger, nullable=False),
)

plot_change = Table(
    "plot_change",
    metadata,
    Column("block", Integer, nullable=False),
    Column("district", Text, nullable=False),
    Column("changes", BigInteger, nullable=False),
)

acceptance = Table(
    "acceptance",
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("plot_id", BigInteger, ForeignKey("plot.id", ondelete="CASCADE"), nullable=False),
    Column("checked_on", Date, nullable=False),
    Column("survival_rate", Double),
    Column("preservation_rate", Double),
    Column("verified_m2", Double),
    Column("note", Text),
    Column("outcome", Text),
    Column("proposed", Text),
    Column("rule", Text),
    Column("checked_by", BigInteger, ForeignKey("account.id")),
    Column("created_at", DateTime(timezone=True), nullable=False, server_default=NOW),
)
