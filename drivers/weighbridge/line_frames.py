"""Cutting a stream into lines that end with CR, LF or another mark. Pure and incremental; nothing raises."""

import re
from collections.abc import Callable
from typing import Generic, TypeVar

from drivers.weighbridge.fixed_frames import BadBytes

F = TypeVar("F")


class LineFrames(Generic[F]):
    """Feed it what arrives, in any pieces. Every byte fed leaves in exactly one frame or BadBytes, in order.

    Any number of the bytes `ends` ends a line. `read` makes a frame of a line, ends taken off, and of its bytes as
    they came; None if it is none. A line longer than `longest` bytes, ends included, is bad to its end; more is never
    held.
    """

    def __init__(self, longest: int, read: Callable[[bytes, bytes], F | None], ends: bytes = b"\r\n") -> None:
        self._longest = longest
        self._ends = ends
        self._end = re.compile(b"[" + re.escape(ends) + b"]")
        self._read = read
        self._held = b""
        self._is_too_long = False

    def feed(self, data: bytes) -> list[F | BadBytes]:
        """What `data` completes."""
        found: list[F | BadBytes] = []
        self._held += data
        while True:
            # What is left of the last line's end belongs to the next line; the end of a line too long is awaited.
            begin = 0 if self._is_too_long else len(self._held) - len(self._held.lstrip(self._ends))
            end = self._end.search(self._held, begin)
            if end is None and len(self._held) < self._longest:
                return found
            length = min(end.end() if end else self._longest, self._longest)
            raw, self._held = self._held[:length], self._held[length:]
            is_whole = not self._is_too_long and end is not None and end.end() == length
            frame = self._read(raw.strip(self._ends), raw) if is_whole else None
            found.append(BadBytes(raw) if frame is None else frame)
            self._is_too_long = end is None or end.end() > length
