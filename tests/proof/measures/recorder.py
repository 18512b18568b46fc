"""What the flight recorder costs: frames a second through a whole driver, with it and without, on a real disk."""

import statistics
import time
from dataclasses import dataclass
from pathlib import Path

from drivers.contract.clock import now
from drivers.contract.quantities import Millis
from drivers.contract.recording import Recorder
from drivers.contract.tools import Tools
from drivers.links.flight_recorder import FlightRecorder, read_recording
from drivers.weighbridge.deck_model import DeckModel
from drivers.weighbridge.toledo_driver import ToledoDriver, ToledoSettings
from drivers.weighbridge.toledo_peer import ToledoPeer

_FRAMES = 4_000
_SIZE = 16_000_000


@dataclass(frozen=True, slots=True)
class RecorderCost:
    """Medians of `rounds` rounds each of `frames` frames, one read for each: the worst case for a recorder.

    `plain` and `recorded` in frames a second; `micros` is what one frame costs more; `octets` on disk for each of 18.
    """

    rounds: int
    frames: int
    plain: float
    recorded: float
    micros: float
    octets: float


def cost_of_recording(folder: Path, rounds: int = 7) -> RecorderCost:
    """Measure both in turn, so that the machine's other work meets both."""
    plain: list[float] = []
    noted: list[float] = []
    for n in range(rounds):
        recorder = FlightRecorder(folder / f"{n}", _SIZE, now, "{}")
        plain.append(_seconds(None))
        noted.append(_seconds(recorder))
        recorder.close()
        kept = sum(entry.mark == "<" for entry in read_recording(folder / f"{n}"))
        if kept != _FRAMES or recorder.lost:
            raise AssertionError(f"{kept} of {_FRAMES} frames were kept, {recorder.lost} lost")
    size = sum(file.stat().st_size for file in (folder / "0").iterdir())
    without, with_it = statistics.median(plain), statistics.median(noted)
    return RecorderCost(
        rounds, _FRAMES, _FRAMES / without, _FRAMES / with_it, 1e6 * (with_it - without) / _FRAMES, size / _FRAMES
    )


class _Frames:
    """A wire that brings one frame with each read."""

    def __init__(self) -> None:
        deck = DeckModel()
        peer = ToledoPeer(deck)
        self._frame = b""
        while not self._frame:
            self._frame = peer.advance(Millis(20))
        self.left = _FRAMES

    def __str__(self) -> str:
        return "frames"

    def open(self) -> None: ...

    def read(self, patience: Millis) -> bytes:
        self.left -= 1
        return self._frame if self.left >= 0 else b""

    def write(self, data: bytes, patience: Millis) -> None: ...

    def discard_input(self) -> None: ...

    def close(self) -> None: ...


def _seconds(recorder: Recorder | None) -> float:
    link = _Frames()
    driver = ToledoDriver("scale", ToledoSettings("toledo-continuous", ""), Tools(now, Path(), link, recorder))
    driver.open()
    began = time.perf_counter()
    while link.left > 0:
        driver.poll(Millis(50))
    return time.perf_counter() - began
