"""The content of the list in force, watchlist, rules, decisions."""

from sqlalchemy import CheckConstraint, Column, Integer, LargeBinary, Text

from station.migration.expand import new_table

revision = "courier_0003"
down_revision = "courier_0002"


def upgrade() -> None:
    new_table(
        "list_content",
        Column("one", Integer, primary_key=True),
        Column("sha256", Text, nullable=False),
        CheckConstraint("one = 1"),
        sqlite_strict=True,
    )
    new_table("watch", Column("mark", Text, primary_key=True), sqlite_strict=True, sqlite_with_rowid=False)
    new_table(
        "watch_in_force",
        Column("one", Integer, primary_key=True),
        Column("number", Integer, nullable=False),
        Column("sha256", Text, nullable=False),
        Column("told", Integer, nullable=False),
        CheckConstraint("one = 1"),
        sqlite_strict=True,
    )
    new_table(
        "rules_in_force",
        Column("one", Integer, primary_key=True),
        Column("number", Integer, nullable=False),
        Column("sha256", Text, nullable=False),
        Column("told", Integer, nullable=False),
        Column("body", LargeBinary, nullable=False),
        CheckConstraint("one = 1"),
        sqlite_strict=True,
    )
    new_table(
        "decision",
        Column("number", Integer, primary_key=True),
        Column("sha256", Text, nullable=False),
        Column("act", Text, nullable=False),
        Column("told", Integer, nullable=False),
        sqlite_strict=True,
    )
