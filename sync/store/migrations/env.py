"""Alembic's entry: runs on the connection that `sync.store.migrate` hands over."""

from alembic import context

from sync.store.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    include_object=context.config.attributes["include_object"],
    compare_server_default=False,
)
with context.begin_transaction():
    context.run_migrations()
