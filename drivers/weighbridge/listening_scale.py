"""A truck scale that sends frames by itself, whatever its protocol. Listens only: nothing is ever written to it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from drivers.contract.driver import Answer, Clock, Identity
from drivers.contract.faults import DeviceFault
from drivers.contract.link import Link
from drivers.contract.orders import Order, TakeWeight
from drivers.contract.quantities import Millis, Tick
from drivers.contract.readings import Reading, WeighingFailed
from drivers.links.refused_bytes import RefusedBytes
from drivers.weighbridge.fixed_frames import BadBytes
from drivers.weighbridge.window import Conditioner, WeighedFrame, WindowJudge

_REPORT_EVERY = Millis(60_000)
_LONGEST_FRAME = 32  # of all protocols listened to; so many bytes without a frame are not one frame under way


@dataclass(frozen=True, slots=True)
class UnfitFrame:
    """A whole frame whose mass means nothing to us: another unit, parts of a gram, or not gross."""

    raw: bytes


class Ear(Protocol):
    """Understands one protocol: all that one scale said since it was opened."""

    def hear(self, data: bytes, at: Tick) -> Sequence[WeighedFrame | UnfitFrame | BadBytes]:
        """What `data`, which came at `at`, completes, in order."""


@dataclass(frozen=True, slots=True)
class Speech:
    """What one protocol brings. `detail` tells the technician what is listened for.

    `ear` makes an ear that has heard nothing. `unfit` says what frames without a usable mass mean and what to do
    about them; `compare` names what to compare with the indicator when no frame can be made of its bytes.
    """

    kind: str
    detail: str
    ear: Callable[[], Ear]
    unfit: tuple[str, str]
    compare: str


class ListeningScale:
    """A Driver of one scale on `link`.

    Obeys TakeWeight; gives DeckSample, WeighingWindow, WeighingFailed and BytesRefused.
    `silence` is how long no frame may come before the scale counts as silent or garbled. Every opening hears anew.
    """

    _judge: WindowJudge | None

    def __init__(self, device: str, link: Link, speech: Speech, silence: Millis, clock: Clock) -> None:
        self._device = device
        self._link = link
        self._speech = speech
        self._silence = silence
        self._clock = clock
        self._refused = RefusedBytes(_REPORT_EVERY)
        self._start_afresh()

    def open(self) -> Identity:
        self._link.open()
        self._start_afresh()
        return Identity(self._speech.kind, f"listening on {self._link}, {self._speech.detail}")

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
        self._ear = self._speech.ear()
        self._conditioner = Conditioner()
        self._judge = None
        self._last_frame = self._clock()
        self._heard_frame = False
        self._bytes_since_frame = 0
        self._unfit_since_frame = False
        self._refused.forget()

    def _hear(self, data: bytes) -> list[Reading]:
        now = self._clock()
        self._bytes_since_frame += len(data)
        readings: list[Reading] = []
        for found in self._ear.hear(data, now):
            if isinstance(found, WeighedFrame):
                readings += self._weigh(found, now)
            else:
                self._unfit_since_frame |= isinstance(found, UnfitFrame)
                self._refused.add(found.raw)
        if self._heard_frame or now - self._last_frame >= self._silence // 2:
            refused = self._refused.report(now)
            readings += [refused] if refused else []
        return readings

    def _weigh(self, frame: WeighedFrame, now: Tick) -> list[Reading]:
        if not self._heard_frame:
            self._refused.forget()  # whoever joins a stream meets a torn frame first
        self._heard_frame = True
        self._last_frame = now
        self._bytes_since_frame = 0
        self._unfit_since_frame = False
        readings: list[Reading] = []
        if sample := self._conditioner.see(frame, now):
            readings.append(sample)
        if self._judge and (window := self._judge.see(frame, now)):
            self._judge = None
            readings.append(window)
        return readings

    def _overdue(self) -> list[Reading]:
        """A weighing that has failed: its patience is over, or the scale has fallen silent (told before the fault)."""
        if self._judge is None:
            return []
        failed = self._judge.overdue(self._clock())
        if failed is None and self._unheard() >= self._silence:
            failed = WeighingFailed(self._judge.order.order_id, "silent")
        if failed is None:
            return []
        self._judge = None
        return [failed]

    def _require_frames(self) -> None:
        unheard = self._unheard()
        if unheard < self._silence:
            return
        if self._unfit_since_frame:
            raise DeviceFault("unfit", self._device, *self._speech.unfit)
        if self._bytes_since_frame >= _LONGEST_FRAME:
            seen = f"{self._bytes_since_frame} bytes but no frame for {unheard} ms on {self._link}"
            raise DeviceFault("garbled", self._device, seen, f"compare {self._speech.compare} with the indicator")
        raise DeviceFault(
            "silent",
            self._device,
            f"no byte for {unheard} ms on {self._link}",
            "check power and cable of the indicator and leave its menu; continuous output must be on",
        )

    def _unheard(self) -> Millis:
        return Millis(self._clock() - self._last_frame)
