"""The time of each model on its known picture, one thread, and the memory of this process with it loaded."""

import time
from dataclasses import asdict, dataclass
from pathlib import Path

from station.vision.manifest import model_hashes
from station.vision.proving import Proved, prove, prove_second
from station.vision.second_file import NotInstalled
from station.vision.upkeep import own_pss_kib

_WARM_UPS = 10


@dataclass(frozen=True, slots=True)
class Timed:
    """Milliseconds from the decoded picture to the answer, over `n` runs; `pss` in MiB, models before it included."""

    name: str
    n: int
    p50: float
    p95: float
    p99: float
    pss: float

    def as_plain(self) -> dict[str, object]:
        """For JSON."""
        return asdict(self)


def bench_models(manifest: Path, runs: int) -> tuple[Timed, ...]:
    """Every model, by name; last the second reader, if it is installed. Raises DeviceFault("bad-model")."""
    timed = [_timed(prove(manifest, name), runs) for name, _ in model_hashes(manifest)]
    try:
        return (*timed, _timed(prove_second(), runs))
    except NotInstalled:
        return tuple(timed)


def _timed(proved: Proved, runs: int) -> Timed:
    took = []
    for run in range(_WARM_UPS + runs):
        began = time.perf_counter_ns()
        proved.again()
        if run >= _WARM_UPS:
            took.append((time.perf_counter_ns() - began) / 1e6)
    ranked = sorted(took)
    p50, p95, p99 = (ranked[min(len(ranked) - 1, int(len(ranked) * share))] for share in (0.5, 0.95, 0.99))
    return Timed(proved.entry.name, runs, p50, p95, p99, own_pss_kib() / 1024)
