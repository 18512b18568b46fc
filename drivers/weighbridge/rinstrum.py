"""A scale with a Rinstrum indicator (R300, R320, R400, C500) on its ASCII network: three registers are asked in turn.

    AA CC RRRR : data ;         AA bit 7 answer, bit 6 error, bit 5 "please answer", bits 0 to 4 address
    SOH AA CC RRRR : data CRC EOT         the same with a CRC-16/CCITT over what stands between SOH and itself

The number of the ADC's sample (0020) tells whether the indicator still measures, the status (0021) whether the deck
is still and within range, and the gross (0026), read as text, has its unit. The manual prints another command code in
an answer than in its request; either is taken. Requests that change anything are never made.
Sources: Rinstrum R320 manual (registers, status bits), C530 manual p. 81 (examples), LUA-LIB (error bit, CRC).
"""

import binascii
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Literal

from annotated_types import Interval

from drivers.contract.driver import Clock
from drivers.contract.link import Link
from drivers.contract.quantities import Grams, Millis
from drivers.contract.tools import Tools
from drivers.links.pass_through import check_pass_to
from drivers.links.serial_link import DataBits, Parity, StopBits
from drivers.links.wires import serial_wire
from drivers.weighbridge.asked_line import Hearing
from drivers.weighbridge.fixed_frames import BadBytes
from drivers.weighbridge.heartbeat import Heartbeat
from drivers.weighbridge.line_frames import LineFrames
from drivers.weighbridge.polled_scale import AskEvery, PolledScale, check_pace
from drivers.weighbridge.shown_mass import shown_mass
from drivers.weighbridge.weigher import Advice, Heard
from drivers.weighbridge.window import UnfitFrame, WeighedFrame

_SAMPLE, _STATUS, _GROSS = "0020", "0021", "0026"
_READ_TEXT, _READ_HEX = "05", "11"
_ASKED = ((_SAMPLE, _READ_HEX), (_STATUS, _READ_HEX), (_GROSS, _READ_TEXT))
_OUT_OF_RANGE = 0x00030000
_CANNOT_WEIGH = 0x0000E000  # error, in its menu, calibrating
_MOTION = 0x00001000
_LONGEST_ANSWER = 48
_SEND_WITHIN = Millis(50)
_ANSWER = re.compile(r"(?P<to>[0-9A-F]{2})[0-9A-F]{2}(?P<register>[0-9A-F]{4}):(?P<data>[ -~]*)")
_WEIGHT = re.compile(r"(?P<number>[ +\-0-9.]+) (?P<unit>[a-z]{1,2}) G")
_EXCHANGE = 120  # octets: three requests and their answers
_ADVICE = Advice(
    unfit=(
        "the indicator refuses the request, is in its menu or in error, or shows another unit or parts of a gram",
        "leave its menu, read its display and set its unit to kg",
    ),
    compare="baud rate, address and checksum",
    silent="check power, cable and address of the indicator; its network protocol must be on",
)


@dataclass(frozen=True, slots=True)
class RinstrumSettings:
    """A scale with a Rinstrum indicator.

    kind: "rinstrum".
    port: the serial port; prefer a name under /dev/serial/by-path, which survives replugging.
    address: as set in the indicator, 1 to 31.
    checksum: messages carry a CRC. Switch it on in the indicator if it can be.
    baud, data_bits, parity, stop_bits: as set in the indicator.
    ask_every: milliseconds between two questions of three registers each; at 9600 baud three answers take about 150.
    silence: milliseconds without an answer, or without a new sample of the ADC, after which the scale counts as silent,
      garbled or frozen.
    pass_to_port: a second serial port that repeats every byte of the scale, "" for none; nothing comes back from it.
    pass_to_tcp: ADDRESS:PORT where TCP clients hear every byte of the scale, "" for none; nothing comes back from them.
    """

    kind: Literal["rinstrum"]
    port: str
    address: Annotated[int, Interval(ge=1, le=31)] = 1
    checksum: bool = True
    baud: Literal[4800, 9600, 19200, 38400, 57600, 115200] = 9600
    data_bits: DataBits = 8
    parity: Parity = "none"
    stop_bits: StopBits = 1
    ask_every: AskEvery = Millis(300)
    silence: Annotated[Millis, Interval(ge=500, le=60_000)] = Millis(2000)
    pass_to_port: str = ""
    pass_to_tcp: str = ""

    def __post_init__(self) -> None:
        check_pass_to(self)
        check_pace(self.baud, _EXCHANGE, self.ask_every)


