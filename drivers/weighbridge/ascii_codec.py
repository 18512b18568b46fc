"""Scales that send lines of ASCII by themselves, bytes to frames. Pure and incremental; no input raises.

    st-gs          ST,GS,   245.6 kg    ST still, US moving, OL out of range, QT a count; GS gross, NT net
    st             ST,+001234.5 kg      the same without gross or net (A&D standard format)
    flintec-ft11d  i00 16370     0      status in hex: 00 still, 80 moving; weight; a field seen as 0 only
    flintec-fast   STX S+000123.4       S still, D moving; a bare + or - out of range, a bare O a fault
    vishay-vt220   P+031790             P still, @ moving
    ohaus             0.360 kg    G     16 characters; a ? put in before G or N: moving

A line ends with CR, LF or both; for vishay-vt220 no source shows the end. No form has a checksum: one flipped bit
makes still of moving (i80, @) or one digit of another, so a line is a claim and only a window of them a weight.
Which form a scale sends is stated in the settings and never guessed. What no source explains is not read: another
flintec status and another last field give a frame without a mass, another vishay head no frame. In the place of
flintec's weight there may be a word: OVER and UNDER are out of range, A.OUT and L-VOLT faults of the indicator.
Without a comma after GS the number must not fill its field, since a comma with one flipped bit is a minus.
Sources: A&D standard format (header, 9 characters, unit of 3); captures of T-Scale QHW and NHB in NSerialCommTools
(with a comma after GS, and without one and the unit glued on) and Ohaus Defender; lines of FT-11D and VT-220 in
AutoWeighbridgeSystem, a Vietnamese project; Flintec FT-111 manual p. 85-89 (fast output, error words). A minus before
the flintec weight is our reading of a deck below zero.
"""

import re
from dataclasses import dataclass
from typing import Literal

from drivers.contract.quantities import Grams
from drivers.weighbridge.fixed_frames import BadBytes
from drivers.weighbridge.line_frames import LineFrames
from drivers.weighbridge.shown_mass import shown_mass

Profile = Literal["st-gs", "st", "flintec-ft11d", "flintec-fast", "vishay-vt220", "ohaus"]

LONGEST_LINE = 32
"""Bytes of a line with its end; no form comes near."""

_NUMBER = rb"(?P<number>\d{1,8}(\.\d{1,7})?)"
_SHOWN = rb" *(?P<sign>[+-]?) *" + _NUMBER + rb",? *(?P<unit>[A-Za-z]{1,3}) *"
_FORMS: dict[Profile, re.Pattern[bytes]] = {
    "st-gs": re.compile(rb"(?P<state>ST|US|OL|QT),(?P<kind>GS|NT)(,|(?= ))" + _SHOWN),
    "st": re.compile(rb"(?P<state>ST|US|OL|QT)," + _SHOWN),
    "flintec-ft11d": re.compile(
        rb"i(?P<state>[0-9A-F]{2})(?=.{12}$)"
        rb"( *(?P<sign>-?)(?P<number>\d{1,5}) {1,5}|(?P<word>OVER|UNDER|A\.OUT|L-VOLT) {5,8})(?P<last>\d+)"
    ),
    "flintec-fast": re.compile(rb"\x02((?P<state>[SD])(?P<sign>[+-])" + _NUMBER + rb"|(?P<word>[+\-O]))"),
    "vishay-vt220": re.compile(rb"(?P<state>[P@])(?P<sign>[+-])(?P<number>\d{6})"),
    "ohaus": re.compile(
        rb"(?=.{16,17}$) *(?P<sign>-?) *" + _NUMBER + rb" (?P<unit>[a-z]{1,2}) +(?P<state>\??)(?P<kind>[GN])"
    ),
}
_STILL = {b"ST", b"00", b"S", b"P", b""}
_MOVING = {b"US", b"80", b"D", b"@", b"?"}
_OUT_OF_RANGE = {b"OL", b"OVER", b"UNDER", b"+", b"-"}
_NET = {b"NT", b"N"}


@dataclass(frozen=True, slots=True)
class AsciiFrame:
    """One line, read. `gross` is None where the line does not state it: net, a count, another unit, a status that no
    source explains, a word in place of a number, or a display finer than a gram. `moving` is True unless the line
    claims a still deck. `raw` holds the bytes as they came, line ends included.
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
        self._lines = LineFrames(LONGEST_LINE, self._read)

    def feed(self, data: bytes) -> list[AsciiFrame | BadBytes]:
        """What `data` completes."""
        return self._lines.feed(data)

    def _read(self, line: bytes, raw: bytes) -> AsciiFrame | None:
        told = self._form.fullmatch(line)
        if told is None:
            return None
        said = told.groupdict()
        state, word = said["state"], said.get("word")
        return AsciiFrame(
            raw,
            None if word else _gross(said),
            moving=bool(word) or state not in _STILL,
            out_of_range=(word or state) in _OUT_OF_RANGE,
        )


def _gross(line: dict[str, bytes | None]) -> Grams | None:
    is_known = line["state"] in _STILL | _MOVING | _OUT_OF_RANGE
    is_gross = line.get("kind") not in _NET and not int(line.get("last") or b"0")
    if not (is_known and is_gross):
        return None
    number = (line["sign"] or b"") + (line["number"] or b"")
    return shown_mass(number.decode(), (line.get("unit") or b"kg").decode())
