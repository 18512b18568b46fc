"""Declarations that are spent."""

from sqlalchemy import Column, Text

from station.migration.expand import new_table

revision = "ledger_0001"
down_revision = None


def upgrade() -> None:
    new_table(
        "spent",
        Column("declaration", Text, primary_key=True, nullable=False),
        Column("crossing", Text, nullable=False),
        sqlite_strict=True,
    )
