"""Cursor, inbox, the eligible list in force, suspensions."""

from sqlalchemy import CheckConstraint, Column, Integer, LargeBinary, Text

from station.migration.expand import new_table

revision = "courier_0001"
down_revision = None


def upgrade() -> None:
    new_table(
        "cursor",
        Column("one", Integer, primary_key=True),
        Column("epoch", Integer, nullable=False),
        Column("seq", Integer, nullable=False),
        Column("hash", LargeBinary, nullable=False),
        CheckConstraint("one = 1"),
        sqlite_strict=True,
    )
    new_table(
        "fork",
        Column("epoch", Integer, primary_key=True, nullable=False),
        Column("seq", Integer, primary_key=True, nullable=False),
        Column("ours", LargeBinary, nullable=False),
        Column("theirs", LargeBinary, nullable=False),
        Column("utc_ms", Integer, nullable=False),
        sqlite_strict=True,
    )
    new_table(
        "inbox",
        Column("id", Integer, primary_key=True),
        Column("topic", Text, nullable=False),
        Column("sha256", Text, nullable=False),
        Column("utc_ms", Integer, nullable=False),
        Column("size", Integer, nullable=False),
        Column("payload", LargeBinary),
        Column("path", Text, nullable=False),
        Column("outcome", Text, nullable=False),
        Column("reason", Text, nullable=False),
        sqlite_strict=True,
    )
    new_table(
        "eligible",
        Column("declaration", Text, primary_key=True),
        Column("entry", LargeBinary, nullable=False),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    new_table(
        "list_in_force",
        Column("one", Integer, primary_key=True),
        Column("number", Integer, nullable=False),
        Column("issued_ms", Integer, nullable=False),
        Column("entries", Integer, nullable=False),
        Column("sha256", Text, nullable=False),
        Column("told", Integer, nullable=False),
        CheckConstraint("one = 1"),
        sqlite_strict=True,
    )
    new_table(
        "suspension",
        Column("declaration", Text, primary_key=True),
        Column("lifted", Integer, nullable=False),
        Column("number", Integer, nullable=False),
        Column("sha256", Text, nullable=False),
        Column("told", Integer, nullable=False),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
