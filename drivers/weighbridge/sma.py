"""A scale that speaks SMA (Scale Manufacturers Association): asked with W for its weight now.

    LF s r n m f  weight x10  unit x3 CR

s is Z at zero, O over and U under range, E zero error, T tare error, a space otherwise; r the range; n is G gross, T
tare, N net, small letters for the tenfold display; m is M in motion. LF ? CR and LF ! CR are errors. No checksum:
the window of many answers judges.
Sources: Sartorius PR 5220 manual p. 130, PR 5211 manual p. 50 to 56, Fairbanks PR 5410 manual p. 120. Commands that
change the scale (Z, T, C) are refused.
"""

import re
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

_ASK = b"\nW\r"
_LONGEST_ANSWER = 24
_ANSWER = re.compile(
    r"(?P<status>[ZOUET ])[1-9](?P<mode>[GTNgtn])(?P<motion>[M ]).(?P<weight>.{10})(?P<unit>[a-z ]{3})"
)
_EXCHANGE = 23  # octets: W and its answer
_ADVICE = Advice(
    unfit=(
        "the scale shows net, tare, the tenfold display, another unit or parts of a gram, or does not know the request",
        "clear its tare and set its unit to kg",
    ),
    compare="baud rate, parity and protocol",
    silent="check power and cable of the scale; the SMA protocol must be on",
)


@dataclass(frozen=True, slots=True)
class SmaSettings:
    """A scale that speaks SMA.

    kind: "sma".
    port: the serial port; prefer a name under /dev/serial/by-path, which survives replugging.
    baud, data_bits, parity, stop_bits: as set in the scale.
    ask_every: milliseconds between two questions.
    silence: milliseconds without an answer after which the scale counts as silent or garbled.
    pass_to_port: a second serial port that repeats every byte of the scale, "" for none; nothing comes back from it.
    pass_to_tcp: ADDRESS:PORT where TCP clients hear every byte of the scale, "" for none; nothing comes back from them.
    """

    kind: Literal["sma"]
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


class SmaDriver(PolledScale):
    """Driver of one SMA scale."""

    def __init__(self, device: str, settings: SmaSettings, tools: Tools) -> None:
        link = serial_wire(settings, tools)
        question = AskedLine(link, _ASK, lambda: FrameEar(sma_answers()), "SMA", tools.clock)
        super().__init__(device, settings.kind, question, _ADVICE, settings.ask_every, settings.silence, tools.clock)


def sma_answers() -> LineFrames[WeighedFrame | UnfitFrame]:
    """A decoder of the answers to W that has heard nothing."""
    return LineFrames(_LONGEST_ANSWER, _read)


def _read(line: bytes, raw: bytes) -> WeighedFrame | UnfitFrame | None:
    text = line.decode("ascii", "replace")
    if text in {"?", "!"}:
        return UnfitFrame(raw)
    told = _ANSWER.fullmatch(text)
    if told is None:
        return None
    if told["status"] in "OU":
        return WeighedFrame(Grams(0), True, "out-of-range", raw)
    if told["status"] == "E":
        return WeighedFrame(Grams(0), True, "not-zeroed", raw)
    mass = shown_mass(told["weight"], told["unit"].strip())
    if mass is None or told["mode"] != "G" or told["status"] == "T":
        return UnfitFrame(raw)
    return WeighedFrame(mass, told["motion"] == "M", "", raw)
