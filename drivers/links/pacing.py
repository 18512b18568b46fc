"""A real pty that carries a peer's bytes at the speed of a serial line.

A pty has no baud rate of its own, so bytes are released at the rate the line would have. Nothing here waits:
whoever runs the peers calls `service` from their loop.
"""

import os
import tty
from collections import deque
from contextlib import suppress
from pathlib import Path

from drivers.contract.quantities import Millis, Tick
from drivers.links.peer import Peer

_QUEUE_LIMIT = 65536
_READ_LIMIT = 4096


class PtyPort:
    """The far end of a serial port that a driver finds under the symlink `name`.

    `peer` speaks and hears; `baud` and `bits_per_byte` (start, data, parity and stop bits) give the pace.
    Nobody reading means bytes lost, as on a wire; `lost` counts them.
    """

    def __init__(self, name: Path, peer: Peer, baud: int = 9600, bits_per_byte: int = 10) -> None:
        self.name = name
        self.lost = 0
        self._peer = peer
        self._baud = baud
        self._bits_per_byte = bits_per_byte
        self._queue: deque[int] = deque()
        self._bits_ready = 0  # in thousandths of a bit: milliseconds times baud
        self._last: Tick | None = None
        self._master = -1
        self._slave = -1
        self.replug()

    @property
    def plugged(self) -> bool:
        """Whether the port exists now."""
        return self._master >= 0

    def service(self, now: Tick) -> None:
        """Let the peer speak for the time since the last call, hear what was written, send what the pace allows."""
        elapsed = Millis(0 if self._last is None else max(0, now - self._last))
        self._last = now
        self._pass_on(self._due(elapsed))
        self._queue_up(self._peer.advance(elapsed) if elapsed else b"")
        if self.plugged:
            self._queue_up(self._hear())

    def unplug(self) -> None:
        """The port vanishes: its name goes, and whoever has it open gets an I/O error."""
        if self.plugged:
            self.name.unlink(missing_ok=True)
            os.close(self._slave)
            os.close(self._master)
            self._master = self._slave = -1
            self._queue.clear()
            self._bits_ready = 0

    def replug(self) -> None:
        """The port is back under the same name, as a new device."""
        if self.plugged:
            return
        self._master, self._slave = os.openpty()  # we keep the slave: without it the master fails when a driver closes
        tty.setraw(self._slave)
        os.set_blocking(self._master, False)
        fresh = self.name.with_name(self.name.name + ".new")
        fresh.unlink(missing_ok=True)
        fresh.symlink_to(os.ttyname(self._slave))
        fresh.replace(self.name)

    def close(self) -> None:
        """Remove the port for good. May be called twice."""
        self.unplug()

    def _due(self, elapsed: Millis) -> bytes:
        """The queued bytes that the line has carried by now. An idle line saves up nothing."""
        if not self._queue:
            return b""
        self._bits_ready += elapsed * self._baud
        count = min(len(self._queue), self._bits_ready // (1000 * self._bits_per_byte))
        due = bytes(self._queue.popleft() for _ in range(count))
        self._bits_ready = self._bits_ready - count * 1000 * self._bits_per_byte if self._queue else 0
        return due

    def _pass_on(self, data: bytes) -> None:
        sent = 0
        if data and self.plugged:
            with suppress(BlockingIOError):  # nobody reads and the buffer is full
                sent = os.write(self._master, data)
        self.lost += len(data) - sent

    def _queue_up(self, data: bytes) -> None:
        taken = data[: _QUEUE_LIMIT - len(self._queue)]
        self._queue.extend(taken)
        self.lost += len(data) - len(taken)

    def _hear(self) -> bytes:
        try:
            data = os.read(self._master, _READ_LIMIT)
        except BlockingIOError:
            return b""
        return self._peer.feed(data)
