"""The tables of journal.db, personal.db and ledger.db. STRICT: SQLite keeps no text in an integer column.

Hashed columns never change; a release only ever adds tables or columns.
"""

from sqlalchemy import Column, Integer, LargeBinary, MetaData, Table, Text

SCHEMA = 1
"""Version of the bodies we write. Raised when the shape of a fact or record changes, with an upcaster in codec.py."""

journal = MetaData()

fact = Table(
    "fact",
    journal,
    Column("fseq", Integer, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("tick", Integer, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Column("outcome", LargeBinary, nullable=False),
    Column("hash", LargeBinary, nullable=False),
    sqlite_strict=True,
)

record = Table(
    "record",
    journal,
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

epoch = Table(
    "epoch",
    journal,
    Column("number", Integer, primary_key=True),
    Column("base_seq", Integer, nullable=False),
    Column("parent", LargeBinary, nullable=False),
    Column("base_fseq", Integer, nullable=False),
    Column("facts_parent", LargeBinary, nullable=False),
    Column("reason", Text, nullable=False),
    sqlite_strict=True,
)

snapshot = Table(
    "snapshot",
    journal,
    Column("fseq", Integer, primary_key=True),
    Column("state", LargeBinary, nullable=False),
    Column("sha256", LargeBinary, nullable=False),
    sqlite_strict=True,
)

checkpoint = Table(
    "checkpoint",
    journal,
    Column("seq", Integer, primary_key=True),
    Column("epoch", Integer, nullable=False),
    Column("signed", LargeBinary, nullable=False),
    Column("witness", LargeBinary, nullable=False),
    sqlite_strict=True,
)
"""The chain's heads as the station signed them, and what the centre answered (empty until it has)."""

ADDED = (checkpoint,)
"""Tables that an older release did not make: an old journal gets them when it is opened."""

meta = Table(
    "meta",
    journal,
    Column("key", Text, primary_key=True, nullable=False),
    Column("value", Text, nullable=False),
    sqlite_strict=True,
)

personal_data = MetaData()

personal = Table(
    "personal",
    personal_data,
    Column("reference", Text, primary_key=True, nullable=False),
    Column("salt", LargeBinary, nullable=False),
    Column("body", Text, nullable=False),
    sqlite_strict=True,
)

personal_of = Table(
    "personal_of",
    personal_data,
    Column("reference", Text, primary_key=True, nullable=False),
    Column("crossing", Text, nullable=False),
    Column("sealed_ms", Integer, nullable=False),
    sqlite_strict=True,
)
"""The crossing that a text was sealed in ("" between trucks), and when, UTC. Those of an older release have no row."""

ledger_data = MetaData()

spent = Table(
    "spent",
    ledger_data,
    Column("declaration", Text, primary_key=True, nullable=False),
    Column("crossing", Text, nullable=False),
    sqlite_strict=True,
)
