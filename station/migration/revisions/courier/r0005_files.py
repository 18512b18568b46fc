"""How far the evidence files have come."""

from sqlalchemy import CheckConstraint, Column, Integer, Text

from station.migration.expand import new_table

revision = "courier_0005"
down_revision = "courier_0004"


def upgrade() -> None:
    new_table(
        "file_place",
        Column("one", Integer, primary_key=True),
        Column("epoch", Integer, nullable=False),
        Column("seq", Integer, nullable=False),
        CheckConstraint("one = 1"),
        sqlite_strict=True,
    )
    new_table(
        "file_settled",
        Column("sha256", Text, primary_key=True),
        Column("seq", Integer, nullable=False),
        Column("reason", Text, nullable=False),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
