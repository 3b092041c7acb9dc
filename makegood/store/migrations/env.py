"""Alembic's environment: runs on the connection and in the transaction of `makegood.store.schema`."""

from alembic import context

from makegood.store.models import Base

context.configure(connection=context.config.attributes["connection"], target_metadata=Base.metadata)
context.run_migrations()
