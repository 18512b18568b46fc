"""Which evidence files are here, and which will not come."""

from sqlalchemy import BigInteger, Column, Integer, Text

from station.migration.expand import new_index, new_table

revision = "centre_0005"
down_revision = "centre_0004"


def upgrade() -> None:
    new_table(
        "evidence",
        Column("station", Text, primary_key=True),
        Column("lane", Text, primary_key=True),
        Column("sha256", Text, primary_key=True),
        Column("epoch", BigInteger, nullable=False, autoincrement=False),
        Column("seq", BigInteger, nullable=False, autoincrement=False),
        Column("clip", Text, nullable=False),
        Column("state", Text, nullable=False),
        Column("reason", Text, nullable=False),
        Column("size", BigInteger, nullable=False, autoincrement=False),
        Column("ending", Text, nullable=False),
        Column("wrong", Integer, nullable=False),
        Column("settled_ms", BigInteger, nullable=False, autoincrement=False),
    )
    new_index("evidence_record", "evidence", "station", "lane", "epoch", "seq")
