"""Proposals of the centre, as they came."""

from sqlalchemy import Column, Integer, LargeBinary, Text

from station.migration.expand import new_table

revision = "courier_0004"
down_revision = "courier_0003"


def upgrade() -> None:
    new_table(
        "proposal",
        Column("number", Integer, primary_key=True),
        Column("sha256", Text, nullable=False),
        Column("body", LargeBinary, nullable=False),
        Column("told", Integer, nullable=False),
        sqlite_strict=True,
    )
