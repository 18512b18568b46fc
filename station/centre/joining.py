"""How records that come join what a lane's stream has stored: pure judgement over numbers and hashes.

Only the ordinary is judged here: one epoch, nothing that contradicts. All else is told apart with the database.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from station.messages.envelope import NO_HASH, RecordEvent


@dataclass(frozen=True, slots=True)
class Prefix:
    """Every record up to `seq` is stored; its hash. `seq` 0: none."""

    epoch: int = 0
    seq: int = 0
    hash: bytes = NO_HASH


class Waiting(NamedTuple):
    """A stored record behind the prefix."""

    epoch: int
    seq: int
    previous: bytes
    hash: bytes


@dataclass(frozen=True, slots=True)
class Joined:
    """`fresh` are the records to add, then the prefix ends at `end`; whether rows wait behind a hole."""

    fresh: tuple[RecordEvent, ...]
    end: Prefix
    has_hole: bool


def join(start: Prefix, waiting: Sequence[Waiting], events: Sequence[RecordEvent]) -> Joined | None:
    """What becomes of `events` (true hashes) with every row that waits; None if it is anything but ordinary."""
    links: dict[int, tuple[bytes, bytes]] = {}
    for row in waiting:
        if row.epoch != start.epoch:
            return None
        links[row.seq] = row.previous, row.hash
    fresh: dict[int, RecordEvent] = {}
    for event in events:
        if event.epoch != start.epoch or event.seq <= start.seq:
            return None
        link = event.previous, event.hash
        if event.seq not in links:
            links[event.seq], fresh[event.seq] = link, event
        elif links[event.seq] != link:
            return None
    at = start
    while at.seq + 1 in links:
        previous, hashed = links[at.seq + 1]
        if previous != at.hash:
            return None
        at = Prefix(at.epoch, at.seq + 1, hashed)
    return Joined(tuple(fresh.values()), at, has_hole=len(links) > at.seq - start.seq)
