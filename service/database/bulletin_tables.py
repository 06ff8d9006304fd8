"""The table of bulletins, as SQLAlchemy knows it."""

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

from service.database.metadata import NOW, metadata

bulletin = Table(
    "bulletin",
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("plan", Text, ForeignKey("plan.code"), nullable=False),
    Column("kind", Text, nullable=False, server_default=text("'month'")),
    Column("number", Integer, nullable=False),
    Column("title", Text, nullable=False),
    Column("as_of", DateTime(timezone=True), nullable=False),
    Column("since", DateTime(timezone=True)),
    Column("content", JSONB, nullable=False),
    Column("sha256", Text, nullable=False),
    Column("counties", ARRAY(Text), nullable=False),
    Column("demo", Boolean, nullable=False, server_default=text("false")),
    Column("made_by", BigInteger, ForeignKey("account.id")),
    Column("made_at", DateTime(timezone=True), nullable=False, server_default=NOW),
)
