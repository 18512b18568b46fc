"""Frames of document readers, bytes to lines. Pure; the caller tells pauses; nothing raises.

    rte      SOH length length "OU" STX flag  line CR line CR line CR  ETX [BCC]
    swipe    STX line CR line [CR line] [CR] ETX

rte: 3M RTE6701 native protocol (integration manual p. 25-26). An absent line is still its CR, the lowest line is the
third; lines are filled with "_" to 30 or 44 and cut when longer. How BCC is formed is on no page at hand: taken as the
exclusive or of all from the length to ETX, UNVERIFIED, and only looked at where the settings say so; the length word is
not used. swipe: the usual form of swipe readers, from no maker's page.
"""

import re
from dataclasses import dataclass
from functools import reduce
from operator import xor
from typing import Literal

from drivers.contract.quantities import Millis, Tick

Frame = Literal["rte", "swipe"]

_SOH, _STX, _ETX = b"\x01", b"\x02", b"\x03"
_RTE = re.compile(rb"\x01..OU\x02.([^\x01-\x03]*)\x03", re.DOTALL)
_SWIPE = re.compile(rb"\x02([^\x01-\x03]*)\x03")
_LONGEST = 256


@dataclass(frozen=True, slots=True)
class Page:
    """One document as it was read: its lines from top to bottom, without fill and without absent ones."""

    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class BadPage:
    """Bytes that are no page."""

    raw: bytes


class MrzDecoder:
    """Feed it what arrives; call `wait` when a read has come back empty. `quiet` ends what has no end.

    Every byte leaves in exactly one Page or BadPage, in order. With `bcc` a checksum byte follows ETX.
    """

    def __init__(self, frame: Frame, quiet: Millis, *, bcc: bool) -> None:
        self._form = _RTE if frame == "rte" else _SWIPE
        self._quiet = quiet
        self._tail = 1 if bcc else 0
        self._held = b""
        self._heard = Tick(0)

    def feed(self, data: bytes, now: Tick) -> list[Page | BadPage]:
        """What `data`, read at `now`, completes."""
        self._held += data
        self._heard = now
        found: list[Page | BadPage] = []
        while (page := self._form.search(self._held)) and len(self._held) >= page.end() + self._tail:
            end = page.end() + self._tail
            if page.start():
                found.append(BadPage(self._held[: page.start()]))
            raw, self._held = self._held[page.start() : end], self._held[end:]
            is_right = not self._tail or reduce(xor, raw[1:-1]) == raw[-1]
            found.append(Page(_lines(page[1])) if is_right else BadPage(raw))
        if page is None and len(self._held) > _LONGEST:
            found.append(BadPage(self._held[:-_LONGEST]))
            self._held = self._held[-_LONGEST:]
        return found

    def wait(self, now: Tick) -> list[Page | BadPage]:
        """What the pause until `now` ends."""
        due = self.due()
        if due is None or now < due:
            return []
        raw, self._held = self._held, b""
        return [BadPage(raw)]

    def due(self) -> Tick | None:
        """When `wait` has something to say if nothing more arrives; None for never."""
        return Tick(self._heard + self._quiet) if self._held else None


def _lines(text: bytes) -> tuple[str, ...]:
    """Bytes above 7F become letters that no zone holds, so that its alphabet refuses them."""
    parts = (line.strip(b"\n").rstrip(b"_").decode("latin-1") for line in text.split(b"\r"))
    return tuple(line for line in parts if line)
