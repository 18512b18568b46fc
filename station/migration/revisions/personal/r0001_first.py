"""Personal texts under a reference, each with its salt."""

from sqlalchemy import Column, LargeBinary, Text

from station.migration.expand import new_table

revision = "personal_0001"
down_revision = None


def upgrade() -> None:
    new_table(
        "personal",
        Column("reference", Text, primary_key=True, nullable=False),
        Column("salt", LargeBinary, nullable=False),
        Column("body", Text, nullable=False),
        sqlite_strict=True,
    )
