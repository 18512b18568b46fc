"""An LED sign on a serial line. What it shows is repeated from time to time, so that one that was off catches up."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Annotated, Literal

from annotated_types import Interval

from drivers.contract.driver import Answer, Identity
from drivers.contract.faults import DeviceFault
from drivers.contract.orders import Order, ShowText
from drivers.contract.quantities import Millis, Tick
from drivers.contract.readings import Reading
from drivers.contract.tools import Tools
from drivers.links.serial_link import DataBits, Parity, StopBits
from drivers.links.wires import serial_wire
from drivers.sign.sign_codec import AnswerDecoder, Letters, Profile, SignAnswer, frame

_ANSWERED_WITHIN = Millis(300)
_MOST_UNANSWERED = 2
_THERE_WITHIN = Millis(1_500)


@dataclass(frozen=True, slots=True)
class LedSignSettings:
    """An LED sign on a serial line.

    kind: "led-sign".
    port: the serial port; prefer a name under /dev/serial/by-path, which survives replugging.
    profile: what the sign speaks: "ledmsg", "alpha" (7 data bits, 2 stop bits as delivered) or "am03127".
    baud, data_bits, parity, stop_bits: as set in the sign.
    address: the sign's number; 0 is any sign, which with am03127 is never acknowledged.
    letters: "ascii" shows Vietnamese without its marks; "utf-8" only for a sign with a Vietnamese font.
    refresh: milliseconds after which what it shows is sent again.
    """

    kind: Literal["led-sign"]
    port: str
    profile: Profile
    baud: Literal[1200, 2400, 4800, 9600, 19200, 38400, 57600, 115200] = 9600
    data_bits: DataBits = 8
    parity: Parity = "none"
    stop_bits: StopBits = 1
    address: Annotated[int, Interval(ge=0, le=99)] = 1
    letters: Letters = "ascii"
    refresh: Annotated[Millis, Interval(ge=1_000, le=3_600_000)] = Millis(30_000)

    def __post_init__(self) -> None:
        if self.letters != "ascii" and (self.profile == "alpha" or self.data_bits == 7):
            raise ValueError('letters must be "ascii" where only 7 bits reach the sign')


class LedSignDriver:
    """Driver of one sign: obeys ShowText. `open` and `close` blank it: what nobody stands for any more is not shown.

    Only an am03127 sign with an address answers: it proves that it is there, and a text that it refuses or leaves
    unanswered is told so. Of the others it is known that the bytes left.
    """

    def __init__(self, device: str, settings: LedSignSettings, tools: Tools) -> None:
        self._device = device
        self._settings = settings
        self._clock = tools.clock
        self._link = serial_wire(settings, tools)
        self._answers = settings.profile == "am03127" and settings.address != 0
        self._shown: tuple[str, ...] = ()
        self._refresh_at = Tick(0)
        self._unanswered = 0
        self._is_open = False

    def open(self) -> Identity:
        self._link.open()
        self._is_open = True
        self._unanswered = 0
        answer = self._show((), _THERE_WITHIN)
        if answer.code == "unknown":
            self.close()
            raise self._silent()
        return Identity(self._settings.kind, f"{self._settings.profile} sign {self._settings.address} on {self._link}")

    def poll(self, patience: Millis) -> Sequence[Reading]:
        """Signs report nothing; time for a repetition, and for noticing that the port has gone."""
        if self._is_open and self._clock() >= self._refresh_at:
            self._show(self._shown, _ANSWERED_WITHIN)
            if self._unanswered >= _MOST_UNANSWERED:
                raise self._silent()
        else:
            self._link.read(patience)
        return []

    def obey(self, order: Order, patience: Millis) -> Answer:
        if not isinstance(order, ShowText):
            return Answer("refused", f"{self._device} is a sign and does not obey {type(order).__name__}")
        if self._clock() > order.not_after:
            return Answer("expired")
        return self._show(order.lines, patience)

    def close(self) -> None:
        if self._is_open:
            self._is_open = False
            with suppress(DeviceFault):  # the sign is gone, and with it what it showed
                self._link.write(self._frame(()), _ANSWERED_WITHIN)
        self._link.close()

    def _show(self, lines: tuple[str, ...], patience: Millis) -> Answer:
        ends = Tick(self._clock() + patience)
        self._shown, self._refresh_at = lines, Tick(self._clock() + self._settings.refresh)
        self._link.discard_input()
        self._link.write(self._frame(lines), patience)
        if not self._answers:
            return Answer("accepted", "sent; such a sign does not answer")
        decoder = AnswerDecoder()
        while (left := ends - self._clock()) > 0 and (data := self._link.read(Millis(left))):
            for said in decoder.feed(data):
                if isinstance(said, SignAnswer):
                    self._unanswered = 0
                    return Answer("accepted") if said.accepted else Answer("refused", "NACK: the sign found a fault")
        self._unanswered += 1
        return Answer("unknown", f"no ACK within {patience} ms")

    def _frame(self, lines: tuple[str, ...]) -> bytes:
        return frame(self._settings.profile, self._settings.address, lines, self._settings.letters)

    def _silent(self) -> DeviceFault:
        seen = f"sign {self._settings.address} did not acknowledge"
        return DeviceFault("silent", str(self._link), seen, "check its power, its cable and its number")


def blank(settings: LedSignSettings, tools: Tools) -> list[str]:
    """Blank a sign that nobody serves any more; one line that says what became of it. Never raises DeviceFault."""
    driver = LedSignDriver("sign", settings, tools)
    try:
        driver.open()
    except DeviceFault as error:
        return [f"sign blank: failed: {error}"]
    finally:
        driver.close()
    return ["sign blank: done"]
