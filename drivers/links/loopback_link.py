"""A wire to a peer in the same process: no I/O, no waiting, time from the given clock.

The wire can split, delay and damage what the peer sends, by seed, so that a failing run can be repeated.
"""

import random
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass

from drivers.contract.driver import Clock
from drivers.contract.faults import DeviceFault
from drivers.contract.quantities import Millis, Permille, Tick
from drivers.links.peer import Peer


@dataclass(frozen=True, slots=True)
class Damage:
    """What the wire does to bytes on their way to the driver, each byte by itself.

    `split`: the chance that a read ends after the byte. `delay`: it comes up to so much later, never out of order.
    `flip`, `drop`, `duplicate`: the chances that one bit is inverted, that it is lost, that it comes twice.
    """

    seed: int = 0
    split: Permille = Permille(0)
    delay: Millis = Millis(0)
    flip: Permille = Permille(0)
    drop: Permille = Permille(0)
    duplicate: Permille = Permille(0)


class LoopbackLink:
    """`peer` as a Link. `read` returns what has come by now and never waits: a fake clock decides what "now" is."""

    def __init__(self, peer: Peer, clock: Clock, damage: Damage | None = None, thing: str = "loopback") -> None:
        self._peer = peer
        self._clock = clock
        self._damage = damage or Damage()
        self._random = random.Random(self._damage.seed)
        self._thing = thing
        self._seen = clock()
        self._coming: deque[tuple[Tick, int]] = deque()
        self._plugged = True
        self._open = False

    def __str__(self) -> str:
        return self._thing

    def unplug(self) -> None:
        """Take the wire away; every use of it raises DeviceFault("port-missing") from now on."""
        self._plugged = False

    def replug(self) -> None:
        """Put the wire back; it must be opened again."""
        self._plugged = True
        self._open = False

    def open(self) -> None:
        if not self._plugged:
            raise self._missing("no such wire")
        self._gather()
        self._coming.clear()  # what the device said to nobody is lost
        self._open = True

    def read(self, patience: Millis) -> bytes:
        self._require_open()
        self._gather()
        now = self._clock()
        data = bytearray()
        while self._coming and self._coming[0][0] <= now:
            data.append(self._coming.popleft()[1])
            if self._chance(self._damage.split):
                break
        return bytes(data)

    def write(self, data: bytes, patience: Millis) -> None:
        self._require_open()
        self._gather()
        self._send(self._peer.feed(data))

    def discard_input(self) -> None:
        self._require_open()
        self._gather()
        self._coming.clear()

    def close(self) -> None:
        self._open = False

    def _gather(self) -> None:
        """Let the peer speak for the time that has passed."""
        now = self._clock()
        elapsed, self._seen = Millis(now - self._seen), now
        if elapsed > 0:
            self._send(self._peer.advance(elapsed))

    def _send(self, data: bytes) -> None:
        for byte in self._damaged(data):
            due = Tick(self._clock() + self._random.randint(0, self._damage.delay))
            if self._coming:
                due = max(due, self._coming[-1][0])
            self._coming.append((due, byte))

    def _damaged(self, data: bytes) -> Iterator[int]:
        for byte in data:
            if self._chance(self._damage.drop):
                continue
            flip = 1 << self._random.randrange(8) if self._chance(self._damage.flip) else 0
            yield byte ^ flip
            if self._chance(self._damage.duplicate):
                yield byte ^ flip

    def _chance(self, share: Permille) -> bool:
        return share > 0 and self._random.randrange(1000) < share

    def _require_open(self) -> None:
        if not (self._plugged and self._open):
            raise self._missing("the wire is gone" if not self._plugged else "the wire is not open")

    def _missing(self, seen: str) -> DeviceFault:
        return DeviceFault("port-missing", self._thing, seen, "plug it in and open the device again")
