"""A truck scale that speaks Toledo continuous. Listens only: it never sends the indicator a byte.

In continuous mode an indicator takes the letters T, Z and C as orders to tare, zero and clear (IND445 manual
p. 50), so there is nothing that could safely be said.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Literal

from annotated_types import Interval

from drivers.contract.driver import Answer, Identity
from drivers.contract.faults import DeviceFault
from drivers.contract.link import Link
from drivers.contract.orders import Order, TakeWeight
from drivers.contract.quantities import Millis, Tick
from drivers.contract.readings import Reading, WeighingFailed
from drivers.contract.tools import Tools
from drivers.links.refused_bytes import RefusedBytes
from drivers.links.serial_link import DataBits, Parity, SerialLink, StopBits
from drivers.weighbridge.toledo_codec import BadBytes, Brand, ToledoDecoder, ToledoFrame
from drivers.weighbridge.window import Conditioner, WeighedFrame, WindowJudge

_REPORT_EVERY = Millis(60_000)
_LONGEST_FRAME = 19


@dataclass(frozen=True, slots=True)
class ToledoSettings:
    """A Toledo-continuous weighbridge.

    kind: "toledo-continuous".
    port: the serial port; prefer a name under /dev/serial/by-path, which survives replugging.
    baud: as set in the indicator; below 4800 the indicator shows and sends more slowly.
    data_bits, parity, stop_bits: as set in the indicator.
    checksum: the indicator ends each frame with a checksum. Switch it on there if it can be.
    brand: whose reading of the status bits: "mettler", "fairbanks" or "flintec".
    silence: milliseconds without a frame after which the scale counts as silent or garbled.
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


class ToledoDriver:
    """Driver of one Toledo-continuous scale. Obeys TakeWeight; gives DeckSample, WeighingWindow and BytesRefused."""

    _judge: WindowJudge | None

    def __init__(self, device: str, settings: ToledoSettings, tools: Tools) -> None:
        self._device = device
        self._settings = settings
        self._clock = tools.clock
        self._link: Link = tools.link or SerialLink(
            settings.port,
            baud=settings.baud,
            data_bits=settings.data_bits,
            parity=settings.parity,
            stop_bits=settings.stop_bits,
        )
        self._refused = RefusedBytes(_REPORT_EVERY)
        self._start_afresh()

    def open(self) -> Identity:
        self._link.open()
        self._start_afresh()
        checked = "checksum" if self._settings.checksum else "no checksum"
        return Identity(self._settings.kind, f"listening on {self._link}, {self._settings.brand}, {checked}")

    def poll(self, patience: Millis) -> Sequence[Reading]:
        """Read until there is something to report or `patience` is over."""
        ends = Tick(self._clock() + patience)
        while True:
            now = self._clock()
            data = self._link.read(Millis(max(0, ends - now)))
            readings = self._hear(data) if data else []
            readings += self._overdue()
            if readings:
                return readings
            self._require_frames()
            if not data or self._clock() >= ends:
                return []

    def obey(self, order: Order, patience: Millis) -> Answer:
        """Begin a weighing. A newer order replaces one under way; the same order again changes nothing."""
        now = self._clock()
        if not isinstance(order, TakeWeight):
            return Answer("refused", f"{self._device} is a scale and does not obey {type(order).__name__}")
        if now > order.not_after:
            return Answer("expired", f"{now - order.not_after} ms late")
        if self._judge is None or self._judge.order.order_id != order.order_id:
            self._judge = WindowJudge(order, now)
        return Answer("accepted")

    def close(self) -> None:
        self._link.close()

    def _start_afresh(self) -> None:
        self._decoder = ToledoDecoder(self._settings.checksum, self._settings.brand)
        self._conditioner = Conditioner()
        self._judge = None
        self._last_frame = self._clock()
        self._heard_frame = False
        self._bytes_since_frame = 0
        self._pounds_since_frame = False
        self._refused.forget()

    def _hear(self, data: bytes) -> list[Reading]:
        now = self._clock()
        self._bytes_since_frame += len(data)
        readings: list[Reading] = []
        for found in self._decoder.feed(data):
            if isinstance(found, BadBytes):
                self._refused.add(found.raw)
            else:
                readings += self._weigh(found, now)
        if self._heard_frame or now - self._last_frame >= self._settings.silence // 2:
            refused = self._refused.report(now)
            readings += [refused] if refused else []
        return readings

    def _weigh(self, frame: ToledoFrame, now: Tick) -> list[Reading]:
        if frame.gross is None:
            self._pounds_since_frame = True
            self._refused.add(frame.raw)
            return []
        if not self._heard_frame:
            self._refused.forget()  # whoever joins a stream meets a torn frame first
        self._heard_frame = True
        self._last_frame = now
        self._bytes_since_frame = 0
        self._pounds_since_frame = False
        weighed = WeighedFrame(frame.gross, frame.moving, _doubt(frame), frame.raw)
        readings: list[Reading] = []
        if sample := self._conditioner.see(weighed, now):
            readings.append(sample)
        if self._judge and (window := self._judge.see(weighed, now)):
            self._judge = None
            readings.append(window)
        return readings

    def _overdue(self) -> list[Reading]:
        """A weighing that has failed: its patience is over, or the scale has fallen silent (told before the fault)."""
        if self._judge is None:
            return []
        failed = self._judge.overdue(self._clock())
        if failed is None and self._unheard() >= self._settings.silence:
            failed = WeighingFailed(self._judge.order.order_id, "silent")
        if failed is None:
            return []
        self._judge = None
        return [failed]

    def _require_frames(self) -> None:
        unheard = self._unheard()
        if unheard < self._settings.silence:
            return
        if self._pounds_since_frame:
            raise DeviceFault("unfit", self._device, "the indicator does not weigh in kilograms", "set its unit to kg")
        if self._bytes_since_frame >= _LONGEST_FRAME:
            seen = f"{self._bytes_since_frame} bytes but no frame for {unheard} ms on {self._link}"
            raise DeviceFault(
                "garbled", self._device, seen, "compare baud rate, parity, checksum and output mode with the indicator"
            )
        raise DeviceFault(
            "silent",
            self._device,
            f"no byte for {unheard} ms on {self._link}",
            "check power and cable of the indicator and leave its menu; continuous output must be on",
        )

    def _unheard(self) -> Millis:
        return Millis(self._clock() - self._last_frame)


def _doubt(frame: ToledoFrame) -> Literal["", "out-of-range", "not-zeroed"]:
    """Why the frame's mass must not be used. The expanded display is a technician's test, not a weighing range."""
    if frame.out_of_range or frame.expanded:
        return "out-of-range"
    return "" if frame.zeroed else "not-zeroed"
