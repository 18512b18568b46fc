"""A truck scale with a Yaohua XK3190 or Keli indicator in command mode (tF = 1): it speaks when asked for its gross.

As in the continuous output there is no flag for stillness, overload or a zero that was not taken, and the number is
taken as kilograms. Stillness is computed here. On a Keli the letters H (zero) and I (tare off) change the scale; how
it answers them is not printed, so a command is accepted once the gross or the tare shows it, and otherwise unknown.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Literal

from annotated_types import Interval

from drivers.contract.driver import Answer
from drivers.contract.link import Link
from drivers.contract.orders import ChangeScale, Order, ScaleCommand
from drivers.contract.quantities import Grams, Millis, Tick, kilograms
from drivers.contract.tools import Tools
from drivers.links.pass_through import check_pass_to
from drivers.links.wires import serial_wire
from drivers.weighbridge.asked_line import AskedLine
from drivers.weighbridge.fixed_frames import BadBytes
from drivers.weighbridge.named_commands import NamedCommands
from drivers.weighbridge.polled_scale import AskEvery, PolledScale, check_pace
from drivers.weighbridge.stillness import Stillness
from drivers.weighbridge.weigher import Advice, Heard
from drivers.weighbridge.window import UnfitFrame, WeighedFrame
from drivers.weighbridge.yaohua_request_codec import YaohuaAnswer, YaohuaAnswerDecoder, request

Address = Literal[
    "A", "B", "C", "D", "E", "F", "G", "H", "I", "J", "K", "L", "M",
    "N", "O", "P", "Q", "R", "S", "T", "U", "V", "W", "X", "Y", "Z",
]  # fmt: skip
_GROSS, _TARE = "B", "C"
_LETTERS: dict[ScaleCommand, tuple[str, str]] = {"zero": ("H", _GROSS), "clear-tare": ("I", _TARE)}
"""What is sent, and what must then be 0."""
_SETTLE = Millis(100)  # for an answer to the command itself, which nobody has described
_EXCHANGE = 20  # octets: a request and its answer
_ADVICE = Advice(
    unfit=(
        "the indicator answers that it does not know the request, or shows parts of a gram",
        "set it to command mode (tF = 1), its unit to kg and its decimals to 0",
    ),
    compare="baud rate, address and mode",
    silent="check power, cable and address of the indicator; it must be in command mode (tF = 1)",
)


@dataclass(frozen=True, slots=True)
class YaohuaCommandSettings:
    """A weighbridge with a Yaohua XK3190 or Keli XK3118K9 indicator in command mode, always 8N1.

    kind: "yaohua-command".
    port: the serial port; prefer a name under /dev/serial/by-path, which survives replugging.
    address: as set in the indicator; its number 1 is "A".
    baud: as set in the indicator; no factory default is certain.
    ask_every: milliseconds between two questions.
    still_band: grams; the deck is still while all that is shown within a second differs by no more; one division.
    silence: milliseconds without an answer after which the scale counts as silent or garbled.
    commands: what this lane may do to a Keli: "zero", "clear-tare"; every other command is refused.
    pass_to_port: a second serial port that repeats every byte of the scale, "" for none; nothing comes back from it.
    pass_to_tcp: ADDRESS:PORT where TCP clients hear every byte of the scale, "" for none; nothing comes back from them.
    """

    kind: Literal["yaohua-command"]
    port: str
    address: Address = "A"
    baud: Literal[600, 1200, 2400, 4800, 9600] = 9600
    ask_every: AskEvery = Millis(200)
    still_band: Annotated[Grams, Interval(ge=1_000, le=500_000)] = kilograms(20)
    silence: Annotated[Millis, Interval(ge=500, le=60_000)] = Millis(2000)
    commands: tuple[Literal["zero", "clear-tare"], ...] = ()
    pass_to_port: str = ""
    pass_to_tcp: str = ""

    def __post_init__(self) -> None:
        check_pass_to(self)
        check_pace(self.baud, _EXCHANGE, self.ask_every)


class YaohuaCommandDriver(PolledScale):
    """Driver of one scale in command mode."""

    def __init__(self, device: str, settings: YaohuaCommandSettings, tools: Tools) -> None:
        link, clock, address = serial_wire(settings, tools), tools.clock, settings.address
        stillness = Stillness(settings.still_band)
        question = AskedLine(
            link,
            request(address, _GROSS),
            lambda: YaohuaAnswerEar(address, stillness),
            f"command mode, address {address}, stillness computed",
            clock,
        )
        super().__init__(device, settings.kind, question, _ADVICE, settings.ask_every, settings.silence, clock)
        self._link: Link = link
        self._address = address
        self._commands = NamedCommands(device, settings.commands, clock)

    def obey(self, order: Order, patience: Millis) -> Answer:
        """As every scale; a command that the settings name is sent, and what it must make 0 is asked for."""
        if not isinstance(order, ChangeScale):
            return super().obey(order, patience)
        return self._commands.carry_out(order, lambda command: self._change(command, patience))

    def _change(self, command: ScaleCommand, patience: Millis) -> Answer:
        ends = Tick(self._clock() + patience)
        letter, shown_by = _LETTERS[command]
        self._interrupt()
        self._link.write(request(self._address, letter), patience)
        self._weigher.start_window_over()
        self._link.read(min(_SETTLE, patience))
        self._link.discard_input()
        self._link.write(request(self._address, shown_by), Millis(max(1, ends - self._clock())))
        decoder = YaohuaAnswerDecoder()
        while data := self._link.read(Millis(max(0, ends - self._clock()))):
            if any(isinstance(told, YaohuaAnswer) and _is_zero(told, shown_by) for told in decoder.feed(data)):
                return Answer("accepted")
            if self._clock() >= ends:
                break
        return Answer("unknown", f"sent; no answer showed it within {patience} ms")


class YaohuaAnswerEar:
    """Answers of one address, and what their course says of the deck."""

    def __init__(self, address: str, stillness: Stillness) -> None:
        self._address = address
        self._stillness = stillness
        self._decoder = YaohuaAnswerDecoder()

    def hear(self, data: bytes, at: Tick) -> Sequence[Heard]:
        return [self._heard(told, at) for told in self._decoder.feed(data)]

    def _heard(self, told: YaohuaAnswer | BadBytes, at: Tick) -> Heard:
        if isinstance(told, BadBytes) or told.address != self._address:
            return BadBytes(told.raw)
        if told.mass is None or told.what != _GROSS:
            return UnfitFrame(told.raw)
        return WeighedFrame(told.mass, self._stillness.is_moving(told.mass, at), "", told.raw)


def _is_zero(told: YaohuaAnswer, what: str) -> bool:
    return told.what == what and told.mass == 0
