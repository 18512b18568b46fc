"""What a worker could not hand over yet, because the lane was busy.

Edges and answers wait in their order and are never dropped. Samples (what is the case now) and beats are
replaced by the newest of their kind and device, which takes its place at the end.
"""

from collections import deque

from drivers.contract import plain
from drivers.contract.readings import BytesRefused, DeckSample, OutputsRead, Reading
from station.hosting.wire import LARGEST_PACKET, Answered, Beat, Faulted, MessageTooLong, Opened, Read, Wire

_REPLACED_BY_NEWEST = (DeckSample, OutputsRead, BytesRefused, Beat)
_MOST_WAITING = 10_000
_ENVELOPE = 128  # bytes of `Read` around its readings, the device's name among them
_Message = Opened | Answered | Faulted | Beat
_Item = Reading | _Message


class LaneDeaf(Exception):
    """So much waits for the lane that it must be taken for gone."""


class Pending:
    """The worker's queue towards the lane."""

    def __init__(self) -> None:
        self._items: deque[tuple[_Item, str, int]] = deque()

    def __len__(self) -> int:
        return len(self._items)

    def put(self, item: _Item, device: str = "") -> None:
        """Queue `item`; `device` is whose reading it is.

        Raises LaneDeaf when 10,000 items wait, MessageTooLong if it never fits into a packet.
        """
        size = len(plain.encode(item))
        if size + _ENVELOPE > LARGEST_PACKET:
            raise MessageTooLong(f"{type(item).__name__} of {size} bytes; a packet holds {LARGEST_PACKET}")
        if isinstance(item, _REPLACED_BY_NEWEST):
            self._forget(type(item), device)
        if len(self._items) >= _MOST_WAITING:
            raise LaneDeaf(f"{len(self._items)} readings wait for the lane")
        self._items.append((item, device, size))

    def flush(self, wire: Wire) -> bool:
        """Hand over as much as the wire takes; True when nothing waits any more. Raises WireClosed."""
        while self._items:
            message, taken = self._head()
            if not wire.send(message):
                return False
            for _ in range(taken):
                self._items.popleft()
        return True

    def _forget(self, kind: type, device: str) -> None:
        for index, (item, whose, _) in enumerate(self._items):
            if type(item) is kind and whose == device:
                del self._items[index]
                return

    def _head(self) -> tuple[Read | _Message, int]:
        """The next message, and how many items it carries: readings that follow each other share a packet."""
        first, device, _ = self._items[0]
        if isinstance(first, _Message):
            return first, 1
        run: list[Reading] = []
        room = LARGEST_PACKET - _ENVELOPE
        for item, whose, size in self._items:
            room -= size + 1
            if isinstance(item, _Message) or whose != device or room < 0:
                break
            run.append(item)
        return Read(tuple(run) or (first,), device), max(1, len(run))
