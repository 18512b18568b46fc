"""A recording as a wire, with the clock of its own time."""

import time
from collections.abc import Iterable
from itertools import pairwise

from drivers.contract.faults import DeviceFault
from drivers.contract.quantities import Millis, Tick
from drivers.links.flight_recorder import Entry

_LONGEST_GAP = 60_000
"""Milliseconds between two entries at most: longer silences are played as this, and so is the step between boots."""
_UNASKED = 1000
"""Milliseconds for which the recording waits for a question that its driver has asked then."""


class PlayedLink:
    """What a recording says a device has said, as a Link; time passes only as the recording is read.

    Give `clock` to the driver. A read waits in the recording's time, and in real time too if `at_pace`. A question
    moves on to where the recording has the same one, so that its answer comes next; one that it has not is a
    DeviceFault("silent") and moves on to the next opening of the wire, where a driver may begin anew. Opening, closing
    and the faults of the recording change nothing.
    """

    def __init__(self, entries: Iterable[Entry] = (), name: str = "recording", *, at_pace: bool = False) -> None:
        self._entries: list[Entry] = []
        self._times: list[int] = []
        self._next = 0
        self._now = 0
        self._late = 0  # how far the driver is behind the recording
        self._name = name
        self._at_pace = at_pace
        self.add(entries)

    def __str__(self) -> str:
        return self._name

    def add(self, entries: Iterable[Entry]) -> None:
        """Go on with `entries`: a recording that is still being made."""
        fresh = [*self._entries[-1:], *entries]
        if not self._entries and fresh:
            self._entries = fresh[:1]
            self._now = self._now or fresh[0].tick
            self._times = [self._now]
        for before, entry in pairwise(fresh):
            self._entries.append(entry)
            self._times.append(self._times[-1] + min(max(0, entry.tick - before.tick), _LONGEST_GAP))

    @property
    def is_over(self) -> bool:
        """Whether everything has been read."""
        return self._next >= len(self._entries)

    def clock(self) -> Tick:
        """The recording's time."""
        return Tick(self._now)

    def idle(self, duration: Millis) -> None:
        """Let `duration` pass unread: for a driver that waits without looking at its wire."""
        self._pass(self._now + duration)

    def open(self) -> None: ...

    def read(self, patience: Millis) -> bytes:
        ends = self._now + patience
        while not self.is_over:
            entry, due = self._entries[self._next], self._times[self._next] + self._late
            if entry.mark == ">":
                due += _UNASKED
            if due > ends:
                break
            self._pass(due)
            self._next += 1
            if entry.mark == "<":
                return entry.data
        self._pass(ends)
        return b""

    def write(self, data: bytes, patience: Millis) -> None:
        for n in range(self._next, len(self._entries)):
            if self._entries[n].mark == ">" and self._entries[n].data == data:
                self._late += max(0, self._now - (self._times[n] + self._late))
                self._pass(self._times[n] + self._late)
                self._next = n + 1
                return
        later = range(self._next + 1, len(self._entries))
        self._next = next((n for n in later if self._entries[n].mark == "="), len(self._entries))
        raise DeviceFault(
            "silent", self._name, f"holds no question {data.hex(' ')}", "play it with the settings it was made with"
        )

    def discard_input(self) -> None: ...

    def close(self) -> None: ...

    def _pass(self, until: int) -> None:
        if self._at_pace and until > self._now:
            time.sleep((until - self._now) / 1000)
        self._now = max(self._now, until)
