"""The voice of a radiation portal that sends lines: background while it is empty, four counts every 200 ms while not.

Its counts are drawn by seed; how much a passing load adds is told by whoever drives it through. Knows no driver.
"""

import random
from collections import deque
from typing import Literal

from drivers.contract.quantities import Millis, Permille

SAMPLE = 200
BACKGROUND = 5_000
_QUIET = 125  # counts of a detector in 200 ms of background, times five
_SHIELDING = 800  # a vehicle takes away a fifth of the background, permille

Fault = Literal["no-GX", "non-numeric", "extra-fields", "split", "noise", "silent"]


class RpmPeer:
    """`drive_through` occupies the portal; `say` sends any line; `faults` are what it does wrong from then on.

    "no-GX": the end of an occupancy is not told. "split": a line leaves in two pieces, a sample apart.
    """

    def __init__(self, seed: int = 0) -> None:
        self.heard = bytearray()
        self.faults: set[Fault] = set()
        self._random = random.Random(seed)
        self._queue: deque[tuple[str, Permille]] = deque()  # tag of the gamma sample, what the load makes of the counts
        self._passages = 0
        self._said: list[bytes] = []
        self._late = b""
        self._till_sample = 0
        self._till_background = 0

    @property
    def busy(self) -> bool:
        """Whether somebody is still in the portal."""
        return bool(self._queue)

    def drive_through(self, samples: int = 10, *, hot: range = range(0), neutron: bool = False) -> None:
        """A vehicle occupies the portal for so many samples; those in `hot` are above the gamma threshold."""
        for at in range(samples):
            self._queue.append(("GA" if at in hot else "GS", Permille(3_200 if at in hot else _SHIELDING)))
        self._queue.append(("NA" if neutron else "GX", Permille(1_000)))
        if neutron:
            self._queue.append(("GX", Permille(1_000)))

    def say(self, line: str) -> None:
        """Send `line` now."""
        self._said.append(line.encode() + b"\r\n")

    def feed(self, data: bytes) -> bytes:
        """Nothing sent to it is answered."""
        self.heard += data
        return b""

    def advance(self, elapsed: Millis) -> bytes:
        """What it says during the next `elapsed` milliseconds."""
        said = b"".join(self._said)
        self._said.clear()
        self._till_sample -= elapsed
        self._till_background -= elapsed
        while self._till_sample <= 0:
            self._till_sample += SAMPLE
            said += self._late + self._sample()
            self._late = b""
            if "split" in self.faults and said:
                said, self._late = said[: len(said) // 2], said[len(said) // 2 :]
        if self._till_background <= 0:
            self._till_background = BACKGROUND
            if not self._queue:
                said += self._line("GB", Permille(1_000)) + b"NB,0,1,0,0\r\n"
        if "silent" in self.faults:
            return b""
        return self._random.randbytes(len(said)) if "noise" in self.faults else said

    def _sample(self) -> bytes:
        if not self._queue:
            return b""
        tag, load = self._queue.popleft()
        if tag == "GX":
            self._passages += 1
            return b"" if "no-GX" in self.faults else f"SP,0.085,8.0,12.9\r\nGX,{self._passages},850,0,0\r\n".encode()
        if tag == "NA":
            return b"NA,9,11,0,1\r\n"
        return self._line(tag, load) + b"NS,0,1,0,0\r\n"

    def _line(self, tag: str, load: Permille) -> bytes:
        counts = [str(self._count(load)) for _ in range(4)]
        if "non-numeric" in self.faults:
            counts[2] = "--"
        if "extra-fields" in self.faults:
            counts += ["0", "x"]
        return f"{tag},{','.join(counts)}\r\n".encode()

    def _count(self, load: Permille) -> int:
        """A count that scatters as decays do: by about its root."""
        expected = _QUIET * load // 1_000
        return max(0, round(self._random.gauss(expected, expected**0.5)))
