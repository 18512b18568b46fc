"""The only words of a revision. Each adds; none renames, alters or drops; what is there already stays as it is.

A process that opened the database before us may have made a new table: tables that are missing are made at opening.
"""

from typing import Any

from alembic import op
from sqlalchemy import CheckConstraint, Column, inspect


def new_table(name: str, *parts: Column[Any] | CheckConstraint, **options: bool) -> None:
    """A table that no older release knows. `options` are those of the dialect (`sqlite_strict`)."""
    if not inspect(op.get_bind()).has_table(name):
        op.create_table(name, *parts, **options)


def new_column(table: str, column: Column[Any]) -> None:
    """A column that older releases leave out when they write. Raises ValueError if it cannot be left out."""
    if not column.nullable and column.server_default is None:
        raise ValueError(f"{table}.{column.name} must take NULL or have a server default: older releases leave it out")
    if column.name not in {known["name"] for known in inspect(op.get_bind()).get_columns(table)}:
        op.add_column(table, column)


def new_index(name: str, table: str, *columns: str) -> None:
    """An index that only makes reading quicker; never a unique one, which could refuse an older release's rows."""
    if name not in {known["name"] for known in inspect(op.get_bind()).get_indexes(table)}:
        op.create_index(name, table, list(columns))
