"""Codes from a barcode or QR reader that sends text and a suffix. Pure; the caller says what time it is.

A QR code may hold CR or LF itself, so neither the suffix nor a pause alone ends a code: it ends with the suffix
followed by a pause. Only where the bytes leave no doubt, two codes in one burst are told apart: at ETX, which no
text holds, and at a suffix directly followed by an AIM identifier if the reader is set to send them.
"""

import re
from dataclasses import dataclass
from typing import Literal

from drivers.contract.quantities import Millis, Tick

Suffix = Literal["cr", "lf", "crlf", "etx"]
SUFFIXES: dict[Suffix, bytes] = {"cr": b"\r", "lf": b"\n", "crlf": b"\r\n", "etx": b"\x03"}

_LONGEST = 4096
_GIVE_UP_AFTER = 10  # pauses without a suffix
_AIM = re.compile(rb"\][A-Za-z][0-9A-Za-z]")  # AIM identifier: "]", code letter, modifier


@dataclass(frozen=True, slots=True)
class Scan:
    """One code. `symbology` is its AIM identifier such as "]Q1", or ""; `raw` all its bytes with the suffix."""

    text: str
    symbology: str
    raw: bytes


@dataclass(frozen=True, slots=True)
class BadScan:
    """Bytes that are no code: not UTF-8, empty, without a suffix or longer than 4096 bytes."""

    raw: bytes


class LineDecoder:
    """Feed it what arrives; call `wait` when a read has come back empty: only that proves a pause.

    `quiet` is the pause that ends a code after its suffix. (Bytes that lay unread while the process was held up
    arrived without a pause, whatever the clock says.) Every byte leaves in exactly one Scan or BadScan, in order.
    """

    def __init__(self, suffix: Suffix, quiet: Millis, *, aim: bool = False) -> None:
        self._suffix = SUFFIXES[suffix]
        self._quiet = quiet
        self._aim = aim
        self._held = bytearray()
        self._heard = Tick(0)
        self._overlong = False

    def feed(self, data: bytes, now: Tick) -> list[Scan | BadScan]:
        """What `data`, read at `now`, completes by itself."""
        found: list[Scan | BadScan] = []
        self._held += data
        self._heard = now
        while (end := self._sure_end()) is not None:
            found.append(self._read(bytes(self._held[:end])))
            del self._held[:end]
        if len(self._held) > _LONGEST:
            found.append(BadScan(bytes(self._held)))
            self._held.clear()
            self._overlong = True
        return found

    def wait(self, now: Tick) -> list[Scan | BadScan]:
        """What the pause until `now` completes."""
        due = self.due()
        if due is None or now < due:
            return []
        raw = bytes(self._held)
        self._held.clear()
        if self._overlong:
            self._overlong = False
            return [BadScan(raw)] if raw else []
        return [self._read(raw)]

    def due(self) -> Tick | None:
        """When `wait` will have something to say if nothing more arrives; None if there is nothing to wait for."""
        if not self._held and not self._overlong:
            return None
        complete = self._held.endswith(self._suffix) and not self._overlong
        return Tick(self._heard + self._quiet * (1 if complete else _GIVE_UP_AFTER))

    def _sure_end(self) -> int | None:
        """Where the first code ends, if the bytes alone leave no doubt."""
        if self._overlong:
            return None
        if self._suffix == SUFFIXES["etx"]:
            return self._held.find(self._suffix) + 1 or None
        if self._aim and (again := re.search(re.escape(self._suffix) + _AIM.pattern, self._held)):
            return again.start() + len(self._suffix)
        return None

    def _read(self, raw: bytes) -> Scan | BadScan:
        if not raw.endswith(self._suffix):
            return BadScan(raw)
        payload = raw[: -len(self._suffix)]
        symbology = b""
        if self._aim and (prefix := _AIM.match(payload)):
            symbology = prefix.group()
        try:
            text = payload[len(symbology) :].decode()
        except UnicodeDecodeError:
            return BadScan(raw)
        return Scan(text, symbology.decode(), raw) if text else BadScan(raw)
