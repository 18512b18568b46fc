"""What Alembic runs: on the connection of the caller, whose transaction holds all of it."""

from alembic import context

context.configure(
    connection=context.config.attributes["connection"],
    on_version_apply=context.config.attributes.get("after_each"),
)
context.run_migrations()
