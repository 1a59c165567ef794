"""Alembic's entry. The connection is handed in by bootstrap/migrate.py: nothing here reads the environment."""

from alembic import context

connection = context.config.attributes["connection"]
context.configure(connection=connection, transaction_per_migration=True)
with context.begin_transaction():
    context.run_migrations()
