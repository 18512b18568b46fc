"""The hash rule on plain JSON rows, a third time: a mutation makes a chain right without our verifier's help."""

import hashlib
from collections.abc import Mapping


def fact_hash(previous: str, row: Mapping[str, object]) -> str:
    columns = [row["fseq"], row["kind"], row["tick"], row["body"], bytes.fromhex(str(row["outcome"]))]
    return _hash(b"\x00", previous, columns)


def record_hash(previous: str, row: Mapping[str, object]) -> str:
    names = ("epoch", "seq", "facts_to", "facts_hash", "type", "tick", "utc_ms", "quality", "body")
    return _hash(b"\x01", previous, [bytes.fromhex(str(row[n])) if n == "facts_hash" else row[n] for n in names])


def _hash(mark: bytes, previous: str, columns: list[object]) -> str:
    data = mark + bytes.fromhex(previous)
    for column in columns:
        stored = column if isinstance(column, bytes) else str(column).encode()
        data += len(stored).to_bytes(8, "big") + stored
    return hashlib.sha256(data).hexdigest()
