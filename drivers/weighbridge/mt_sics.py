"""A scale that speaks MT-SICS: asked with SI for what it shows now, moving or not.

    S S     100.00 g     still        S +  S -    over and under range
    S D     101.00 g     moving       S I         cannot now        ES ET EL    errors

Lines end with CR LF and are read by white space: the column of the number is not certain. The number is what the
display shows and is taken as gross: a tare keyed in is not seen. No checksum: the window of many answers judges.
Sources: METTLER TOLEDO AT balances manual p. 87, AL-IC manual p. 72, JS series manual p. 30. Commands that change
the scale (Z, T) are refused.
"""

from dataclasses import dataclass
from typing import Annotated, Literal

from annotated_types import Interval

from drivers.contract.quantities import Grams, Millis
from drivers.contract.tools import Tools
from drivers.links.pass_through import check_pass_to
from drivers.links.serial_link import DataBits, Parity, StopBits
from drivers.links.wires import serial_wire
from drivers.weighbridge.asked_line import AskedLine, FrameEar
from drivers.weighbridge.line_frames import LineFrames
from drivers.weighbridge.polled_scale import AskEvery, PolledScale, check_pace
from drivers.weighbridge.shown_mass import shown_mass
from drivers.weighbridge.weigher import Advice
from drivers.weighbridge.window import UnfitFrame, WeighedFrame

_ASK = b"SI\r\n"
_LONGEST_LINE = 40
_CANNOT = {("S", "I"), ("ES",), ("ET",), ("EL",)}
_EXCHANGE = 26  # octets: SI and the longest answer
_ADVICE = Advice(
    unfit=(
        "the scale cannot weigh now, does not know the request, or shows another unit or parts of a gram",
        "leave its menu and set its unit to kg",
    ),
    compare="baud rate, parity and command set",
    silent="check power and cable of the scale; MT-SICS must be on and its continuous output off",
)


@dataclass(frozen=True, slots=True)
class SicsSettings:
    """A scale that speaks MT-SICS.

    kind: "mt-sics".
    port: the serial port; prefer a name under /dev/serial/by-path, which survives replugging.
    baud, data_bits, parity, stop_bits: as set in the scale.
    ask_every: milliseconds between two questions.
    silence: milliseconds without an answer after which the scale counts as silent or garbled.
    pass_to_port: a second serial port that repeats every byte of the scale, "" for none; nothing comes back from it.
    pass_to_tcp: ADDRESS:PORT where TCP clients hear every byte of the scale, "" for none; nothing comes back from them.
    """

    kind: Literal["mt-sics"]
    port: str
    baud: Literal[1200, 2400, 4800, 9600, 19200, 38400, 57600, 115200] = 9600
    data_bits: DataBits = 8
    parity: Parity = "none"
    stop_bits: StopBits = 1
    ask_every: AskEvery = Millis(200)
    silence: Annotated[Millis, Interval(ge=500, le=60_000)] = Millis(2000)
    pass_to_port: str = ""
    pass_to_tcp: str = ""

    def __post_init__(self) -> None:
        check_pass_to(self)
        check_pace(self.baud, _EXCHANGE, self.ask_every)


class SicsDriver(PolledScale):
    """Driver of one MT-SICS scale."""

    def __init__(self, device: str, settings: SicsSettings, tools: Tools) -> None:
        link = serial_wire(settings, tools)
        question = AskedLine(link, _ASK, lambda: FrameEar(sics_answers()), "MT-SICS", tools.clock)
        super().__init__(device, settings.kind, question, _ADVICE, settings.ask_every, settings.silence, tools.clock)


def sics_answers() -> LineFrames[WeighedFrame | UnfitFrame]:
    """A decoder of the answers to SI that has heard nothing."""
    return LineFrames(_LONGEST_LINE, _read)


def _read(line: bytes, raw: bytes) -> WeighedFrame | UnfitFrame | None:
    match tuple(line.decode("ascii", "replace").split()):
        case ("S", "S" | "D" as state, number, unit):
            mass = shown_mass(number, unit)
            return UnfitFrame(raw) if mass is None else WeighedFrame(mass, state == "D", "", raw)
        case ("S", "+" | "-"):
            return WeighedFrame(Grams(0), True, "out-of-range", raw)
        case words if words in _CANNOT:
            return UnfitFrame(raw)
        case _:
            return None
