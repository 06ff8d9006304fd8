"""The tables of layers as SQLAlchemy knows them."""

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

layer = Table(
    "layer",
    metadata,
    Column("code", Text, primary_key=True),
    Column("label_zh", Text, nullable=False),
    Column("label_en", Text, nullable=False),
    Column("role", Text, nullable=False),
    Column("rule", JSONB, nullable=False, server_default=text("'{}'")),
    Column("source", Text, nullable=False, server_default=text("''")),
    Column("version", Integer, nullable=False, server_default=text("1")),
    Column("demo", Boolean, nullable=False, server_default=text("false")),
    Column("changed_by", BigInteger, ForeignKey("account.id")),
    Column("changed_at", DateTime(timezone=True), nullable=False, server_default=NOW),
)

layer_version = Table(
    "layer_version",
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("layer", Text, ForeignKey("layer.code", ondelete="CASCADE"), nullable=False),
    Column("valid_from", Date, nullable=False),
    Column("valid_to", Date),
    Column("source", Text, nullable=False),
    Column("hash", Text, nullable=False),
    Column("features", Integer, nullable=False),
    Column("changed_by", BigInteger, ForeignKey("account.id")),
    Column("changed_at", DateTime(timezone=True), nullable=False, server_default=NOW),
)

layer_feature = Table(
    "layer_feature",
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column(
        "version_id", BigInteger, ForeignKey("layer_version.id", ondelete="CASCADE"), nullable=False
    ),
    Column("code", Text),
    Column("name", Text),
    Column("class", Text),
    Column("geom", geometry_type("MULTIPOLYGON"), nullable=False),
    Column(
        "area_m2", Double, Computed("st_area((geom)::geography)", persisted=True), nullable=False
    ),
)

layer_cell = Table(
    "layer_cell",
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column(
        "feature_id", BigInteger, ForeignKey("layer_feature.id", ondelete="CASCADE"), nullable=False
    ),
    Column("version_id", BigInteger, nullable=False),
    Column("geom", geometry_type("POLYGON"), nullable=False),
)

layer_change = Table(
    "layer_change",
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("what", Text, nullable=False),
    Column("layer", Text, nullable=False),
    Column("operation", Text, nullable=False),
    Column("at", DateTime(timezone=True), nullable=False, server_default=text("clock_timestamp()")),
    Column("account_id", BigInteger),
    Column("actor", Text, nullable=False),
    Column("reason", Text),
    Column("before", JSONB),
    Column("after", JSONB),
    Column("demo", Boolean, nullable=False, server_default=text("false")),
)

layer_import = Table(
    "layer_import",
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("layer", Text, ForeignKey("layer.code", ondelete="CASCADE"), nullable=False),
    Column("file", Text, nullable=False),
    Column("valid_from", Date, nullable=False),
    Column("state", Text, nullable=False, server_default=text("'reading'")),
    Column("version_id", BigInteger, ForeignKey("layer_version.id", ondelete="SET NULL")),
    Column("features", Integer),
    Column("notes", JSONB, nullable=False, server_default=text("'[]'")),
    Column("error", JSONB),
    Column("account_id", BigInteger, ForeignKey("account.id")),
    Column("created_at", DateTime(timezone=True), nullable=False, server_default=NOW),
    Column("ended_at", DateTime(timezone=True)),
)

layer_affected = Table(
    "layer_affected",
    metadata,
    Column(
        "version_id",
        BigInteger,
        ForeignKey("layer_version.id", ondelete="CASCADE"),
        primary_key=True,
    ),
    Column("plot_id", BigInteger, ForeignKey("plot.id", ondelete="CASCADE"), primary_key=True),
    Column("slot", Text, primary_key=True),
    Column("district", Text, nullable=False),
    Column("severity", Text, nullable=False),
    Column("area_m2", Double, nullable=False),
    Column("share", Double, nullable=False),
    Column("longitude", Double, nullable=False),
    Column("latitude", Double, nullable=False),
    Column("found_at", DateTime(timezone=True), nullable=False, server_default=NOW),
)

layer_recheck = Table(
    "layer_recheck",
    metadata,
    Column(
        "version_id",
        BigInteger,
        ForeignKey("layer_version.id", ondelete="CASCADE"),
        primary_key=True,
    ),
    Column(
        "since", DateTime(timezone=True), nullable=False, server_default=text("clock_timestamp()")
    ),
    Column("done_at", DateTime(timezone=True)),
    Column("next_plot_id", BigInteger, nullable=False, server_default=text("0")),
    Column("plots", Integer, nullable=False, server_default=text("0")),
)
