"""Heads of the lanes' chains, signed by the stations, and our word on them."""

from sqlalchemy import BigInteger, Column, LargeBinary, Text

from station.migration.expand import new_table

revision = "centre_0002"
down_revision = "centre_0001"


def upgrade() -> None:
    new_table(
        "checkpoint",
        Column("station", Text, primary_key=True),
        Column("lane", Text, primary_key=True),
        Column("epoch", BigInteger, primary_key=True, autoincrement=False),
        Column("seq", BigInteger, primary_key=True, autoincrement=False),
        Column("signed", LargeBinary, nullable=False),
        Column("witness", LargeBinary, nullable=False),
        Column("received_ms", BigInteger, nullable=False),
    )
