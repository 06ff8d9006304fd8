"""The tables of the review as SQLAlchemy knows them: comments, readings, levels passed."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    DateTime,
    Double,
    ForeignKey,
    Identity,
    Integer,
    Table,
    Text,
    text,
)

from service.database.metadata import metadata

_CLOCK = text("clock_timestamp()")


def _of_plot(*, key: bool = False) -> Column[int]:
    return Column(
        "plot_id",
        BigInteger,
        ForeignKey("plot.id", ondelete="CASCADE"),
        nullable=False,
        primary_key=key,
    )


plot_comment = Table(
    "plot_comment",
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    _of_plot(),
    Column("plot_version", Integer, nullable=False),
    Column("text", Text, nullable=False),
    Column("longitude", Double),
    Column("latitude", Double),
    Column("of_return", Boolean, nullable=False, server_default=text("false")),
    Column("made_by", BigInteger),
    Column("made_at", DateTime(timezone=True), nullable=False, server_default=_CLOCK),
    Column("resolved_by", BigInteger),
    Column("resolved_at", DateTime(timezone=True)),
)

plot_reading = Table(
    "plot_reading",
    metadata,
    _of_plot(key=True),
    Column("plot_version", Integer, primary_key=True),
    Column("account_id", BigInteger, primary_key=True),
    Column("read_at", DateTime(timezone=True), nullable=False, server_default=_CLOCK),
)

plot_pass = Table(
    "plot_pass",
    metadata,
    _of_plot(key=True),
    Column("plot_version", Integer, primary_key=True),
    Column("level", Text, primary_key=True),
    Column("passed_by", BigInteger),
    Column("passed_at", DateTime(timezone=True), nullable=False, server_default=_CLOCK),
)
