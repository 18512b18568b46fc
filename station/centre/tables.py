"""The centre's tables, the same for SQLite and PostgreSQL. Records are stored as they came; nothing is ever updated but
the prefix, the counts of alarms, what has become of evidence files, and what lanes say of themselves.
"""

from sqlalchemy import BigInteger, Column, Index, Integer, LargeBinary, MetaData, Table, Text

metadata = MetaData()


def _lane() -> list[Column[str]]:
    return [Column("station", Text, primary_key=True), Column("lane", Text, primary_key=True)]


def _number(name: str, *, key: bool = False) -> Column[int]:
    return Column(name, BigInteger, primary_key=key, nullable=False, autoincrement=False)


def _event_columns() -> list[Column[str] | Column[int] | Column[bytes]]:
    return [
        _number("epoch_base"),
        Column("type", Text, nullable=False),
        Column("version", Integer, nullable=False),
        _number("facts_to"),
        Column("facts_hash", LargeBinary, nullable=False),
        _number("tick"),
        _number("utc_ms"),
        Column("quality", Text, nullable=False),
        Column("subject", Text, nullable=False),
        Column("body", LargeBinary, nullable=False),
        Column("previous", LargeBinary, nullable=False),
        _number("received_ms"),
    ]


record = Table(
    "record",
    metadata,
    *_lane(),
    _number("epoch", key=True),
    _number("seq", key=True),
    *_event_columns(),
    Column("hash", LargeBinary, nullable=False),
)
"""The record stream. Only rows up to the prefix are receipted; later ones wait for what is missing before them."""

Index("record_subject", record.c.station, record.c.lane, record.c.subject)

aside = Table(
    "aside",
    metadata,
    *_lane(),
    _number("epoch", key=True),
    _number("seq", key=True),
    *_event_columns(),
    Column("hash", LargeBinary, primary_key=True),
)
"""Records that contradict what is stored: another hash under the same number, or a chain that does not fit."""

notice = Table(
    "notice",
    metadata,
    *_lane(),
    _number("epoch", key=True),
    _number("seq", key=True),
    *_event_columns(),
    Column("hash", LargeBinary, primary_key=True),
)
"""Live copies, provisional until the stream brings the record with the same hash."""

prefix = Table(
    "prefix",
    metadata,
    *_lane(),
    _number("epoch"),
    _number("seq"),
    Column("hash", LargeBinary, nullable=False),
)
"""How far each lane's stream is stored without a hole: what receipts say."""

checkpoint = Table(
    "checkpoint",
    metadata,
    *_lane(),
    _number("epoch", key=True),
    _number("seq", key=True),
    Column("signed", LargeBinary, nullable=False),
    Column("witness", LargeBinary, nullable=False),
    _number("received_ms"),
)
"""Heads of the lanes' chains, signed by the stations, and our signed word that our chain has the same."""

day = Table(
    "day",
    metadata,
    *_lane(),
    Column("day", Text, primary_key=True),
    Column("sha256", Text, primary_key=True),
    Column("signed", LargeBinary, nullable=False),
    _number("received_ms"),
)
"""What the lanes state about their days, as signed by the stations. A second statement about a day is kept beside."""

evidence = Table(
    "evidence",
    metadata,
    *_lane(),
    Column("sha256", Text, primary_key=True),
    _number("epoch"),
    _number("seq"),
    Column("clip", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("reason", Text, nullable=False),
    _number("size"),
    Column("ending", Text, nullable=False),
    Column("wrong", Integer, nullable=False),
    _number("settled_ms"),
)
"""Evidence files of each lane: here, gone at the lane, or named by the index of a clip that is here. The bytes lie in
the evidence folder.
"""

Index("evidence_record", evidence.c.station, evidence.c.lane, evidence.c.epoch, evidence.c.seq)

alarm = Table(
    "alarm",
    metadata,
    *_lane(),
    _number("epoch", key=True),
    _number("seq", key=True),
    Column("code", Text, primary_key=True),
    Column("detail", Text, nullable=False),
    _number("first_ms"),
    _number("last_ms"),
    _number("times"),
)
"""What a person at the centre must look into; repeated ones are counted, and bounded (`alarms`)."""

lane_state = Table(
    "lane_state",
    metadata,
    *_lane(),
    _number("online"),
    Column("body", LargeBinary, nullable=False),
    _number("changed_ms"),
)
"""What each lane said of itself when it was last connected, and whether it still is."""

enrolment = Table(
    "enrolment",
    metadata,
    Column("station", Text, primary_key=True),
    Column("key", Text, primary_key=True),
    Column("basis", Text, nullable=False),
    _number("since_ms"),
)
"""Public keys (hex) of stations: compared by a person ("fingerprint"), or signed for by the key before ("change")."""

downlink = Table(
    "downlink",
    metadata,
    Column("station", Text, primary_key=True),
    Column("kind", Text, primary_key=True),
    _number("number", key=True),
    Column("payload", LargeBinary, nullable=False),
    _number("created_ms"),
)
"""What the lanes of a station should hold. Signed afresh each time it is sent."""
