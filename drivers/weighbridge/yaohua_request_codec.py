"""Yaohua XK3190 command mode (tF = 1), Keli XK3118K9 too: requests and answers. Pure; no input raises.

    request   STX address command XOR XOR ETX
    answer    STX address 'B' sign digit x6 decimals XOR XOR ETX      gross; 'C' tare and 'D' net alike

Addresses are 'A' to 'Z'. XOR covers everything between STX and itself and is written as two capital hex digits, high
nibble first. An answer of 14 bytes has place for a sign, six digits and one more: the continuous output's decimals.
A request that is not understood is answered with EOT in the place of the command (DS1).
Sources: Yaohua A9+, A23p and DS1 manuals, tables of the command mode; Keli XK3118K9-R manual, p. 9 and 10.
"""

import re
from dataclasses import dataclass
from functools import reduce
from operator import xor

from drivers.contract.quantities import GRAMS_PER_KILOGRAM, Grams
from drivers.weighbridge.fixed_frames import BadBytes

_ANSWER = re.compile(
    rb"\x02(?P<address>[A-Z])(?:(?P<what>[BCD])(?P<sign>[+-])(?P<digits>\d{6})(?P<decimals>[0-4])|\x04|[AHI])"
    rb"(?P<check>[0-9A-F]{2})\x03"
)
_LONGEST_ANSWER = 14


@dataclass(frozen=True, slots=True)
class YaohuaAnswer:
    """One answer, read. `address` is 'A' to 'Z'; `what` is 'B', 'C' or 'D', "" if the indicator states no mass.

    `mass` is what it shows, taken as kilograms; None if there is none or it is finer than a gram. `raw` holds the
    bytes as they came.
    """

    raw: bytes
    address: str
    what: str
    mass: Grams | None


def request(address: str, command: str) -> bytes:
    """The bytes that ask `address` for `command`, each one capital letter."""
    body = (address + command).encode()
    return b"\x02" + body + b"%02X" % reduce(xor, body) + b"\x03"


class YaohuaAnswerDecoder:
    """Feed it what arrives, in any pieces. Every byte fed leaves in exactly one answer or BadBytes, in order."""

    def __init__(self) -> None:
        self._held = b""

    def feed(self, data: bytes) -> list[YaohuaAnswer | BadBytes]:
        """What `data` completes."""
        self._held += data
        found: list[YaohuaAnswer | BadBytes] = []
        bad = b""
        while self._held:
            answer = _read(self._held)
            if answer is None and self._held[0] == 2 and len(self._held) < _LONGEST_ANSWER:
                break
            length = 1 if answer is None else len(answer.raw)
            if answer is None:
                bad += self._held[:1]
            else:
                found += [BadBytes(bad), answer] if bad else [answer]
                bad = b""
            self._held = self._held[length:]
        return [*found, BadBytes(bad)] if bad else found


def _read(data: bytes) -> YaohuaAnswer | None:
    """The answer that `data` begins with, if it is whole and true."""
    match = _ANSWER.match(data)
    if match is None:
        return None
    raw = match.group()
    if b"%02X" % reduce(xor, raw[1:-3]) != match["check"]:
        return None
    return YaohuaAnswer(raw, match["address"].decode(), (match["what"] or b"").decode(), _mass(match))


def _mass(match: re.Match[bytes]) -> Grams | None:
    if match["what"] is None or int(match["decimals"]) > 3:
        return None
    mass = int(match["digits"]) * GRAMS_PER_KILOGRAM // 10 ** int(match["decimals"])
    return Grams(-mass if match["sign"] == b"-" else mass)
