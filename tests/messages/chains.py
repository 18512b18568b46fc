"""Chained record events for tests, hashed by a few lines of their own."""

import hashlib
from collections.abc import Sequence

from drivers.contract.plain import canonical
from station.messages.envelope import NO_HASH, RecordEvent

STATION, LANE = "VNHUN1", "L1"


def hash_of(previous: bytes, columns: Sequence[int | str | bytes]) -> bytes:
    parts = [c if isinstance(c, bytes) else str(c).encode() for c in columns]
    return hashlib.sha256(b"\x01" + previous + b"".join(len(p).to_bytes(8, "big") + p for p in parts)).digest()


def event(
    seq: int, previous: bytes, *, epoch: int = 1, base: int = 1, body: bytes = b"", type_: str = "crossing.opened"
) -> RecordEvent:
    content = body or canonical({"is": "CrossingOpened", "crossing": f"c{seq}", "test": False, "previous": ""})
    facts_hash = hashlib.sha256(str(seq).encode()).digest()
    columns = (epoch, seq, seq * 3, facts_hash, type_, seq * 10, 1_700_000_000_000 + seq, "synced", content)
    return RecordEvent(
        STATION,
        LANE,
        epoch,
        seq,
        seq * 3,
        facts_hash,
        type_,
        seq * 10,
        1_700_000_000_000 + seq,
        "synced",
        content,
        hash_of(previous, columns),
        previous,
        base,
    )


def chain(
    count: int, *, first: int = 1, previous: bytes = NO_HASH, epoch: int = 1, crossings: Sequence[str] = ()
) -> list[RecordEvent]:
    """`count` events from seq `first`, the first one behind `previous`; `first` is the base of the epoch.

    `crossings` names the crossing of each event, else they are c1, c2 and so on.
    """
    events: list[RecordEvent] = []
    for seq in range(first, first + count):
        named = (
            {"is": "CrossingOpened", "crossing": crossings[seq - first], "test": False, "previous": ""}
            if crossings
            else None
        )
        events.append(event(seq, previous, epoch=epoch, base=first, body=canonical(named) if named else b""))
        previous = events[-1].hash
    return events
