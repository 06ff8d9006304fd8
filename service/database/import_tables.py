"""The tables of imports as SQLAlchemy knows them."""

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Boolean,
    Column,
    DateTime,
    ForeignKey,
    Identity,
    Integer,
    LargeBinary,
    Table,
    Text,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

from service.database.metadata import NOW, geometry_type, metadata


def _of_import() -> Column[int]:
    return Column(
        "import_id", BigInteger, ForeignKey("import.id", ondelete="CASCADE"), primary_key=True
    )


# The word of the contract; a module cannot have it as a name.
import_ = Table(
    "import",
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("what", Text, nullable=False, server_default=text("'plots'")),
    Column("state", Text, nullable=False, server_default=text("'reading'")),
    Column("file", Text, nullable=False),
    Column("bytes", BigInteger, nullable=False),
    Column("settings", JSONB, nullable=False, server_default=text("'{}'")),
    Column("attempt", Integer, nullable=False, server_default=text("1")),
    Column("seems", JSONB, nullable=False, server_default=text("'{}'")),
    Column("counts", JSONB, nullable=False, server_default=text("'{}'")),
    Column("codes", JSONB, nullable=False, server_default=text("'{}'")),
    Column("done", Integer, nullable=False, server_default=text("0")),
    Column("total", Integer, nullable=False, server_default=text("0")),
    Column("begun_at", DateTime(timezone=True)),
    Column("settlement", JSONB),
    Column("error", JSONB),
    Column("account_id", BigInteger, ForeignKey("account.id"), nullable=False),
    Column("committed_by", BigInteger, ForeignKey("account.id")),
    Column("scope", ARRAY(Text), nullable=False, server_default=text("current_scope()")),
    Column("created_at", DateTime(timezone=True), nullable=False, server_default=NOW),
    Column("staged_at", DateTime(timezone=True)),
    Column("ended_at", DateTime(timezone=True)),
    Column("undone_at", DateTime(timezone=True)),
    Column("resumed", Integer, nullable=False, server_default=text("0")),
)

import_file = Table(
    "import_file",
    metadata,
    _of_import(),
    Column("part", Integer, primary_key=True),
    Column("content", LargeBinary, nullable=False),
)

import_row = Table(
    "import_row",
    metadata,
    _of_import(),
    Column("row", Integer, primary_key=True),
    Column("geom", geometry_type("MULTIPOLYGON")),
    Column("outline", geometry_type("MULTILINESTRING")),
    Column("properties", JSONB, nullable=False),
    Column("district", Text),
    Column("severity", Text),
    Column("codes", ARRAY(Text), nullable=False, server_default=text("'{}'")),
    Column("problems", JSONB, nullable=False, server_default=text("'[]'")),
    Column("match", Text, nullable=False),
    Column("plot_id", BigInteger),
    Column("version", Integer),
    Column("fields", ARRAY(Text), nullable=False, server_default=text("'{}'")),
)

import_plot = Table(
    "import_plot",
    metadata,
    _of_import(),
    Column("plot_id", BigInteger, ForeignKey("plot.id", ondelete="CASCADE"), primary_key=True),
    Column("row", Integer, nullable=False),
    Column("version", Integer, nullable=False),
    Column("before", Integer),
    Column("had_working", Boolean, nullable=False),
)

import_mapping = Table(
    "import_mapping",
    metadata,
    Column(
        "account_id", BigInteger, ForeignKey("account.id", ondelete="CASCADE"), primary_key=True
    ),
    Column("heading", Text, primary_key=True),
    Column("property", Text, nullable=False),
    Column("changed_at", DateTime(timezone=True), nullable=False, server_default=NOW),
)
