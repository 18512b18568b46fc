"""A chain of records as a lane sends it, made here: each follows the one before it."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, replace

from station.messages.envelope import NO_HASH, RecordEvent, record_hash

_START_MS = 1_790_000_000_000


@dataclass(frozen=True, slots=True)
class Content:
    """What a record says: the name of its type, its version and the exact bytes of its body."""

    type: str
    body: bytes
    version: int = 1


@dataclass(frozen=True, slots=True)
class Link:
    """Where a chain stands: the next record is `seq` + 1 of `epoch` and names `hash`."""

    station: str
    lane: str
    epoch: int = 1
    seq: int = 0
    hash: bytes = NO_HASH
    base: int = 1

    def next(self, content: Content) -> RecordEvent:
        """The next record."""
        seq = self.seq + 1
        event = RecordEvent(
            station=self.station,
            lane=self.lane,
            epoch=self.epoch,
            seq=seq,
            facts_to=3 * seq,
            facts_hash=hashlib.sha256(f"{self.epoch}/{seq}".encode()).digest(),
            type=content.type,
            tick=1_000 * seq,
            utc_ms=_START_MS + 1_000 * seq,
            quality="synced",
            body=content.body,
            hash=NO_HASH,
            previous=self.hash,
            epoch_base=self.base,
            version=content.version,
        )
        return event._replace(hash=record_hash(event))

    def chain(self, contents: Iterable[Content]) -> list[RecordEvent]:
        """The next records, in order."""
        events: list[RecordEvent] = []
        at = self
        for content in contents:
            events.append(at.next(content))
            at = after(events[-1])
        return events

    def new_epoch(self) -> "Link":
        """The same place, where the next epoch begins."""
        return replace(self, epoch=self.epoch + 1, base=self.seq + 1)


def after(event: RecordEvent) -> Link:
    """Where the chain stands behind this record."""
    return Link(event.station, event.lane, event.epoch, event.seq, event.hash, event.epoch_base)
