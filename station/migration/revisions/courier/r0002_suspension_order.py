"""Which suspensions came, and up to which number all have."""

from sqlalchemy import CheckConstraint, Column, Integer, Text

from station.migration.expand import new_table

revision = "courier_0002"
down_revision = "courier_0001"


def upgrade() -> None:
    new_table(
        "suspension_seen",
        Column("number", Integer, primary_key=True),
        Column("sha256", Text, nullable=False),
        sqlite_strict=True,
    )
    new_table(
        "suspension_prefix",
        Column("one", Integer, primary_key=True),
        Column("number", Integer, nullable=False),
        CheckConstraint("one = 1"),
        sqlite_strict=True,
    )
