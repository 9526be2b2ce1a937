"""Alembic's entry: runs on the connection that `boxoffice.till.store.migrate` hands over."""

from alembic import context

from boxoffice.till.store.tables import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata)
with context.begin_transaction():
    context.run_migrations()
