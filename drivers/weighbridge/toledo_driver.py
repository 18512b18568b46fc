"""A truck scale that speaks Toledo continuous. Listens only: it never sends the indicator a byte.

In continuous mode an indicator takes the letters T, Z and C as orders to tare, zero and clear (IND445 manual
p. 50), so there is nothing that could safely be said.
"""

from dataclasses import dataclass
from typing import Annotated, Literal

from annotated_types import Interval

from drivers.contract.quantities import Millis, Tick
from drivers.contract.tools import Tools
from drivers.links.pass_through import check_pass_to
from drivers.links.serial_link import DataBits, Parity, StopBits
from drivers.links.wires import serial_wire
from drivers.weighbridge.fixed_frames import BadBytes
from drivers.weighbridge.listening_scale import ListeningScale, Speech
from drivers.weighbridge.toledo_codec import Brand, ToledoDecoder, ToledoFrame
from drivers.weighbridge.weigher import Heard
from drivers.weighbridge.window import UnfitFrame, WeighedFrame


@dataclass(frozen=True, slots=True)
class ToledoSettings:
    """A Toledo-continuous weighbridge.

    kind: "toledo-continuous".
    port: the serial port; prefer a name under /dev/serial/by-path, which survives replugging.
    baud: as set in the indicator; below 4800 the indicator shows and sends more slowly.
    data_bits, parity, stop_bits: as set in the indicator.
    checksum: the indicator ends each frame with a checksum. Switch it on there if it can be.
    brand: whose reading of the status bits: "mettler", "fairbanks", "flintec" (a line feed before the checksum), or
      for clones "generic" and "generic-lf" (with a line feed); never guessed.
    silence: milliseconds without a frame after which the scale counts as silent or garbled.
    pass_to_port: a second serial port that repeats every byte of the scale, "" for none; nothing comes back from it.
    pass_to_tcp: ADDRESS:PORT where TCP clients hear every byte of the scale, "" for none; nothing comes back from them.
    """

    kind: Literal["toledo-continuous"]
    port: str
    baud: Literal[1200, 2400, 4800, 9600, 19200, 38400, 57600, 115200] = 9600
    data_bits: DataBits = 8
    parity: Parity = "none"
    stop_bits: StopBits = 1
    checksum: bool = True
    brand: Brand = "mettler"
    silence: Annotated[Millis, Interval(ge=500, le=60_000)] = Millis(2000)
    pass_to_port: str = ""
    pass_to_tcp: str = ""

    def __post_init__(self) -> None:
        check_pass_to(self)


class ToledoDriver(ListeningScale):
    """Driver of one Toledo-continuous scale."""

    def __init__(self, device: str, settings: ToledoSettings, tools: Tools) -> None:
        link = serial_wire(settings, tools)
        speech = toledo_speech(settings.kind, settings.brand, checksum=settings.checksum)
        super().__init__(device, link, speech, settings.silence, tools.clock)


def toledo_speech(kind: str, brand: Brand, *, checksum: bool) -> Speech:
    """Toledo continuous as `brand` sends it."""
    return Speech(
        kind=kind,
        detail=f"{brand}, {'checksum' if checksum else 'no checksum'}",
        ear=lambda: ToledoEar(checksum, brand),
        unfit=("the indicator does not weigh in kilograms", "set its unit to kg"),
        compare="baud rate, parity, checksum, brand and output mode",
    )


class ToledoEar:
    """Frames with the indicator's own flags."""

    def __init__(self, checksum: bool, brand: Brand) -> None:
        self._decoder = ToledoDecoder(checksum, brand)

    def hear(self, data: bytes, at: Tick) -> list[Heard]:
        return [found if isinstance(found, BadBytes) else _weighed(found) for found in self._decoder.feed(data)]


def _weighed(frame: ToledoFrame) -> WeighedFrame | UnfitFrame:
    if frame.gross is None:
        return UnfitFrame(frame.raw)
    return WeighedFrame(frame.gross, frame.moving, _doubt(frame), frame.raw)


def _doubt(frame: ToledoFrame) -> Literal["", "out-of-range", "not-zeroed"]:
    """Why the frame's mass must not be used. The expanded display is a technician's test, not a weighing range."""
    if frame.out_of_range or frame.expanded:
        return "out-of-range"
    return "" if frame.zeroed else "not-zeroed"
