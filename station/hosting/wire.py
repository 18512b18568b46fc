"""The wire between the lane and one worker: one JSON message per packet of an AF_UNIX SOCK_SEQPACKET pair.

A worker serves one device, or all devices of one bus. The messages of a bus worker and those to it name the device;
for a worker with one device `device` is "".

Packets are whole or absent, also when a side is killed in the middle of a send, and neither side ever blocks
in a send: a full wire is reported and the sender decides what that means.
"""

import select
import socket
from dataclasses import dataclass
from typing import Any, Self

from drivers.contract import plain
from drivers.contract.clips import RingSettings
from drivers.contract.driver import Answer, Identity
from drivers.contract.faults import Fault
from drivers.contract.orders import Order
from drivers.contract.quantities import Millis, Tick
from drivers.contract.readings import Reading

LARGEST_PACKET = 32 * 1024
"""Bytes of one message. Pictures and lists travel as files; the message carries path and hash."""


@dataclass(frozen=True, slots=True)
class Open:
    """Lane to worker, once and first: what to open. `settings` is canonical JSON text of the driver's settings.

    `record` is the folder of the wire's flight recorder, "" for none, and `record_size` its most bytes. `ring` is where
    a camera that keeps clips has its newest frames.
    """

    device: str
    kind: str
    settings: str
    evidence: str
    record: str = ""
    record_size: int = 0
    ring: RingSettings | None = None


@dataclass(frozen=True, slots=True)
class BusUnit:
    """One device of a bus: what to open, the time between two polls, and whether it goes before the others."""

    opening: Open
    period: Millis
    is_first: bool


@dataclass(frozen=True, slots=True)
class OpenBus:
    """Lane to worker, once and first, instead of `Open`. `settings` is canonical JSON text of the bus's settings."""

    bus: str
    settings: str
    units: tuple[BusUnit, ...]


@dataclass(frozen=True, slots=True)
class Obey:
    """Lane to worker: an order. Always answered by `Answered`, unless the device is lost first."""

    order: Order
    device: str = ""


@dataclass(frozen=True, slots=True)
class Stop:
    """Lane to worker: leave in good order."""


@dataclass(frozen=True, slots=True)
class Opened:
    """Worker to lane: the device is open and answers."""

    identity: Identity
    device: str = ""


@dataclass(frozen=True, slots=True)
class Read:
    """Worker to lane: readings, in the order in which the device gave them."""

    readings: tuple[Reading, ...]
    device: str = ""


@dataclass(frozen=True, slots=True)
class Answered:
    """Worker to lane: what became of an order."""

    order_id: str
    answer: Answer
    device: str = ""


@dataclass(frozen=True, slots=True)
class Faulted:
    """Worker to lane: the device cannot go on and is closed.

    It is the last word of a worker with one device; a bus worker goes on and opens the device again by and by.
    """

    fault: Fault
    device: str = ""


@dataclass(frozen=True, slots=True)
class Beat:
    """Worker to lane: the worker's one loop still goes round."""

    tick: Tick


ToWorker = Open | OpenBus | Obey | Stop
ToLane = Opened | Read | Answered | Faulted | Beat


class WireClosed(Exception):
    """The other side is gone."""


class MessageTooLong(ValueError):
    """A message does not fit into one packet: a fault of the sender."""


def pair() -> tuple[socket.socket, socket.socket]:
    """Two connected ends; the second is meant for the worker."""
    return socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)


def packet(message: ToWorker | ToLane) -> bytes:
    """`message` as the bytes of one packet. Raises MessageTooLong."""
    data = plain.encode(message)
    if len(data) > LARGEST_PACKET:
        raise MessageTooLong(f"{type(message).__name__} of {len(data)} bytes; a packet holds {LARGEST_PACKET}")
    return data


class Wire:
    """One end of the pair. Never blocks except in `wait`."""

    def __init__(self, sock: socket.socket) -> None:
        sock.setblocking(False)
        self._sock = sock

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def fileno(self) -> int:
        """For select; -1 once closed."""
        return self._sock.fileno()

    def send(self, message: ToWorker | ToLane) -> bool:
        """True if the whole message is on its way, False if the wire is full. Raises WireClosed, MessageTooLong."""
        data = packet(message)
        try:
            self._sock.send(data)
        except BlockingIOError:
            return False
        except OSError as error:
            raise WireClosed(str(error)) from error
        return True

    def receive(self, union: Any) -> Any | None:  # noqa: ANN401 - a union is no type; see plain.decode
        """The next message of `union`, or None if none has arrived. Raises WireClosed, plain.NotPlain."""
        try:
            data = self._sock.recv(LARGEST_PACKET + 1)
        except BlockingIOError:
            return None
        except OSError as error:
            raise WireClosed(str(error)) from error
        if not data:
            raise WireClosed("end of file")
        if len(data) > LARGEST_PACKET:
            raise plain.NotPlain(f"a packet of more than {LARGEST_PACKET} bytes")
        return plain.decode(union, data)

    def wait(self, patience: Millis, *, writable: bool = False) -> bool:
        """Wait until something can be received (or sent, if `writable`); False if `patience` ran out first."""
        poll = select.poll()
        poll.register(self._sock, select.POLLOUT if writable else select.POLLIN)
        return bool(poll.poll(patience))

    def close(self) -> None:
        """Give this end back; the other side reads end of file. May be called twice."""
        self._sock.close()
