"""Alembic's door: migrates over the connection that :mod:`service.database.carry_over` hands it."""

from alembic import context

from service.database.metadata import metadata

connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=metadata, transaction_per_migration=False)
with context.begin_transaction():
    context.run_migrations()
