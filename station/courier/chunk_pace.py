"""How large the next chunk of a file may be: pure judgement. A chunk in the way of an alarm must be through soon."""

from dataclasses import dataclass, replace

from drivers.contract.quantities import Millis
from station.messages.evidence_files import MOST_CHUNK

LEAST_CHUNK = 4 * 1024
FIRST_CHUNK = 16 * 1024
QUICK = Millis(250)
"""A chunk whose acknowledgement came within this time may be followed by one of twice its size."""
SLOW = Millis(600)
"""One that took longer is followed by smaller ones."""


@dataclass(frozen=True, slots=True)
class Pace:
    """`size` in bytes."""

    size: int = FIRST_CHUNK


def acknowledged(pace: Pace, sent: int, took: Millis) -> Pace:
    """The broker has acknowledged a chunk of `sent` bytes after `took`."""
    if took > SLOW:
        fitting = sent * QUICK // took
        return replace(pace, size=max(LEAST_CHUNK, min(pace.size // 2, fitting)))
    if took <= QUICK and sent >= pace.size:
        return replace(pace, size=min(2 * pace.size, MOST_CHUNK))
    return pace
