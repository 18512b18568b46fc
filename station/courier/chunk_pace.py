"""How large the next chunk of a file may be: pure judgement. A chunk in the way of an alarm must be through soon."""

from dataclasses import dataclass

from drivers.contract.quantities import Millis
from station.messages.evidence_files import MOST_CHUNK

LEAST_CHUNK = 4 * 1024
FIRST_CHUNK = 16 * 1024
QUICK = Millis(250)
"""A chunk whose acknowledgement came within this time may be followed by one of twice its size."""
SLOW = Millis(600)
"""One that took longer is followed by smaller ones."""

TRIED_AGAIN = 200
"""Chunks after which a size at which the connection broke, or that was lost, is tried once more."""

_AROUND = 2_048
"""Bytes of a message beside the chunk in it, at the very most."""


@dataclass(frozen=True, slots=True)
class Pace:
    """The next chunk has at most `size` bytes. `most` bounds it since a connection broke or a chunk was lost, `since`
    so many chunks ago; `limit` is what the broker takes.
    """

    size: int = FIRST_CHUNK
    most: int = MOST_CHUNK
    limit: int = MOST_CHUNK
    since: int = 0


def connected(pace: Pace, packet: int, cut_off: int) -> Pace:
    """A new connection whose broker takes packets of `packet` bytes (0: it does not say). `cut_off`: bytes of the chunk
    in which the last one ended, 0 for none: too large for that broker, or for a link that was taken to be dead.
    """
    limit = min(MOST_CHUNK, max(1, (packet - _AROUND) * 3 // 4)) if packet else MOST_CHUNK
    most, since = (max(LEAST_CHUNK, cut_off // 2), 0) if cut_off else (pace.most, pace.since)
    return Pace(min(LEAST_CHUNK if cut_off else FIRST_CHUNK, most, limit), most, limit, since)


def lost(pace: Pace, sent: int) -> Pace:
    """The broker has acknowledged a chunk of `sent` bytes, and it has not arrived: one with a limit may drop what is
    beyond and say nothing.
    """
    most = max(LEAST_CHUNK, sent // 2)
    return Pace(min(pace.size, most), most, pace.limit)


def acknowledged(pace: Pace, sent: int, took: Millis) -> Pace:
    """The broker has acknowledged a chunk of `sent` bytes after `took`."""
    most, since = pace.most, pace.since + 1
    if since >= TRIED_AGAIN:
        most, since = min(2 * most, MOST_CHUNK), 0
    size = pace.size
    if took > SLOW:
        size = max(LEAST_CHUNK, min(size // 2, sent * QUICK // took))
    elif took <= QUICK and sent >= size:
        size = 2 * size
    return Pace(min(size, most, pace.limit), most, pace.limit, since)
