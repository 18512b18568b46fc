"""What tables a database has, told alike for SQLite and PostgreSQL; and whether one shape only expands another.

An older release must go on reading and writing: nothing it knows is gone or changed, nothing new stands in its way.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, inspect
from sqlalchemy.engine import Inspector
from sqlalchemy.types import BigInteger, Integer, LargeBinary, Text, TypeEngine

VERSION_TABLE = "alembic_version"


@dataclass(frozen=True, slots=True)
class ColumnShape:
    """A column, as far as it matters to who reads and writes it."""

    type: str
    nullable: bool
    has_default: bool

    def __str__(self) -> str:
        return f"{self.type}{'' if self.nullable else ' NOT NULL'}{' DEFAULT' if self.has_default else ''}"

    @property
    def can_be_left_out(self) -> bool:
        """Whether an older release may go on writing its rows."""
        return self.nullable or self.has_default


@dataclass(frozen=True, slots=True)
class TableShape:
    """`unique` holds the columns of each unique index or constraint, `limits` counts checks and foreign keys."""

    columns: Mapping[str, ColumnShape]
    key: tuple[str, ...]
    indexes: frozenset[str]
    unique: frozenset[tuple[str, ...]]
    limits: int


Shape = Mapping[str, TableShape]


def read_shape(connection: Connection) -> Shape:
    """Every table but Alembic's own. Raises SQLAlchemy's errors."""
    inspector = inspect(connection)
    return {name: _table(inspector, name) for name in sorted(inspector.get_table_names()) if name != VERSION_TABLE}


def breaks(older: Shape, newer: Shape, *, only_tables: bool = False) -> list[str]:
    """Why `newer` is no expansion of `older`; empty if a release that knows only `older` can work with it.

    With `only_tables` an old table may not even get a column: some statement does not name those it writes.
    """
    return [fault for name, table in older.items() for fault in _faults(name, table, newer.get(name), only_tables)]


def added(older: Shape, newer: Shape) -> list[tuple[str, str]]:
    """What `newer` has beyond `older`: ("table" | "column" | "index", its name)."""
    found = [("table", name) for name in newer if name not in older]
    for name, before in older.items():
        if (after := newer.get(name)) is not None:
            found += [("column", f"{name}.{column}") for column in after.columns if column not in before.columns]
            found += [("index", index) for index in sorted(after.indexes - before.indexes)]
    return found


def _faults(name: str, older: TableShape, newer: TableShape | None, only_tables: bool) -> Iterator[str]:
    if newer is None:
        yield f"table {name} is missing"
        return
    for column in older.columns:
        if newer.columns.get(column) != older.columns[column]:
            yield f"column {name}.{column} is {newer.columns.get(column, 'missing')}, it was {older.columns[column]}"
    for column in newer.columns.keys() - older.columns.keys():
        if only_tables or not newer.columns[column].can_be_left_out:
            yield f"column {name}.{column} is new, and an older release that writes {name} cannot leave it out"
    if newer.key != older.key:
        yield f"the key of {name} is {', '.join(newer.key)}, not {', '.join(older.key)}"
    for columns in newer.unique - older.unique:
        yield f"{name} ({', '.join(columns)}) is newly unique"
    if newer.limits > older.limits:
        yield f"{name} has a new check or foreign key"
    for index in older.indexes - newer.indexes:
        yield f"index {index} is missing"


def _table(inspector: Inspector, name: str) -> TableShape:
    key = tuple(inspector.get_pk_constraint(name)["constrained_columns"])
    indexes = inspector.get_indexes(name)
    unique: list[Sequence[str | None]] = [index["column_names"] for index in indexes if index["unique"]]
    unique += [constraint["column_names"] for constraint in inspector.get_unique_constraints(name)]
    return TableShape(
        {
            column["name"]: ColumnShape(
                _kind(column["type"]),
                column["nullable"] and column["name"] not in key,  # SQLite says of some keys that they take NULL
                column["default"] is not None,
            )
            for column in inspector.get_columns(name)
        },
        key,
        frozenset(str(index["name"]) for index in indexes if not index["unique"]),
        frozenset(tuple(map(str, columns)) for columns in unique),
        len(inspector.get_check_constraints(name)) + len(inspector.get_foreign_keys(name)),
    )


def _kind(type_: TypeEngine[object]) -> str:
    """The two databases have names of their own for these."""
    for kind in (LargeBinary, BigInteger, Integer, Text):
        if isinstance(type_, kind):
            return kind.__name__
    return str(type_)
