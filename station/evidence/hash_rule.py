"""The journal's hash rule, written down a second time for the verifier: it must not take the journal's word for it.

SHA-256 over a mark (00 for a fact, 01 for a record), the 32 bytes of the hash before, and then each column in its
order: its length in 8 bytes, most significant first, and its bytes; a number is its decimal text. docs/evidence.md says
the same.
"""

import hashlib
import re

from station.evidence.manifest import FactLine, RecordLine

_SHA256 = re.compile(r"[0-9a-f]{64}")
_HEX = re.compile(r"([0-9a-f]{2})*")


def is_hash(text: str) -> bool:
    """Whether `text` is a SHA-256 in lower-case hex."""
    return _SHA256.fullmatch(text) is not None


def fact_hash(previous: str, line: FactLine) -> str:
    """The hash that the line must have behind `previous`. Raises ValueError if some hex is none."""
    body = _body(line)
    return _hash(0, previous, [_number(line.fseq), line.kind.encode(), _number(line.tick), body, _bytes(line.outcome)])


def record_hash(previous: str, line: RecordLine) -> str:
    """As `fact_hash`."""
    columns = [
        _number(line.epoch),
        _number(line.seq),
        _number(line.facts_to),
        _bytes(line.facts_hash),
        line.type.encode(),
        _number(line.tick),
        _number(line.utc_ms),
        line.quality.encode(),
        _body(line),
    ]
    return _hash(1, previous, columns)


def _hash(mark: int, previous: str, columns: list[bytes]) -> str:
    if not is_hash(previous):
        raise ValueError(f"no hash: {previous[:80]!r}")
    digest = hashlib.sha256(bytes([mark]))
    digest.update(_bytes(previous))
    for column in columns:
        digest.update(len(column).to_bytes(8, "big"))
        digest.update(column)
    return digest.hexdigest()


def _body(line: FactLine | RecordLine) -> bytes:
    if line.body_hex and line.body:
        raise ValueError("a body stands twice")
    return _bytes(line.body_hex) if line.body_hex else line.body.encode()


def _number(value: int) -> bytes:
    return b"%d" % value


def _bytes(text: str) -> bytes:
    if _HEX.fullmatch(text) is None:
        raise ValueError(f"no lower-case hex: {text[:80]!r}")
    return bytes.fromhex(text)
