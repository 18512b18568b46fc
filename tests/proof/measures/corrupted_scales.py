"""Scales on a wire that flips one bit in a thousand: every weight that comes of it must be the true one.

Each window is a weighing as a lane orders it (one second, 20 kg spread), judged by the driver's own ear and judge from
the peer's own frames, on a clock that costs nothing. Every byte of every frame passes the wire and the codec: nothing
is skipped as clean. Only the wire is quick: instead of throwing a coin for each bit it draws how many bits pass until
the next flip, which for independent flips is the same chance (a geometric distribution).

Frames come every 200 ms, as slowly as still fills a window: six frames, the fewest that ever guard a weight. Nine
windows of ten stand on a deck at rest, each with another load, and a false weight is one that is not that load. One of
ten stands on a deck that swings, so little that only the indicator's flag tells, or a little more where it has none:
there every weight is false. Not covered: lost and doubled bytes (the drivers' own tests), and a fault that strikes
every frame alike, such as a wrong parity.
"""

import json
import random
import subprocess
import sys
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from itertools import cycle

from drivers.contract.orders import TakeWeight
from drivers.contract.quantities import Grams, Millis, Tick, kilograms
from drivers.weighbridge.listening_scale import Ear
from drivers.weighbridge.window import WeighedFrame, WindowJudge
from tests.proof.measures.scale_voices import VOICES, Voice

FLIPS = 1e-3
_PERIOD = Millis(200)
_AT_LEAST = Millis(1000)
_PATIENCE = Millis(6000)
_MOVING_ONE_IN = 10
_SWINGS = 20
_SEED = 1


@dataclass(frozen=True, slots=True)
class Tally:
    """What came of `windows` weighings, `moving` of them on a swinging deck: weights, false ones, and flipped bits."""

    voice: str
    windows: int
    moving: int
    weights: int
    false: int
    flips: int


def corrupted_windows(voice: Voice, windows: int, seed: int, at_least: Millis = _AT_LEAST) -> Tally:
    """So many weighings of one voice over one bad wire, each window `at_least` long."""
    chance = random.Random(f"{voice.name} {seed}")
    swings = cycle([_swing(voice, chance) for _ in range(_SWINGS)])
    scene = _Scene(voice.ear(), _Wire(chance), at_least)
    moving = weights = false = 0
    for number in range(windows):
        is_moving = number % _MOVING_ONE_IN == 0
        truth = kilograms(20 * chance.randrange(1, 4000))
        mass = scene.weigh(number, next(swings) if is_moving else [voice.at_rest(truth)])
        moving += is_moving
        weights += mass is not None
        false += mass is not None and (is_moving or mass != truth)
    return Tally(voice.name, windows, moving, weights, false, scene.wire.flips)


def tallies(windows: int, side_by_side: int = 2, names: Iterable[str] = VOICES) -> Iterator[Tally]:
    """So many weighings of each voice, one tally for each, in processes of their own."""
    with ThreadPoolExecutor(side_by_side) as pool:
        yield from pool.map(lambda name: _in_a_process(name, windows), names)


def _in_a_process(name: str, windows: int) -> Tally:
    command = [sys.executable, "-m", "tests.proof.measures.corrupted_scales", name, str(windows)]
    said = subprocess.run(command, stdout=subprocess.PIPE, check=True).stdout
    return Tally(**json.loads(said))


def _swing(voice: Voice, chance: random.Random) -> Sequence[bytes]:
    """Two frames of a deck that moves."""
    low = kilograms(20 * chance.randrange(500, 3000))
    return [voice.moving(Grams(low + n * voice.swing)) for n in range(2)]


class _Scene:
    """One scale after the other on one wire: the ear hears on, as it does in a lane."""

    def __init__(self, ear: Ear, wire: "_Wire", at_least: Millis) -> None:
        self.wire = wire
        self._ear = ear
        self._at_least = at_least
        self._tick = Tick(0)

    def weigh(self, number: int, frames: Sequence[bytes]) -> Grams | None:
        order = TakeWeight(f"w{number}", self._tick, self._at_least, kilograms(20), _PATIENCE)
        judge = WindowJudge(order, self._tick)
        said = cycle(frames)
        while judge.overdue(self._tick) is None:
            self._tick = Tick(self._tick + _PERIOD)
            for found in self._ear.hear(self.wire.carry(next(said)), self._tick):
                if isinstance(found, WeighedFrame) and (window := judge.see(found, self._tick)):
                    return window.mass
        return None


class _Wire:
    """Flips each bit with the chance FLIPS, independent of the others."""

    def __init__(self, chance: random.Random) -> None:
        self.flips = 0
        self._chance = chance
        self._clean = self._drawn()

    def carry(self, data: bytes) -> bytes:
        bits = 8 * len(data)
        if self._clean >= bits:
            self._clean -= bits
            return data
        spoilt = bytearray(data)
        while self._clean < bits:
            spoilt[self._clean // 8] ^= 1 << self._clean % 8
            self.flips += 1
            self._clean += 1 + self._drawn()
        self._clean -= bits
        return bytes(spoilt)

    def _drawn(self) -> int:
        """How many bits pass unharmed."""
        return int(self._chance.expovariate(FLIPS))


if __name__ == "__main__":
    print(json.dumps(asdict(corrupted_windows(VOICES[sys.argv[1]], int(sys.argv[2]), _SEED))))
