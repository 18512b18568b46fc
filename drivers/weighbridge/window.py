"""Judging what a scale says: one weighing out of many frames, and few samples out of many. Pure.

No single frame is a weight: an indicator may claim to be stable for one frame in the middle of a swing.
"""

from collections import deque
from dataclasses import dataclass
from typing import Literal

from drivers.contract.orders import TakeWeight
from drivers.contract.quantities import Grams, Millis, Tick, kilograms
from drivers.contract.readings import DeckSample, WeighingFailed, WeighingWindow

_FRAMES_AT_LEAST = 6
GAP_AT_MOST = Millis(500)  # more missing frames than this may hide a movement


@dataclass(frozen=True, slots=True)
class WeighedFrame:
    """One frame of any protocol. `doubt` says why its mass must not be used."""

    mass: Grams
    moving: bool
    doubt: Literal["", "out-of-range", "not-zeroed"]
    raw: bytes


@dataclass(frozen=True, slots=True)
class UnfitFrame:
    """A whole frame whose mass means nothing to us: another unit, parts of a gram, or not gross."""

    raw: bytes


class WindowJudge:
    """Answers one `TakeWeight`, begun at `now`, from the frames that come after it.

    The window is the newest run of frames, of the last two `order.at_least`, that are all still, beyond doubt, within
    `order.spread` of each other and without a gap. It is a weight once it is `order.at_least` long, has six frames,
    and more than half of them show the very same mass. A deck in equilibrium shows two neighbouring divisions at most
    (OIML R 76); where frames have no checksum, flipped bits of the last digits show several masses near each other,
    and of a few such frames one would be the median.
    """

    def __init__(self, order: TakeWeight, now: Tick) -> None:
        self.order = order
        self._ends = Tick(now + order.patience)
        self._run: deque[tuple[Tick, WeighedFrame]] = deque()
        self._last: WeighedFrame | None = None

    def see(self, frame: WeighedFrame, at: Tick) -> WeighingWindow | None:
        """The weight, if `frame` completes it."""
        self._last = frame
        if frame.moving or frame.doubt:
            self._run.clear()
            return None
        if self._run and at - self._run[-1][0] > GAP_AT_MOST:
            self._run.clear()
        self._run.append((at, frame))
        while self._spread() > self.order.spread:
            self._run.popleft()
        while len(self._run) > _FRAMES_AT_LEAST and at - self._run[1][0] >= 2 * self.order.at_least:
            self._run.popleft()
        began = self._run[0][0]
        if at - began < self.order.at_least or len(self._run) < _FRAMES_AT_LEAST:
            return None
        masses = sorted(held.mass for _, held in self._run)
        median = masses[len(masses) // 2]
        if 2 * masses.count(median) <= len(masses):
            return None
        return WeighingWindow(
            order_id=self.order.order_id,
            mass=median,
            spread=self._spread(),
            frames=len(masses),
            began=began,
            ended=at,
            raw=tuple(held.raw.hex() for _, held in self._run),
        )

    def start_over(self) -> None:
        """Nothing seen so far counts: what the scale calls zero has changed. The order's patience stays."""
        self._run.clear()

    def overdue(self, now: Tick) -> WeighingFailed | None:
        """The failure, once the order's patience is over; the reason is what the last frame said."""
        if now < self._ends:
            return None
        if self._last is None:
            return WeighingFailed(self.order.order_id, "silent")
        return WeighingFailed(self.order.order_id, self._last.doubt or "unstable")

    def _spread(self) -> Grams:
        masses = [held.mass for _, held in self._run]
        return Grams(max(masses) - min(masses))


@dataclass(frozen=True, slots=True)
class Conditioning:
    """When a change is worth a sample. `presence` is the mass above which something stands on the deck."""

    presence: Grams = kilograms(500)
    dead_band: Grams = kilograms(200)
    settled_band: Grams = kilograms(50)
    interval: Millis = Millis(250)
    heartbeat: Millis = Millis(300_000)


class Conditioner:
    """Turns frames into samples, judging each frame against the sample last reported.

    At once: presence begins or ends, the mass comes to rest at a new value, validity changes. While the mass
    changes: each dead band, at most one sample per interval. Otherwise: the heartbeat. Two urgent samples in a row
    keep the interval too, so that a flickering indicator cannot flood the journal.
    """

    def __init__(self, conditioning: Conditioning | None = None) -> None:
        self._rules = conditioning or Conditioning()
        self._sample: DeckSample | None = None
        self._at = Tick(0)
        self._was_urgent = False

    def see(self, frame: WeighedFrame, at: Tick) -> DeckSample | None:
        """The sample that `frame` is worth, or None."""
        sample = DeckSample(mass=frame.mass, moving=frame.moving, valid=not frame.doubt)
        last = self._sample
        if last is not None and not self._worth(last, sample, Millis(at - self._at)):
            return None
        self._was_urgent = last is not None and self._urgent(last, sample)
        self._sample, self._at = sample, at
        return sample

    def _worth(self, last: DeckSample, sample: DeckSample, age: Millis) -> bool:
        if age >= self._rules.heartbeat:
            return True
        if self._urgent(last, sample) and not self._was_urgent:
            return True
        changed = abs(sample.mass - last.mass) >= self._rules.dead_band
        return age >= self._rules.interval and (changed or self._urgent(last, sample))

    def _urgent(self, last: DeckSample, sample: DeckSample) -> bool:
        if sample.valid != last.valid or self._presence_changed(last.mass, sample.mass):
            return True
        change = abs(sample.mass - last.mass)
        return not sample.moving and (last.moving or change >= self._settled_band(last, sample))

    def _settled_band(self, last: DeckSample, sample: DeckSample) -> Grams:
        """What an empty deck shows is wind and mud: it counts only by the dead band."""
        is_empty = max(abs(last.mass), abs(sample.mass)) < self._rules.presence
        return self._rules.dead_band if is_empty else self._rules.settled_band

    def _presence_changed(self, last: Grams, mass: Grams) -> bool:
        """Ends a little lower than it begins, so that a mass at the limit does not flicker."""
        if last >= self._rules.presence:
            return mass < self._rules.presence - self._rules.settled_band
        return mass >= self._rules.presence
