"""The table of jobs as SQLAlchemy knows it."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    DateTime,
    ForeignKey,
    Identity,
    Integer,
    Table,
    Text,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from service.database.metadata import metadata

job = Table(
    "job",
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("account_id", BigInteger, ForeignKey("account.id", ondelete="CASCADE"), nullable=False),
    Column("scope", ARRAY(Text), nullable=False),
    Column("kind", Text, nullable=False),
    Column("params", JSONB, nullable=False),
    Column("state", Text, nullable=False, server_default="queued"),
    Column("done", BigInteger, nullable=False, server_default="0"),
    Column("total", BigInteger),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("cancel_asked", Boolean, nullable=False, server_default="false"),
    Column("result", JSONB),
    Column("error", JSONB),
    Column("file_name", Text),
    Column("media_type", Text),
    Column(
        "made_at",
        DateTime(timezone=True),
        nullable=False,
        server_default=text("clock_timestamp()"),
    ),
    Column("started_at", DateTime(timezone=True)),
    Column("heard_at", DateTime(timezone=True)),
    Column("ended_at", DateTime(timezone=True)),
)
