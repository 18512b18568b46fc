"""A truck scale that sends lines of ASCII. Listens only: it never sends a byte.

The lines have no checksum and their claim of a still deck is one bit or one word; the window of many lines judges.
Forms without gross or net (st, vishay-vt220, flintec-fast) are taken as gross: a tare keyed in on the indicator is not
seen there. Forms without a unit (flintec-ft11d, flintec-fast, vishay-vt220) are taken as kilograms. What vishay-vt220
and ohaus send out of range is not known: lines of another shape are a fault here, a repeated value is not.
"""

from dataclasses import dataclass
from typing import Annotated, Literal

from annotated_types import Interval

from drivers.contract.quantities import Grams, Millis, Tick
from drivers.contract.tools import Tools
from drivers.links.pass_through import check_pass_to
from drivers.links.serial_link import DataBits, Parity, StopBits
from drivers.links.wires import serial_wire
from drivers.weighbridge.ascii_codec import AsciiDecoder, AsciiFrame, Profile
from drivers.weighbridge.fixed_frames import BadBytes
from drivers.weighbridge.listening_scale import ListeningScale, Speech
from drivers.weighbridge.weigher import Heard
from drivers.weighbridge.window import UnfitFrame, WeighedFrame


@dataclass(frozen=True, slots=True)
class AsciiSettings:
    """A weighbridge whose indicator sends lines of ASCII.

    kind: "ascii-indicator".
    port: the serial port; prefer a name under /dev/serial/by-path, which survives replugging.
    profile: the form of the lines: "st-gs" (ST,GS,), "st" (ST, alone, A&D), "flintec-ft11d", "flintec-fast",
      "vishay-vt220" or "ohaus"; never guessed.
    baud, data_bits, parity, stop_bits: as set in the indicator. Parity is the only check these lines can have.
    silence: milliseconds without a frame after which the scale counts as silent or garbled.
    pass_to_port: a second serial port that repeats every byte of the scale, "" for none; nothing comes back from it.
    pass_to_tcp: ADDRESS:PORT where TCP clients hear every byte of the scale, "" for none; nothing comes back from them.
    """

    kind: Literal["ascii-indicator"]
    port: str
    profile: Profile
    baud: Literal[1200, 2400, 4800, 9600, 19200, 38400, 57600, 115200] = 9600
    data_bits: DataBits = 8
    parity: Parity = "none"
    stop_bits: StopBits = 1
    silence: Annotated[Millis, Interval(ge=500, le=60_000)] = Millis(2000)
    pass_to_port: str = ""
    pass_to_tcp: str = ""

    def __post_init__(self) -> None:
        check_pass_to(self)


class AsciiDriver(ListeningScale):
    """Driver of one scale that sends lines."""

    def __init__(self, device: str, settings: AsciiSettings, tools: Tools) -> None:
        link = serial_wire(settings, tools)
        speech = Speech(
            kind=settings.kind,
            detail=f"lines {settings.profile}",
            ear=lambda: AsciiEar(settings.profile),
            unfit=(
                "the indicator shows net, a count, another unit, parts of a gram, an error or an unknown status",
                "read its display; clear its tare, leave counting and set its unit to kg",
            ),
            compare="baud rate, parity and form of the lines",
        )
        super().__init__(device, link, speech, settings.silence, tools.clock)


class AsciiEar:
    """Lines with the indicator's own claims."""

    def __init__(self, profile: Profile) -> None:
        self._decoder = AsciiDecoder(profile)

    def hear(self, data: bytes, at: Tick) -> list[Heard]:
        return [found if isinstance(found, BadBytes) else _weighed(found) for found in self._decoder.feed(data)]


def _weighed(frame: AsciiFrame) -> WeighedFrame | UnfitFrame:
    if frame.out_of_range:  # often without a number: what is shown then is no mass anyway
        return WeighedFrame(frame.gross or Grams(0), frame.moving, "out-of-range", frame.raw)
    if frame.gross is None:
        return UnfitFrame(frame.raw)
    return WeighedFrame(frame.gross, frame.moving, "", frame.raw)
