"""What each lane said of itself when it was last connected."""

from sqlalchemy import BigInteger, Column, LargeBinary, Text

from station.migration.expand import new_table

revision = "centre_0004"
down_revision = "centre_0003"


def upgrade() -> None:
    new_table(
        "lane_state",
        Column("station", Text, primary_key=True),
        Column("lane", Text, primary_key=True),
        Column("online", BigInteger, nullable=False, autoincrement=False),
        Column("body", LargeBinary, nullable=False),
        Column("changed_ms", BigInteger, nullable=False, autoincrement=False),
    )
