"""Signed heads of the chains, and the centre's word on them."""

from sqlalchemy import Column, Integer, LargeBinary

from station.migration.expand import new_table

revision = "journal_0002"
down_revision = "journal_0001"


def upgrade() -> None:
    new_table(
        "checkpoint",
        Column("seq", Integer, primary_key=True),
        Column("epoch", Integer, nullable=False),
        Column("signed", LargeBinary, nullable=False),
        Column("witness", LargeBinary, nullable=False),
        sqlite_strict=True,
    )
