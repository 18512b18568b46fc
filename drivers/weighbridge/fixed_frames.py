"""Cutting a stream into frames of one length, by what may stand at each place. Pure and incremental; nothing raises."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

F = TypeVar("F")


@dataclass(frozen=True, slots=True)
class BadBytes:
    """Bytes that belong to no frame."""

    raw: bytes


class FixedFrames(Generic[F]):
    """Feed it what arrives, in any pieces. Every byte fed leaves in exactly one frame or BadBytes, in order.

    `length` is a frame's; `seen` how many bytes must be seen to believe it, more than `length` where only the next
    frame's beginning proves the end of this one. `may_begin` says of the first bytes, at most `seen`, whether they
    can be the beginning of a frame, and of `seen` bytes whether they are one. `read` makes the frame of `length` bytes.
    """

    def __init__(
        self,
        length: int,
        may_begin: Callable[[bytes], bool],
        read: Callable[[bytes], F],
        *,
        seen: int = 0,
    ) -> None:
        self._length = length
        self._seen = max(length, seen)
        self._may_begin = may_begin
        self._read = read
        self._held = bytearray()

    def feed(self, data: bytes) -> list[F | BadBytes]:
        """What `data` completes."""
        self._held += data
        found: list[F | BadBytes] = []
        bad = bytearray()
        while self._held:
            candidate = bytes(self._held[: self._seen])
            if not self._may_begin(candidate):
                bad.append(self._held.pop(0))
                continue
            if len(candidate) < self._seen:
                break
            if bad:
                found.append(BadBytes(bytes(bad)))
                bad.clear()
            found.append(self._read(candidate[: self._length]))
            del self._held[: self._length]
        if bad:
            found.append(BadBytes(bytes(bad)))
        return found