class RinstrumDriver(PolledScale):
    """Driver of one Rinstrum scale."""

    def __init__(self, device: str, settings: RinstrumSettings, tools: Tools) -> None:
        pulse = Heartbeat(device, settings.silence)
        question = RinstrumQuestion(
            serial_wire(settings, tools), settings.address, pulse, tools.clock, checksum=settings.checksum
        )
        super().__init__(device, settings.kind, question, _ADVICE, settings.ask_every, settings.silence, tools.clock)


@dataclass(frozen=True, slots=True)
class RinstrumAnswer:
    """One answer. `raw` holds the bytes as they came, `data` what the register holds."""

    raw: bytes
    address: int
    is_error: bool
    register: str
    data: str


def rinstrum_answers(*, checksum: bool) -> LineFrames[RinstrumAnswer]:
    """A decoder that has heard nothing."""
    if checksum:
        return LineFrames(_LONGEST_ANSWER, _read_checked, ends=b"\x04")
    return LineFrames(_LONGEST_ANSWER, _read, ends=b";\r\n")


def _read(line: bytes, raw: bytes) -> RinstrumAnswer | None:
    told = _ANSWER.fullmatch(line.decode("ascii", "replace"))
    to = int(told["to"], 16) if told else 0
    if told is None or not to & 0x80:
        return None
    return RinstrumAnswer(raw, to & 0x1F, bool(to & 0x40), told["register"], told["data"].rstrip(";"))


def _read_checked(line: bytes, raw: bytes) -> RinstrumAnswer | None:
    message = line[1:-4]
    return _read(message, raw) if raw == checked(message) else None


def checked(message: bytes) -> bytes:
    """`message` as it goes over the wire with its CRC."""
    return b"\x01" + message + b"%04X" % binascii.crc_hqx(message, 0xFFFF) + b"\x04"


class RinstrumQuestion:
    """Asks indicator `address` on `link` for its sample number, status and gross, one after the other."""

    def __init__(self, link: Link, address: int, pulse: Heartbeat, clock: Clock, *, checksum: bool) -> None:
        self._link = link
        self._address = address
        self._pulse = pulse
        self._clock = clock
        self._checksum = checksum
        self._hearing: Hearing[RinstrumAnswer] = Hearing(link, lambda: rinstrum_answers(checksum=checksum))
        self._told: list[RinstrumAnswer] = []

    def __str__(self) -> str:
        return str(self._link)

    def open(self) -> str:
        self._link.open()
        self._hearing.start_afresh()
        self._pulse.start_afresh()
        self._told = []
        return f"address {self._address}, {'checksum' if self._checksum else 'no checksum'}"

    def ask(self, patience: Millis) -> None:
        register, command = _ASKED[len(self._told)]
        message = f"{0x20 | self._address:02X}{command}{register}:".encode()
        self._link.write(checked(message) if self._checksum else message + b";", patience)

    def hear(self, patience: Millis) -> Sequence[Heard]:
        heard: list[Heard] = []
        for found in self._hearing.hear(patience):
            if isinstance(found, BadBytes) or found.address != self._address:
                heard.append(BadBytes(found.raw))
            elif found.is_error:
                heard.append(UnfitFrame(found.raw))
            elif found.register == _ASKED[len(self._told)][0]:
                heard += self._next(found)
        return heard

    def forget(self) -> None:
        self._hearing.forget()
        self._told = []

    def close(self) -> None:
        self._link.close()

    def _next(self, answer: RinstrumAnswer) -> list[Heard]:
        """The whole answer if `answer` is its last part; otherwise the next part is asked for."""
        self._told.append(answer)
        if len(self._told) < len(_ASKED):
            self.ask(_SEND_WITHIN)
            return []
        (sample, status, gross), self._told = self._told, []
        raw = sample.raw + status.raw + gross.raw
        count, bits = _hex(sample.data), _hex(status.data)
        if count is None or bits is None:
            return [UnfitFrame(raw)]
        self._pulse.see(count, self._clock())
        return [_weighed(bits, gross.data, raw)]


def _hex(data: str) -> int | None:
    return int(data, 16) if re.fullmatch("[0-9A-F]{1,8}", data.strip()) else None


def _weighed(status: int, gross: str, raw: bytes) -> WeighedFrame | UnfitFrame:
    told = _WEIGHT.fullmatch(gross)
    mass = None if told is None else shown_mass(told["number"], told["unit"])
    if status & _CANNOT_WEIGH:
        return UnfitFrame(raw)
    if status & _OUT_OF_RANGE:
        return WeighedFrame(mass or Grams(0), True, "out-of-range", raw)
    return UnfitFrame(raw) if mass is None else WeighedFrame(mass, bool(status & _MOTION), "", raw)
