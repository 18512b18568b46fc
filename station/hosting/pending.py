"""What a worker could not hand over yet, because the lane was busy.

Edges and answers wait in their order and are never dropped. Samples (what is the case now) and beats are
replaced by the newest of their kind, which takes its place at the end.
"""

from collections import deque

from drivers.contract import plain
from drivers.contract.readings import BytesRefused, DeckSample, OutputsRead, Reading
from station.hosting.wire import LARGEST_PACKET, Answered, Beat, Faulted, MessageTooLong, Opened, Read, Wire

_REPLACED_BY_NEWEST = (DeckSample, OutputsRead, BytesRefused, Beat)
_MOST_WAITING = 10_000
_ENVELOPE = 64  # bytes of `Read` around its readings
_Item = Reading | Opened | Answered | Faulted | Beat


class LaneDeaf(Exception):
    """So much waits for the lane that it must be taken for gone."""


class Pending:
    """The worker's queue towards the lane."""

    def __init__(self) -> None:
        self._items: deque[tuple[_Item, int]] = deque()

    def __len__(self) -> int:
        return len(self._items)

    def put(self, item: _Item) -> None:
        """Queue `item`. Raises LaneDeaf when 10,000 items wait, MessageTooLong if it never fits into a packet."""
        size = len(plain.encode(item))
        if size + _ENVELOPE > LARGEST_PACKET:
            raise MessageTooLong(f"{type(item).__name__} of {size} bytes; a packet holds {LARGEST_PACKET}")
        if isinstance(item, _REPLACED_BY_NEWEST):
            self._forget(type(item))
        if len(self._items) >= _MOST_WAITING:
            raise LaneDeaf(f"{len(self._items)} readings wait for the lane")
        self._items.append((item, size))

    def flush(self, wire: Wire) -> bool:
        """Hand over as much as the wire takes; True when nothing waits any more. Raises WireClosed."""
        while self._items:
            message, taken = self._head()
            if not wire.send(message):
                return False
            for _ in range(taken):
                self._items.popleft()
        return True

    def _forget(self, kind: type) -> None:
        for index, (item, _) in enumerate(self._items):
            if type(item) is kind:
                del self._items[index]
                return

    def _head(self) -> tuple[Read | Opened | Answered | Faulted | Beat, int]:
        """The next message, and how many items it carries: readings that follow each other share a packet."""
        first, _ = self._items[0]
        if isinstance(first, Opened | Answered | Faulted | Beat):
            return first, 1
        run: list[Reading] = []
        room = LARGEST_PACKET - _ENVELOPE
        for item, size in self._items:
            room -= size + 1
            if isinstance(item, Opened | Answered | Faulted | Beat) or room < 0:
                break
            run.append(item)
        return Read(tuple(run) or (first,)), max(1, len(run))
