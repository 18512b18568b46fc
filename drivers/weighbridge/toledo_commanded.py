"""A truck scale that speaks Toledo continuous and takes commands from us: the letters T, Z and C (IND445 manual p. 50).

A kind of its own, so that the kind that listens has no way to transmit. The indicator acknowledges nothing: a command
is accepted once a frame shows what it asks for, and otherwise unknown.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Literal

from annotated_types import Interval

from drivers.contract.driver import Answer, Identity
from drivers.contract.orders import ChangeScale, Order, ScaleCommand
from drivers.contract.quantities import Millis, Tick
from drivers.contract.readings import Reading
from drivers.contract.tools import Tools
from drivers.links.pass_through import check_pass_to
from drivers.links.serial_link import DataBits, Parity, StopBits
from drivers.links.wires import serial_wire
from drivers.weighbridge.listening_scale import ListeningScale
from drivers.weighbridge.named_commands import NamedCommands
from drivers.weighbridge.toledo_codec import Brand, ToledoDecoder, ToledoFrame
from drivers.weighbridge.toledo_driver import toledo_speech

_LETTERS: dict[ScaleCommand, bytes] = {"zero": b"Z", "tare": b"T", "clear-tare": b"C"}


@dataclass(frozen=True, slots=True)
class ToledoCommandedSettings:
    """A Toledo-continuous weighbridge that this lane may also command. Where it may not, use "toledo-continuous".

    kind: "toledo-commanded".
    port: the serial port; prefer a name under /dev/serial/by-path, which survives replugging.
    baud: as set in the indicator; below 4800 the indicator shows and sends more slowly.
    data_bits, parity, stop_bits: as set in the indicator.
    checksum: the indicator ends each frame with a checksum. Switch it on there if it can be.
    brand: whose reading of the status bits, as for "toledo-continuous".
    silence: milliseconds without a frame after which the scale counts as silent or garbled.
    commands: what this lane may do to the scale: "zero", "tare", "clear-tare"; every other command is refused.
    pass_to_port: a second serial port that repeats every byte of the scale, "" for none; nothing comes back from it.
    pass_to_tcp: ADDRESS:PORT where TCP clients hear every byte of the scale, "" for none; nothing comes back from them.
    """

    kind: Literal["toledo-commanded"]
    port: str
    baud: Literal[1200, 2400, 4800, 9600, 19200, 38400, 57600, 115200] = 9600
    data_bits: DataBits = 8
    parity: Parity = "none"
    stop_bits: StopBits = 1
    checksum: bool = True
    brand: Brand = "mettler"
    silence: Annotated[Millis, Interval(ge=500, le=60_000)] = Millis(2000)
    commands: tuple[ScaleCommand, ...] = ()
    pass_to_port: str = ""
    pass_to_tcp: str = ""

    def __post_init__(self) -> None:
        check_pass_to(self)


class ToledoCommandedDriver(ListeningScale):
    """Driver of one Toledo-continuous scale that may be commanded."""

    def __init__(self, device: str, settings: ToledoCommandedSettings, tools: Tools) -> None:
        link = serial_wire(settings, tools)
        speech = toledo_speech(settings.kind, settings.brand, checksum=settings.checksum)
        super().__init__(device, link, speech, settings.silence, tools.clock)
        self._settings = settings
        self._commands = NamedCommands(device, settings.commands, tools.clock)
        self._kept: list[Reading] = []

    def open(self) -> Identity:
        self._kept.clear()
        return super().open()

    def poll(self, patience: Millis) -> Sequence[Reading]:
        kept, self._kept = self._kept, []
        return kept or super().poll(patience)

    def obey(self, order: Order, patience: Millis) -> Answer:
        """As every scale; a command that the settings name is sent, and the frames read until one shows it done."""
        if not isinstance(order, ChangeScale):
            return super().obey(order, patience)
        return self._commands.carry_out(order, lambda command: self._change(command, patience))

    def _change(self, command: ScaleCommand, patience: Millis) -> Answer:
        ends = Tick(self._clock() + patience)
        self._listen(Millis(0))  # what was said before the command proves nothing
        self._link.write(_LETTERS[command], patience)
        self._weigher.start_window_over()
        proof = ToledoDecoder(self._settings.checksum, self._settings.brand)
        while data := self._listen(Millis(max(0, ends - self._clock()))):
            if any(isinstance(frame, ToledoFrame) and _shows(frame, command) for frame in proof.feed(data)):
                return Answer("accepted")
            if self._clock() >= ends:
                break
        return Answer("unknown", f"sent; no frame showed it within {patience} ms")

    def _listen(self, patience: Millis) -> bytes:
        """What arrives; what it is worth is kept for the next poll."""
        data = self._link.read(patience)
        if data:
            self._kept += self._weigher.judge(self._ear.hear(data, self._clock()))
        return data


def _shows(frame: ToledoFrame, command: ScaleCommand) -> bool:
    """Whether `frame` is what an indicator says after `command`."""
    if command == "zero":
        return frame.gross == 0 and not frame.moving
    return frame.net == (command == "tare")
