"""A truck scale that sends Toledo continuous extended. Listens only: it never sends a byte.

    SOH address  status x4  weight x9  tare x8  CR [CHK]

Weight and tare have their sign and point. It alone of the Toledo forms tells under zero from over capacity. CHK makes
the sum of all bytes zero modulo 128. Source: facts in the firmware of the IND245 (ContOut.c); no manual was at hand, so
the units' codes and bit 5, which is always 1, are to be confirmed on an indicator.
"""

from dataclasses import dataclass
from typing import Annotated, Literal

from annotated_types import Interval

from drivers.contract.quantities import Grams, Millis
from drivers.contract.tools import Tools
from drivers.links.pass_through import check_pass_to
from drivers.links.serial_link import DataBits, Parity, StopBits
from drivers.links.wires import serial_wire
from drivers.weighbridge.asked_line import FrameEar
from drivers.weighbridge.fixed_frames import FixedFrames
from drivers.weighbridge.listening_scale import ListeningScale, Speech
from drivers.weighbridge.shown_mass import shown_mass
from drivers.weighbridge.window import UnfitFrame, WeighedFrame

_BODY = 24  # SOH to CR
_UNITS = {2: "kg", 3: "g", 4: "t"}
_NET, _EXPANDED = 0x01, 0x40  # status 2
_INVALID, _UNDER_ZERO, _OVER, _NOT_ZEROED = 0x01, 0x02, 0x04, 0x08  # status 3
_MOTION = 0x40  # status 1


@dataclass(frozen=True, slots=True)
class ToledoExtendedSettings:
    """A weighbridge that sends Toledo continuous extended.

    kind: "toledo-extended".
    port: the serial port; prefer a name under /dev/serial/by-path, which survives replugging.
    baud, data_bits, parity, stop_bits: as set in the indicator.
    checksum: the indicator ends each frame with a checksum. Switch it on there if it can be.
    silence: milliseconds without a frame after which the scale counts as silent or garbled.
    pass_to_port: a second serial port that repeats every byte of the scale, "" for none; nothing comes back from it.
    pass_to_tcp: ADDRESS:PORT where TCP clients hear every byte of the scale, "" for none; nothing comes back from them.
    """

    kind: Literal["toledo-extended"]
    port: str
    baud: Literal[4800, 9600, 19200, 38400, 57600, 115200] = 9600
    data_bits: DataBits = 8
    parity: Parity = "none"
    stop_bits: StopBits = 1
    checksum: bool = True
    silence: Annotated[Millis, Interval(ge=500, le=60_000)] = Millis(2000)
    pass_to_port: str = ""
    pass_to_tcp: str = ""

    def __post_init__(self) -> None:
        check_pass_to(self)


class ToledoExtendedDriver(ListeningScale):
    """Driver of one scale that sends the extended form."""

    def __init__(self, device: str, settings: ToledoExtendedSettings, tools: Tools) -> None:
        speech = Speech(
            kind=settings.kind,
            detail=f"extended, {'checksum' if settings.checksum else 'no checksum'}",
            ear=lambda: FrameEar(extended_frames(checksum=settings.checksum)),
            unfit=(
                "the indicator does not weigh in kg, g or t, or not at all now",
                "set its unit to kg; leave its menu",
            ),
            compare="baud rate, parity, checksum and output mode",
        )
        super().__init__(device, serial_wire(settings, tools), speech, settings.silence, tools.clock)


def extended_frames(*, checksum: bool) -> FixedFrames[WeighedFrame | UnfitFrame]:
    """A decoder that has heard nothing."""

    def may_begin(candidate: bytes) -> bool:
        is_whole = len(candidate) == _BODY + checksum
        return all(_fits(place, byte) for place, byte in enumerate(candidate)) and not (
            is_whole and checksum and sum(candidate) % 128
        )

    return FixedFrames(_BODY + checksum, may_begin, _read)


def _fits(place: int, byte: int) -> bool:
    if place < 2 or place == _BODY - 1:
        return byte == {0: 0x01, 1: byte, _BODY - 1: 0x0D}[place] and byte < 0x80
    if place < 6:
        return byte & 0xA0 == 0x20
    return byte in b" +-.0123456789" if place < _BODY else byte < 0x80


def _read(raw: bytes) -> WeighedFrame | UnfitFrame:
    first, second, third = raw[2:5]
    unit = _UNITS.get(first & 0x0F, "")
    shown, tare = shown_mass(raw[6:15].decode(), unit), shown_mass(raw[15:23].decode(), unit)
    if third & (_UNDER_ZERO | _OVER) or second & _EXPANDED:
        return WeighedFrame(Grams(0), True, "out-of-range", raw)
    if shown is None or tare is None or third & _INVALID:
        return UnfitFrame(raw)
    gross = Grams(shown + tare) if second & _NET else shown
    return WeighedFrame(gross, bool(first & _MOTION), "not-zeroed" if third & _NOT_ZEROED else "", raw)
