"""The record stream of each lane, what waits or contradicts, alarms, and what lanes should hold."""

from typing import Any

from sqlalchemy import BigInteger, Column, Integer, LargeBinary, Text

from station.migration.expand import new_index, new_table

revision = "centre_0001"
down_revision = None


def upgrade() -> None:
    new_table("record", *_event_key(), *_event(), Column("hash", LargeBinary, nullable=False))
    new_index("record_subject", "record", "station", "lane", "subject")
    new_table("aside", *_event_key(), *_event(), Column("hash", LargeBinary, primary_key=True))
    new_table("notice", *_event_key(), *_event(), Column("hash", LargeBinary, primary_key=True))
    new_table(
        "prefix",
        Column("station", Text, primary_key=True),
        Column("lane", Text, primary_key=True),
        Column("epoch", BigInteger, nullable=False),
        Column("seq", BigInteger, nullable=False),
        Column("hash", LargeBinary, nullable=False),
    )
    new_table(
        "alarm",
        *_event_key(),
        Column("code", Text, primary_key=True),
        Column("detail", Text, nullable=False),
        Column("first_ms", BigInteger, nullable=False),
        Column("last_ms", BigInteger, nullable=False),
        Column("times", BigInteger, nullable=False),
    )
    new_table(
        "downlink",
        Column("station", Text, primary_key=True),
        Column("kind", Text, primary_key=True),
        Column("number", BigInteger, primary_key=True, autoincrement=False),
        Column("payload", LargeBinary, nullable=False),
        Column("created_ms", BigInteger, nullable=False),
    )


def _event_key() -> list[Column[Any]]:
    return [
        Column("station", Text, primary_key=True),
        Column("lane", Text, primary_key=True),
        Column("epoch", BigInteger, primary_key=True, autoincrement=False),
        Column("seq", BigInteger, primary_key=True, autoincrement=False),
    ]


def _event() -> list[Column[Any]]:
    return [
        Column("epoch_base", BigInteger, nullable=False),
        Column("type", Text, nullable=False),
        Column("version", Integer, nullable=False),
        Column("facts_to", BigInteger, nullable=False),
        Column("facts_hash", LargeBinary, nullable=False),
        Column("tick", BigInteger, nullable=False),
        Column("utc_ms", BigInteger, nullable=False),
        Column("quality", Text, nullable=False),
        Column("subject", Text, nullable=False),
        Column("body", LargeBinary, nullable=False),
        Column("previous", LargeBinary, nullable=False),
        Column("received_ms", BigInteger, nullable=False),
    ]
