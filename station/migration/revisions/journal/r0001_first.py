"""Facts and records, each with its chain; epochs and snapshots."""

from sqlalchemy import Column, Integer, LargeBinary, Text

from station.migration.expand import new_table

revision = "journal_0001"
down_revision = None


def upgrade() -> None:
    new_table(
        "fact",
        Column("fseq", Integer, primary_key=True),
        Column("kind", Text, nullable=False),
        Column("tick", Integer, nullable=False),
        Column("body", LargeBinary, nullable=False),
        Column("outcome", LargeBinary, nullable=False),
        Column("hash", LargeBinary, nullable=False),
        sqlite_strict=True,
    )
    new_table(
        "record",
        Column("seq", Integer, primary_key=True),
        Column("epoch", Integer, nullable=False),
        Column("facts_to", Integer, nullable=False),
        Column("facts_hash", LargeBinary, nullable=False),
        Column("type", Text, nullable=False),
        Column("tick", Integer, nullable=False),
        Column("utc_ms", Integer, nullable=False),
        Column("quality", Text, nullable=False),
        Column("body", LargeBinary, nullable=False),
        Column("hash", LargeBinary, nullable=False),
        sqlite_strict=True,
    )
    new_table(
        "epoch",
        Column("number", Integer, primary_key=True),
        Column("base_seq", Integer, nullable=False),
        Column("parent", LargeBinary, nullable=False),
        Column("base_fseq", Integer, nullable=False),
        Column("facts_parent", LargeBinary, nullable=False),
        Column("reason", Text, nullable=False),
        sqlite_strict=True,
    )
    new_table(
        "snapshot",
        Column("fseq", Integer, primary_key=True),
        Column("state", LargeBinary, nullable=False),
        Column("sha256", LargeBinary, nullable=False),
        sqlite_strict=True,
    )
    new_table(
        "meta",
        Column("key", Text, primary_key=True, nullable=False),
        Column("value", Text, nullable=False),
        sqlite_strict=True,
    )
