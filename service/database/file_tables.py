"""The tables of files as SQLAlchemy knows them."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Computed,
    DateTime,
    ForeignKey,
    Identity,
    LargeBinary,
    Table,
    Text,
    text,
)

from service.database.metadata import geometry_type, metadata

file = Table(
    "file",
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("sha256", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("media_type", Text, nullable=False),
    Column("bytes", BigInteger, Computed("octet_length(content)", persisted=True), nullable=False),
    Column("content", LargeBinary, nullable=False),
    Column("taken_at", DateTime(timezone=True)),
    Column("place", geometry_type("POINT")),
    Column("made_by", BigInteger, ForeignKey("account.id")),
    Column(
        "made_at", DateTime(timezone=True), nullable=False, server_default=text("clock_timestamp()")
    ),
    Column("demo", Boolean, nullable=False, server_default=text("false")),
)

file_link = Table(
    "file_link",
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("file_id", BigInteger, ForeignKey("file.id", ondelete="CASCADE"), nullable=False),
    Column("plot_id", BigInteger, ForeignKey("plot.id", ondelete="CASCADE")),
    Column("record_id", BigInteger, ForeignKey("record.id", ondelete="CASCADE")),
    Column("reported_id", BigInteger, ForeignKey("reported.id", ondelete="CASCADE")),
)
