"""The crossing that a text belongs to, and since when, so that it can be erased."""

from sqlalchemy import Column, Integer, Text

from station.migration.expand import new_table

revision = "personal_0002"
down_revision = "personal_0001"


def upgrade() -> None:
    new_table(
        "personal_of",
        Column("reference", Text, primary_key=True, nullable=False),
        Column("crossing", Text, nullable=False),
        Column("sealed_ms", Integer, nullable=False),
        sqlite_strict=True,
    )
