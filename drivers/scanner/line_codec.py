"""Codes from a reader that sends text between an optional prefix and a suffix. Pure; the caller says what time it is.

A QR code may hold CR or LF itself, so neither the suffix nor a pause alone ends a code: it ends with the suffix
followed by a pause. Only where the bytes leave no doubt, two codes in one burst are told apart: at a suffix with ETX,
which no text holds, and at a suffix directly followed by STX or an AIM identifier, if the reader always sends them.
"""

import re
from dataclasses import dataclass
from typing import Literal

from drivers.contract.quantities import Millis, Tick

Suffix = Literal["cr", "lf", "crlf", "etx"]
SUFFIXES: dict[Suffix, bytes] = {"cr": b"\r", "lf": b"\n", "crlf": b"\r\n", "etx": b"\x03"}

Aim = Literal["off", "on", "auto"]
"""Whether an AIM identifier stands before each code: never, always, or it is taken off where there is one."""

Why = Literal["no-suffix", "no-prefix", "no-aim", "empty", "not-utf-8", "too-long"]
"""Why bytes are no code."""

_NAMED: dict[str, bytes] = {"stx": b"\x02", **{str(name): code for name, code in SUFFIXES.items()}}
_LONGEST_MARK = 8
_LONGEST = 3072  # the largest QR code holds 2953 bytes; all of them control characters, it still fits into a packet
_GIVE_UP_AFTER = 10  # pauses without a suffix
_AIM = re.compile(rb"\][A-Za-z][0-9A-Za-z]")  # AIM identifier: "]", code letter, modifier


@dataclass(frozen=True, slots=True)
class Scan:
    """One code. `symbology` is its AIM identifier such as "]Q1", or ""; `raw` all its bytes with prefix and suffix."""

    text: str
    symbology: str
    raw: bytes


@dataclass(frozen=True, slots=True)
class BadScan:
    """Bytes that are no code, and why."""

    raw: bytes
    why: Why


def mark(text: str) -> bytes:
    """The bytes of a prefix or suffix: "cr", "lf", "crlf", "etx", "stx", or up to 8 bytes in hex. Raises ValueError."""
    if text in _NAMED:
        return _NAMED[text]
    try:
        found = bytes.fromhex(text)
    except ValueError:
        found = b""
    if not 1 <= len(found) <= _LONGEST_MARK:
        names = ", ".join(sorted(_NAMED))
        raise ValueError(
            f"{text!r} is no prefix or suffix: one of {names}, or 1 to {_LONGEST_MARK} bytes in hex (0D03)"
        )
    return found


class LineDecoder:
    """Feed it what arrives; call `wait` when a read has come back empty: only that proves a pause.

    `suffix` and `prefix` as `mark` reads them, no prefix being "". `quiet` is the pause that ends a code after its
    suffix. (Bytes that lay unread while the process was held up arrived without a pause, whatever the clock says.)
    Every byte leaves in exactly one Scan or BadScan, in order.
    """

    def __init__(self, suffix: str, quiet: Millis, *, prefix: str = "", aim: Aim = "off") -> None:
        self._suffix = mark(suffix)
        self._prefix = mark(prefix) if prefix else b""
        self._quiet = quiet
        self._aim = aim
        self._boundary = self._sure_boundary()
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
            found.append(BadScan(bytes(self._held), "too-long"))
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
            return [BadScan(raw, "too-long")] if raw else []
        return [self._read(raw)]

    def due(self) -> Tick | None:
        """When `wait` will have something to say if nothing more arrives; None if there is nothing to wait for."""
        if not self._held and not self._overlong:
            return None
        complete = self._held.endswith(self._suffix) and not self._overlong
        return Tick(self._heard + self._quiet * (1 if complete else _GIVE_UP_AFTER))

    def _sure_boundary(self) -> re.Pattern[bytes] | None:
        """What in the bytes alone proves that a code has ended; the code ends with the first group."""
        suffix, prefix = re.escape(self._suffix), re.escape(self._prefix)
        if b"\x03" in self._suffix:
            return re.compile(b"(" + suffix + b")")
        if self._aim == "on":
            return re.compile(b"(" + suffix + b")" + prefix + _AIM.pattern)
        return re.compile(b"(" + suffix + b")" + prefix) if b"\x02" in self._prefix else None

    def _sure_end(self) -> int | None:
        """Where the first code ends, if the bytes alone leave no doubt."""
        if self._overlong or self._boundary is None:
            return None
        again = self._boundary.search(self._held)
        return again.end(1) if again else None

    def _read(self, raw: bytes) -> Scan | BadScan:
        if not raw.endswith(self._suffix):
            return BadScan(raw, "no-suffix")
        if not raw.startswith(self._prefix) or len(raw) < len(self._prefix) + len(self._suffix):
            return BadScan(raw, "no-prefix")
        payload = raw[len(self._prefix) : -len(self._suffix)]
        identifier = _AIM.match(payload) if self._aim != "off" else None
        if identifier is None and self._aim == "on":
            return BadScan(raw, "no-aim" if payload else "empty")
        symbology = identifier.group() if identifier else b""
        try:
            text = payload[len(symbology) :].decode()
        except UnicodeDecodeError:
            return BadScan(raw, "not-utf-8")
        return Scan(text, symbology.decode(), raw) if text else BadScan(raw, "empty")
