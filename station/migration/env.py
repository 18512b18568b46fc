"""What Alembic runs: on the connection of the caller, whose transaction holds all of it."""

from alembic import context

context.configure(connection=context.config.attributes["connection"])
context.run_migrations()
