"""What checkpoints and witnesses say, and whether the keys that an auditor was given have signed them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from drivers.contract.plain import parse
from station.audit.book import CheckpointRow
from station.trust.keys import PublicKey
from station.trust.refusal import Untrusted
from station.trust.signed import Purpose, Signed, verify

Keys = Mapping[str, PublicKey]
"""By key id. Empty: signatures are not checked."""

_CHECKPOINT = {"epoch": int, "fact_hash": str, "fseq": int, "hash": str, "is": str, "lane": str, "seq": int}
_WITNESS = {"epoch": int, "hash": str, "is": str, "lane": str, "seq": int}
_ALWAYS = {"station": str, "utc_ms": int}


class BadStatement(Exception):
    """A statement that is none, is not signed by the keys given, or is about something else; says which."""

    def __init__(self, cause: str, seen: str) -> None:
        self.cause = cause
        super().__init__(seen)


@dataclass(frozen=True, slots=True)
class Head:
    """The head of a lane's chains as a checkpoint states it. `is_witnessed`: the centre's word on it is there."""

    station: str
    lane: str
    epoch: int
    seq: int
    hash: bytes
    fseq: int
    fact_hash: bytes
    utc_ms: int
    is_witnessed: bool


@dataclass(frozen=True, slots=True)
class Seen:
    """What a witness states."""

    station: str
    lane: str
    epoch: int
    seq: int
    hash: bytes
    utc_ms: int


def read_head(row: CheckpointRow, station_keys: Keys, centre_keys: Keys) -> Head:
    """The statement in a row, its signatures checked. Raises BadStatement ("unreadable", "signature", "witness")."""
    body = _read(row.signed, "checkpoint", "Checkpoint", _CHECKPOINT, station_keys, "signature")
    head = Head(
        body["station"],
        body["lane"],
        body["epoch"],
        body["seq"],
        _hash(body["hash"]),
        body["fseq"],
        _hash(body["fact_hash"]),
        body["utc_ms"],
        bool(row.witness),
    )
    if (head.epoch, head.seq) != (row.epoch, row.seq):
        raise BadStatement("checkpoint", f"its row says record {row.seq} of epoch {row.epoch}, it says {head.seq}")
    if row.witness:
        seen = read_seen(row.witness, centre_keys)
        if (seen.station, seen.lane, seen.epoch, seen.seq, seen.hash) != (
            head.station,
            head.lane,
            head.epoch,
            head.seq,
            head.hash,
        ):
            raise BadStatement("witness", f"the centre witnessed another record {seen.seq} of epoch {seen.epoch}")
    return head


def read_seen(witness: bytes, centre_keys: Keys) -> Seen:
    """A witness, its signature checked. Raises BadStatement ("witness")."""
    body = _read(witness, "receipt", "Witness", _WITNESS, centre_keys, "witness")
    return Seen(body["station"], body["lane"], body["epoch"], body["seq"], _hash(body["hash"]), body["utc_ms"])


def _read(wire: bytes, purpose: Purpose, name: str, form: Mapping[str, type], keys: Keys, cause: str) -> dict[str, Any]:
    try:
        signed = Signed.from_wire(wire)
        body = verify(signed, purpose, keys) if keys else parse(signed.payload.encode())
    except Untrusted as error:
        raise BadStatement(cause, f"{error.reason}: {error.seen}") from error
    except (ValueError, RecursionError) as error:
        raise BadStatement("unreadable", str(error)[:200]) from error
    wanted = {**form, **_ALWAYS}
    if not isinstance(body, dict) or set(body) != set(wanted) or body["is"] != name or signed.purpose != purpose:
        raise BadStatement("unreadable", f"this is no {name}")
    if any(type(body[field]) is not kind for field, kind in wanted.items()):
        raise BadStatement("unreadable", f"a field of this {name} is of a wrong type")
    return body


def _hash(text: str) -> bytes:
    try:
        data = bytes.fromhex(text)
    except ValueError:
        data = b""
    if len(data) != 32 or data.hex() != text:
        raise BadStatement("unreadable", f"{text[:20]!r} is no SHA-256 in hex")
    return data
