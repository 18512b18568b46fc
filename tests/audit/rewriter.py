"""The strongest hand against the record: full rights on the lane's and the centre's database, and the station's key.

It changes a crossing and makes everything behind it fit again: both chains, the numbers, the station's checkpoints.
The centre's key it does not have: the centre's words go with their checkpoints, so that nothing contradicts.
"""

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any, Literal

from drivers.contract.plain import canonical
from station.journal.chain import GENESIS, fact_hash, record_hash
from station.messages.checkpoints import Checkpoint
from station.trust.keys import PrivateKey
from station.trust.signed import sign
from tests.audit.sealed import LANE, STATION

Deed = Literal["alter", "delete", "re-time"]
DEEDS: tuple[Deed, ...] = ("alter", "delete", "re-time")
_EVERY = 12
_Rows = list[dict[str, Any]]


def rewrite(lane: Path, centre: Path, crossing: str, deed: Deed, stolen: PrivateKey) -> None:
    """Do the deed to `crossing` in journal.db of `lane` and in the file `centre`."""
    with closing(sqlite3.connect(lane / "journal.db")) as connection, connection:
        connection.execute("PRAGMA synchronous = OFF")
        facts, records = _read(connection, "fact", "fseq"), _read(connection, "record", "seq")
        facts, records = _done(facts, records, crossing, deed)
        _rebuild(facts, records)
        signed = _signed(facts, records, stolen)
        _write(connection, "fact", facts)
        _write(connection, "record", records)
        _write(connection, "checkpoint", [{**row, "witness": b""} for row in signed])
    with closing(sqlite3.connect(centre)) as connection, connection:
        connection.execute("PRAGMA synchronous = OFF")
        known = _read(connection, "record", "seq")[0]
        previous = GENESIS
        rows: _Rows = []
        for row in records:
            subject = crossing if crossing.encode() in row["body"] else known["subject"]
            rows.append({**known, **row, "previous": previous, "subject": subject})
            previous = row["hash"]
        _write(connection, "record", rows)
        connection.execute("DELETE FROM checkpoint")
        connection.execute("UPDATE prefix SET seq = ?, hash = ?", (rows[-1]["seq"], rows[-1]["hash"]))


def _done(facts: _Rows, records: _Rows, crossing: str, deed: Deed) -> tuple[_Rows, _Rows]:
    named = canonical(crossing)
    ours = [row for row in records if named in row["body"]]
    causes = {row["facts_to"] for row in ours}
    match deed:
        case "alter":
            for row in ours:
                row["body"] = row["body"].replace(b'"gross":4', b'"gross":3').replace(b'"PASS"', b'"HOLD"')
        case "re-time":
            for row in ours:
                row["utc_ms"] -= 3_600_000
        case "delete":
            facts = [row for row in facts if row["fseq"] not in causes and row["fseq"] + 1 not in causes]
            records = [row for row in records if row not in ours]
            renumbered = {row["fseq"]: number for number, row in enumerate(facts, start=1)}
            for row in facts:
                row["fseq"] = renumbered[row["fseq"]]
            for number, row in enumerate(records, start=1):
                row["seq"], row["facts_to"] = number, renumbered[row["facts_to"]]
    return facts, records


def _rebuild(facts: _Rows, records: _Rows) -> None:
    previous = GENESIS
    hashes: dict[int, bytes] = {}
    for row in facts:
        previous = fact_hash(previous, *(row[name] for name in ("fseq", "kind", "tick", "body", "outcome")))
        row["hash"] = hashes[row["fseq"]] = previous
    previous = GENESIS
    columns = ("epoch", "seq", "facts_to", "facts_hash", "type", "tick", "utc_ms", "quality", "body")
    for row in records:
        row["facts_hash"] = hashes[row["facts_to"]]
        previous = row["hash"] = record_hash(previous, *(row[name] for name in columns))


def _signed(facts: _Rows, records: _Rows, stolen: PrivateKey) -> _Rows:
    by_fseq = {row["fseq"]: row["hash"].hex() for row in facts}
    rows: _Rows = []
    for row in records[_EVERY - 1 :: _EVERY]:
        at = (row["epoch"], row["seq"], row["hash"].hex(), row["facts_to"], by_fseq[row["facts_to"]])
        stated = Checkpoint(STATION, LANE, *at, row["utc_ms"])
        rows.append({"seq": row["seq"], "epoch": 1, "signed": sign("checkpoint", stated, stolen).to_wire()})
    return rows


def _read(connection: sqlite3.Connection, table: str, key: str) -> _Rows:
    connection.row_factory = sqlite3.Row
    return [dict(row) for row in connection.execute(f"SELECT * FROM {table} ORDER BY {key}")]


def _write(connection: sqlite3.Connection, table: str, rows: _Rows) -> None:
    connection.execute(f"DELETE FROM {table}")
    names = [row[1] for row in connection.execute(f"PRAGMA table_info({table})")]
    marks = ", ".join(f":{name}" for name in names)
    connection.executemany(f"INSERT INTO {table} VALUES ({marks})", rows)
