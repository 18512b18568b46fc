"""The far end of a byte wire, as the links and ptys that carry it see it."""

from typing import Protocol

from drivers.contract.quantities import Millis


class Peer(Protocol):
    """A device's voice: no physics, no clock of its own, no I/O."""

    def feed(self, data: bytes) -> bytes:
        """What the device answers to `data`; b"" if it does not."""

    def advance(self, elapsed: Millis) -> bytes:
        """What the device sends by itself during the next `elapsed` milliseconds."""
