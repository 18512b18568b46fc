"""A simulated serial bus: every unit hears all that the host sends, and answers for itself only."""

from collections.abc import Sequence

from drivers.contract.quantities import Millis
from drivers.links.peer import Peer


class BusLine:
    """`units` on one line of `baud`. What the host sends takes the time of the line before anybody has heard it.

    The time of the answers is the business of the port that carries them (`pacing.PtyPort`).
    """

    def __init__(self, units: Sequence[Peer], baud: int = 9600, bits_per_byte: int = 10) -> None:
        self._units = units
        self._byte_us = 1_000_000 * bits_per_byte // baud
        self._now_us = 0
        self._busy_until_us = 0
        self._coming: list[tuple[int, bytes]] = []

    def feed(self, data: bytes) -> bytes:
        """The host sends `data`; it is heard later."""
        self._busy_until_us = max(self._busy_until_us, self._now_us) + len(data) * self._byte_us
        self._coming.append((self._busy_until_us, data))
        return b""

    def advance(self, elapsed: Millis) -> bytes:
        """What the units say in the next `elapsed` ms; two at once follow each other, their frames unharmed."""
        self._now_us += elapsed * 1000
        said = b"".join(unit.advance(elapsed) for unit in self._units)
        while self._coming and self._coming[0][0] <= self._now_us:
            _, data = self._coming.pop(0)
            said += b"".join(unit.feed(data) for unit in self._units)
        return said
