"""Cutting a stream into frames that state their length and carry a checksum. Pure and incremental; nothing raises.

A false beginning states a false length, and waiting for it would swallow what follows. So it is given up as soon as
two whole frames in a row stand behind it, or when the line pauses.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

F = TypeVar("F")


@dataclass(frozen=True, slots=True)
class BadBytes:
    """Bytes that belong to no frame."""

    raw: bytes


class LengthFrames(Generic[F]):
    """Feed it what arrives, in any pieces. Every byte fed leaves in exactly one frame or BadBytes, in order.

    `length_of` says how long a frame with this beginning is: 0 if none begins so, None if that needs more bytes.
    `read` makes the frame of so many bytes, or None if its checksum or its parts are wrong.
    """

    def __init__(self, length_of: Callable[[bytes], int | None], read: Callable[[bytes], F | None]) -> None:
        self._length_of = length_of
        self._read = read
        self._held = b""

    def feed(self, data: bytes) -> list[F | BadBytes]:
        """What `data` completes."""
        self._held += data
        return self._cut(is_over=False)

    def flush(self) -> list[F | BadBytes]:
        """What is left after a pause: no frame is under way any more."""
        return self._cut(is_over=True)

    def _cut(self, *, is_over: bool) -> list[F | BadBytes]:
        found: list[F | BadBytes] = []
        bad = b""
        while self._held:
            length = self._length_of(self._held)
            if length is None or length > len(self._held):
                skipped = 1 if is_over else self._before_two_frames()
                if not skipped:
                    break
                bad, self._held = bad + self._held[:skipped], self._held[skipped:]
                continue
            frame = self._read(self._held[:length]) if length else None
            if frame is None:
                bad, self._held = bad + self._held[:1], self._held[1:]
                continue
            found += [BadBytes(bad)] if bad else []
            found.append(frame)
            bad, self._held = b"", self._held[length:]
        return [*found, BadBytes(bad)] if bad else found

    def _before_two_frames(self) -> int:
        """How many bytes stand before two whole frames in a row; 0 if there are none."""
        for at in range(1, len(self._held)):
            if (first := self._whole(at)) and self._whole(at + first):
                return at
        return 0

    def _whole(self, at: int) -> int:
        """The length of the whole frame that begins at `at`; 0 if there is none."""
        rest = self._held[at:]
        length = self._length_of(rest) if rest else None
        return length if length and length <= len(rest) and self._read(rest[:length]) is not None else 0
