"""The table of claims as SQLAlchemy knows it."""

from sqlalchemy import BigInteger, Column, DateTime, Double, Identity, Table, Text, text

from service.database.metadata import metadata

plot_claim = Table(
    "plot_claim",
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("plot_id", BigInteger, nullable=False),
    Column("holder_id", BigInteger, nullable=False),
    Column("district", Text, nullable=False),
    Column("claimed_as", Text, nullable=False),
    Column("why", Text),
    Column("area_m2", Double, nullable=False),
    Column("made_by", BigInteger),
    Column(
        "made_at",
        DateTime(timezone=True),
        nullable=False,
        server_default=text("clock_timestamp()"),
    ),
    Column("ended_by", BigInteger),
    Column("ended_at", DateTime(timezone=True)),
    Column("ended_because", Text),
)
