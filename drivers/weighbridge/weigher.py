"""What the frames of one scale amount to, whoever brings them: samples, the weighing asked for, or a fault."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from drivers.contract.driver import Answer, Clock
from drivers.contract.faults import DeviceFault
from drivers.contract.orders import Order, TakeWeight
from drivers.contract.quantities import Millis, Tick
from drivers.contract.readings import Reading, WeighingFailed
from drivers.links.refused_bytes import RefusedBytes
from drivers.weighbridge.fixed_frames import BadBytes
from drivers.weighbridge.window import Conditioner, UnfitFrame, WeighedFrame, WindowJudge
from drivers.weighbridge.zero_watch import ZeroWatch

Heard = WeighedFrame | UnfitFrame | BadBytes
"""What one piece of a scale's talk is."""

_REPORT_EVERY = Millis(60_000)
_LONGEST_FRAME = 32  # of all protocols; so many bytes without a frame are not one frame under way


@dataclass(frozen=True, slots=True)
class Advice:
    """What a technician is told of a scale that gives no usable frame.

    `unfit`: what frames without a usable mass mean and what to do about them. `compare`: what to compare with the
    indicator when no frame can be made of its bytes. `silent`: what to check when nothing comes at all.
    """

    unfit: tuple[str, str]
    compare: str
    silent: str


class Weigher:
    """Judges the frames of scale `device`.

    Obeys TakeWeight; gives DeckSample, WeighingWindow, WeighingFailed and BytesRefused.
    `silence` is how long no frame may come before the scale counts as silent or garbled.
    """

    _judge: WindowJudge | None

    def __init__(self, device: str, advice: Advice, silence: Millis, clock: Clock) -> None:
        self._device = device
        self._advice = advice
        self._silence = silence
        self._clock = clock
        self._refused = RefusedBytes(_REPORT_EVERY)
        self.start_afresh()

    def start_afresh(self) -> None:
        """Forget everything: the wire was opened anew."""
        self._conditioner = Conditioner()
        self._zero = ZeroWatch()
        self._judge = None
        self._last_frame = self._clock()
        self._heard_frame = False
        self._refused_since_frame = 0
        self._unfit_since_frame = False
        self._refused.forget()

    def obey(self, order: Order) -> Answer:
        """Begin a weighing. A newer order replaces one under way; the same order again changes nothing."""
        now = self._clock()
        if not isinstance(order, TakeWeight):
            return Answer("refused", f"{self._device} is a scale and does not obey {type(order).__name__}")
        if now > order.not_after:
            return Answer("expired", f"{now - order.not_after} ms late")
        if self._judge is None or self._judge.order.order_id != order.order_id:
            self._judge = WindowJudge(order, now)
        return Answer("accepted")

    def start_window_over(self) -> None:
        """What the scale calls zero has been changed: a weighing under way begins its window anew."""
        if self._judge is not None:
            self._judge.start_over()

    def judge(self, heard: Sequence[Heard]) -> list[Reading]:
        """What `heard`, which has come by now, is worth; and a weighing that has failed by now."""
        now = self._clock()
        readings: list[Reading] = []
        for found in heard:
            if isinstance(found, WeighedFrame):
                readings += self._weigh(found, now)
            else:
                self._unfit_since_frame |= isinstance(found, UnfitFrame)
                self._refused_since_frame += len(found.raw)
                self._refused.add(found.raw)
        if heard and (self._heard_frame or self._unheard() >= self._silence // 2):
            refused = self._refused.report(now)
            readings += [refused] if refused else []
        return readings + self._overdue()

    def require_frames(self, wire: object) -> None:
        """Raise DeviceFault("unfit" | "garbled" | "silent") if no frame came on `wire` for too long."""
        unheard = self._unheard()
        if unheard < self._silence:
            return
        if self._unfit_since_frame:
            raise DeviceFault("unfit", self._device, *self._advice.unfit)
        if self._refused_since_frame >= _LONGEST_FRAME:
            seen = f"{self._refused_since_frame} bytes but no frame for {unheard} ms on {wire}"
            raise DeviceFault("garbled", self._device, seen, f"compare {self._advice.compare} with the indicator")
        raise DeviceFault("silent", self._device, f"no frame for {unheard} ms on {wire}", self._advice.silent)

    def _weigh(self, frame: WeighedFrame, now: Tick) -> list[Reading]:
        if not self._heard_frame:
            self._refused.forget()  # whoever joins a stream meets a torn frame first
        self._heard_frame = True
        self._last_frame = now
        self._refused_since_frame = 0
        self._unfit_since_frame = False
        self._zero.see(frame, now)
        readings: list[Reading] = []
        if sample := self._conditioner.see(frame, now):
            readings.append(sample)
        if self._judge and (window := self._judge.see(frame, now)):
            self._judge = None
            readings.append(replace(window, zero=self._zero.zero))
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

    def _unheard(self) -> Millis:
        return Millis(self._clock() - self._last_frame)
