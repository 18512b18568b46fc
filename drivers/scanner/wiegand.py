"""Numbers of access cards: Wiegand 26 and 34 bits, and the forms in which converters and readers send cards serially.

Pure functions for an integrator; no driver of ours reads staff cards yet. Each returns None for what is none.
Sources: Wiegand: Civintec CN56 p. 25, Rosslare AY-T6350 p. 24; IDTECK manual p. 10; S4A converter p. 5; a captured
frame of a 125 kHz reader.
"""

import re
from dataclasses import dataclass
from functools import reduce
from operator import xor

_IDTECK = re.compile(rb"\x02([0-9A-Fa-f]{8}|[0-9A-Fa-f]{10})\x03(.)", re.DOTALL)
_DIGITS = re.compile(rb"([0-9]{10})\r\n")


@dataclass(frozen=True, slots=True)
class Card:
    """A card's number within its facility."""

    facility: int
    number: int


def wiegand_bits(data: bytes) -> str:
    """The bits of a card's bytes (3 or 4) with their two parity bits: even over the first half, odd over the second."""
    bits = "".join(f"{byte:08b}" for byte in data)
    half = len(bits) // 2
    even, odd = bits[:half].count("1") % 2, 1 - bits[half:].count("1") % 2
    return f"{even}{bits}{odd}"


def wiegand_card(bits: str) -> Card | None:
    """The card that 26 or 34 bits name; None for another length or a wrong parity bit."""
    facility_bits = {26: 8, 34: 16}.get(len(bits))
    if facility_bits is None or set(bits) - {"0", "1"}:
        return None
    data = int(bits[1:-1], 2).to_bytes((len(bits) - 2) // 8)
    if wiegand_bits(data) != bits:
        return None
    return Card(int(bits[1 : 1 + facility_bits], 2), int(bits[1 + facility_bits : -1], 2))


def idteck(frame: bytes) -> str | None:
    """STX, 8 or 10 characters, ETX, exclusive or of all before it: the characters."""
    found = _IDTECK.fullmatch(frame)
    return found[1].decode() if found and reduce(xor, frame[:-1]) == frame[-1] else None


def s4a(frame: bytes) -> int | None:
    """Ten digits, CR LF: the number."""
    found = _DIGITS.fullmatch(frame)
    return int(found[1]) if found else None


def proximity(frame: bytes) -> int | None:
    """Five bytes and their exclusive or: the number that the last four of them are."""
    if len(frame) != 6 or reduce(xor, frame) != 0:
        return None
    return int.from_bytes(frame[1:5])
