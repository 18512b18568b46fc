"""Scales that send lines of ASCII by themselves, bytes to frames. Pure and incremental; no input raises.

    st-gs          ST,GS,   245.6 kg    ST still, US moving, OL out of range, QT a count; GS gross, NT net
    st             ST,+001234.5 kg      the same without gross or net (A&D standard format)
    flintec-ft11d  i00 16370     0      status in hex: 00 still, 80 moving; weight; a field seen as 0 only
    vishay-vt220   P+031790             P still, @ moving

A line ends with CR, LF or both; for vishay-vt220 no source shows the end. No form has a checksum: one flipped bit
makes still of moving (i80, @) or one digit of another, so a line is a claim and only a window of them a weight.
Which form a scale sends is stated in the settings and never guessed. What no source explains is not read: another
flintec status and another last field give a frame without a mass, another vishay head no frame.
Without a comma after GS the number must not fill its field, since a comma with one flipped bit is a minus.
Sources: A&D standard format (header, 9 characters, unit of 3); captures of T-Scale QHW and NHB in NSerialCommTools
(with a comma after GS, and without one and the unit glued on); lines of FT-11D and VT-220 in AutoWeighbridgeSystem,
a Vietnamese project. A minus before the flintec weight is our reading of a deck below zero.
"""

import re
from dataclasses import dataclass
from typing import Literal

from drivers.contract.quantities import Grams
from drivers.weighbridge.fixed_frames import BadBytes

Profile = Literal["st-gs", "st", "flintec-ft11d", "vishay-vt220"]

LONGEST_LINE = 32
"""Bytes of a line with its end; no form comes near."""

_END = re.compile(rb"[\r\n]")
_SHOWN = rb" *(?P<sign>[+-]?) *(?P<whole>\d{1,8})(\.(?P<parts>\d{1,7}))?,? *(?P<unit>[A-Za-z]{1,3}) *"
_FORMS: dict[Profile, re.Pattern[bytes]] = {
    "st-gs": re.compile(rb"(?P<state>ST|US|OL|QT),(?P<kind>GS|NT)(,|(?= ))" + _SHOWN),
    "st": re.compile(rb"(?P<state>ST|US|OL|QT)," + _SHOWN),
    "flintec-ft11d": re.compile(
        rb"i(?P<state>[0-9A-F]{2})(?=.{12}$) *(?P<sign>-?)(?P<whole>\d{1,5}) {1,5}(?P<last>\d+)"
    ),
    "vishay-vt220": re.compile(rb"(?P<state>[P@])(?P<sign>[+-])(?P<whole>\d{6})"),
}
_STILL = {b"ST", b"00", b"P"}
_MOVING = {b"US", b"80", b"@"}
_DECIMALS_OF_A_GRAM = {b"g": 0, b"kg": 3, b"t": 6}


@dataclass(frozen=True, slots=True)
class AsciiFrame:
    """One line, read. `gross` is None where the line does not state it: net, a count, another unit, a status that no
    source explains, or a display finer than a gram. `moving` is True unless the line claims a still deck.
    `raw` holds the bytes as they came, line ends included.
    """

    raw: bytes
    gross: Grams | None
    moving: bool
    out_of_range: bool


class AsciiDecoder:
    """Feed it what arrives, in any pieces. Every byte fed leaves in exactly one frame or BadBytes, in order.

    Holds at most LONGEST_LINE bytes. A line that is longer is bad to its end.
    """

    def __init__(self, profile: Profile) -> None:
        self._form = _FORMS[profile]
        self._held = b""
        self._is_too_long = False

    def feed(self, data: bytes) -> list[AsciiFrame | BadBytes]:
        """What `data` completes."""
        found: list[AsciiFrame | BadBytes] = []
        self._held += data
        while True:
            # What is left of the last line's end belongs to the next line; the end of a line too long is awaited.
            begin = 0 if self._is_too_long else len(self._held) - len(self._held.lstrip(b"\r\n"))
            end = _END.search(self._held, begin)
            if end is None and len(self._held) < LONGEST_LINE:
                return found
            length = min(end.end() if end else LONGEST_LINE, LONGEST_LINE)
            raw, self._held = self._held[:length], self._held[length:]
            found.append(BadBytes(raw) if self._is_too_long else self._read(raw))
            self._is_too_long = end is None or end.end() > length

    def _read(self, raw: bytes) -> AsciiFrame | BadBytes:
        line = self._form.fullmatch(raw.strip(b"\r\n"))
        if line is None or raw[-1:] not in b"\r\n":
            return BadBytes(raw)
        state = line["state"]
        return AsciiFrame(raw, _gross(line.groupdict()), moving=state not in _STILL, out_of_range=state == b"OL")


def _gross(line: dict[str, bytes | None]) -> Grams | None:
    state, unit, parts = line["state"], line.get("unit", b"kg"), line.get("parts") or b""
    is_stated = state in _STILL | _MOVING | {b"OL"} and line.get("kind") != b"NT" and not int(line.get("last") or b"0")
    if not is_stated or unit not in _DECIMALS_OF_A_GRAM or len(parts) > _DECIMALS_OF_A_GRAM[unit]:
        return None
    mass = int((line["whole"] or b"") + parts) * 10 ** (_DECIMALS_OF_A_GRAM[unit] - len(parts))
    return Grams(-mass if line["sign"] == b"-" else mass)
