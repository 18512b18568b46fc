"""What lanes state about their days, and the keys of enrolled stations."""

from sqlalchemy import BigInteger, Column, LargeBinary, Text

from station.migration.expand import new_table

revision = "centre_0003"
down_revision = "centre_0002"


def upgrade() -> None:
    new_table(
        "day",
        Column("station", Text, primary_key=True),
        Column("lane", Text, primary_key=True),
        Column("day", Text, primary_key=True),
        Column("sha256", Text, primary_key=True),
        Column("signed", LargeBinary, nullable=False),
        Column("received_ms", BigInteger, nullable=False, autoincrement=False),
    )
    new_table(
        "enrolment",
        Column("station", Text, primary_key=True),
        Column("key", Text, primary_key=True),
        Column("basis", Text, nullable=False),
        Column("since_ms", BigInteger, nullable=False, autoincrement=False),
    )
